#include "analytics/arith/sparsity_pattern.h"

#include <charconv>

#include "analytics/base/text.h"

namespace roofscape {
namespace {

constexpr int kLargestGroup = 64;

}  // namespace

Result<SparsityPattern> SparsityPattern::parse(std::string_view text) {
  SparsityPattern pattern;
  const char* const end = text.data() + text.size();
  const auto kept = std::from_chars(text.data(), end, pattern.kept);
  const bool colon = kept.ec == std::errc() && kept.ptr != end && *kept.ptr == ':';
  const auto group = colon ? std::from_chars(kept.ptr + 1, end, pattern.group) : kept;
  if (!colon || group.ec != std::errc() || group.ptr != end || pattern.kept < 1 || pattern.kept >= pattern.group ||
      pattern.group > kLargestGroup)
    return invalid_argument("'{}' is no pattern; use N:M with 1 ≤ N < M ≤ {}, such as 2:4", printable(text),
                            kLargestGroup);
  return pattern;
}

}  // namespace roofscape
