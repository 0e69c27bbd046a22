// Lists of batches on the command line.
//
//   parse_batches("1,2,4")     // 1, 2, 4
//   parse_batches("1..64,96")  // 1, 2, 4, … 64, 96
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::client {

// Ascending, each once; at most 64 of them from 1 to `most`. "a..b" doubles from a as long as that is at most b.
Result<std::vector<std::int64_t>> parse_batches(std::string_view text, std::int64_t most);

}  // namespace roofscape::client
