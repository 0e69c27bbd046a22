// Pages of lists: sizes, and tokens that belong to one list and say where the next page starts.
//
//   RS_ASSIGN(int size, page_size(request.page_size()));
//   RS_ASSIGN(std::string after, read_token(request.page_token(), list));   // empty: from the start
//   response.set_next_page_token(write_token("17", list));
//
// A token carries a digest of the list that it belongs to (parent, filter, order), so that one which wandered into
// another list is an error and not a wrong page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape::server {

// 0 stands for 100; more than 1000 means 1000; a negative one is an error.
Result<int> page_size(std::int32_t asked);

std::string write_token(std::string_view position, const Digest& list);
Result<std::string> read_token(std::string_view token, const Digest& list);

}  // namespace roofscape::server
