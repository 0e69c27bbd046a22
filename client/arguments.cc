#include "client/arguments.h"

#include "analytics/base/text.h"

namespace roofscape::client {

std::string Arguments::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty() ? "" : found->second.front();
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<std::int64_t> Arguments::integer(std::string_view name, std::int64_t fallback, std::int64_t low,
                                        std::int64_t high) const {
  if (!has(name)) return fallback;
  const std::string given = text(name);
  const auto value = parse_int(given);
  if (!value || *value < low || *value > high)
    return invalid_argument("{} is '{}'; give a whole number from {} to {}", name, printable(given), low, high);
  return *value;
}

}  // namespace roofscape::client
