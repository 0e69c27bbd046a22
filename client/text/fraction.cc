#include "client/text/fraction.h"

#include <cmath>

#include "analytics/base/text.h"

namespace roofscape::client {

Result<double> parse_fraction(std::string_view text, std::string_view option) {
  const std::size_t slash = text.find('/');
  const auto above = parse_double(trim(text.substr(0, slash)));
  const auto below =
      slash == std::string_view::npos ? std::optional<double>(1.0) : parse_double(trim(text.substr(slash + 1)));
  if (!above || !below || *below == 0 || !std::isfinite(*above / *below))
    return invalid_argument("{} has '{}'; give a number such as 0.5 or a fraction such as 1/255", option,
                            printable(text));
  return *above / *below;
}

Result<std::vector<double>> parse_fractions(std::string_view text, std::string_view option) {
  constexpr std::size_t kMost = 65536;
  std::vector<double> numbers;
  for (const std::string_view part : split(text, ',')) {
    RS_ASSIGN(const double number, parse_fraction(part, option));
    numbers.push_back(number);
    if (numbers.size() > kMost) return invalid_argument("{} has more than {} numbers", option, kMost);
  }
  return numbers;
}

}  // namespace roofscape::client
