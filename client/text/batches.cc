#include "client/text/batches.h"

#include <set>
#include <string>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

Result<std::int64_t> one_of(std::string_view text, std::string_view part, std::int64_t most) {
  const auto batch = parse_int(trim(part));
  if (!batch || *batch < 1 || *batch > most)
    return invalid_argument("--batches has '{}'; give whole numbers from 1 to {}, such as 1,2,4 or 1..64",
                            printable(text), most);
  return *batch;
}

}  // namespace

Result<std::vector<std::int64_t>> parse_batches(std::string_view text, std::int64_t most) {
  constexpr std::size_t kMost = 64;
  std::set<std::int64_t> all;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dots = part.find("..");
    RS_ASSIGN(const std::int64_t first, one_of(part, part.substr(0, dots), most));
    std::int64_t last = first;
    if (dots != std::string_view::npos) {
      RS_ASSIGN(last, one_of(part, part.substr(dots + 2), most));
      if (last < first) return invalid_argument("--batches has '{}', which ends before it begins", printable(part));
    }
    for (std::int64_t batch = first; batch <= last; batch *= 2) all.insert(batch);
  }
  if (all.size() > kMost) return invalid_argument("--batches has {} batches; at most {}", all.size(), kMost);
  return std::vector<std::int64_t>(all.begin(), all.end());
}

}  // namespace roofscape::client
