// Page tokens: where a list goes on. A token carries the key of the last row that was sent and a checksum over the list
// it belongs to, so that garbage, and a token of another list or filter, is refused instead of misread.
//
//   std::string token = make_page_token("explorations state=2", "17");
//   RS_ASSIGN(std::string after, read_page_token("explorations state=2", token));   // "17"
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::db {

std::string make_page_token(std::string_view list, std::string_view last_key);

// The key; kInvalidArgument at "page_token" for anything that make_page_token(list, …) did not make.
Result<std::string> read_page_token(std::string_view list, std::string_view token);

// How many rows to send: `size`, 100 for 0, never more than 1000; kInvalidArgument at "page_size" below 0.
Result<int> page_size(int size);

}  // namespace roofscape::db
