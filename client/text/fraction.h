// Numbers on the command line: plain ones, fractions such as 1/255, and comma-separated lists of both.
#pragma once

#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::client {

// "0.5", "1/255", "-3e-2"; `option` names the flag in the error.
Result<double> parse_fraction(std::string_view text, std::string_view option);
// "0.485,0.456,0.406"; at most 65,536 numbers.
Result<std::vector<double>> parse_fractions(std::string_view text, std::string_view option);

}  // namespace roofscape::client
