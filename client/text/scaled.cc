#include "client/text/scaled.h"

#include <algorithm>
#include <string>

#include "analytics/base/text.h"

namespace roofscape::client {

Result<double> parse_scaled(std::string_view text, std::string_view option) {
  constexpr std::string_view kPrefixes = "kMGT";
  std::string digits(trim(text));
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  double scale = 1;
  if (const std::size_t at = digits.empty() ? std::string_view::npos : kPrefixes.find(digits.back());
      at != std::string_view::npos) {
    for (std::size_t i = 0; i <= at; ++i) scale *= 1e3;
    digits.pop_back();
  }
  const auto number = parse_double(trim(digits));
  if (!number || !(*number > 0))
    return invalid_argument(
        "{} is '{}'; give a positive number such as 4.1e9 or 4.1G (k, M, G and T are 10^3 to 10^12)", option,
        printable(text));
  return *number * scale;
}

}  // namespace roofscape::client
