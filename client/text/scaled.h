// Large numbers on the command line, as publications print them.
//
//   parse_scaled("4.1G", "--macs")   // 4.1e9; k, M, G and T are 10³, 10⁶, 10⁹ and 10¹²
#pragma once

#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::client {

// "4.1e9", "4.1G", "25,557,032"; positive. `option` names the flag in the error.
Result<double> parse_scaled(std::string_view text, std::string_view option);

}  // namespace roofscape::client
