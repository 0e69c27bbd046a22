#include <fmt/format.h>

#include <cmath>

#include "analytics/search/searcher.h"

namespace roofscape::search {

std::uint64_t space_size(const Problem& problem) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  std::uint64_t size = 1;
  for (std::uint32_t choices : problem.choices) {
    if (choices > 1 && size > kMost / choices) return kMost;
    size *= choices;
  }
  return size;
}

std::string space_size_text(const Problem& problem) {
  const std::uint64_t size = space_size(problem);
  if (size <= 1'000'000) return std::to_string(size);
  double log10_size = 0;
  for (std::uint32_t choices : problem.choices) log10_size += std::log10(static_cast<double>(choices));
  const double exponent = std::floor(log10_size);
  return fmt::format("{:.1f}e{:.0f}", std::pow(10, log10_size - exponent), exponent);
}

double mean_hypervolume(const Problem& problem, std::span<const Outcome> outcomes) {
  double sum = 0;
  for (const Problem::Front& front : problem.fronts) {
    std::vector<Values> points;
    for (const Outcome& outcome : outcomes) {
      if (outcome.violation > 0 || outcome.partial) continue;
      Values& point = points.emplace_back();
      for (const std::size_t objective : front.objectives) point.push_back(outcome.objectives[objective]);
    }
    sum += box_share(points, front.ideal, front.reference);
  }
  return problem.fronts.empty() ? 0 : sum / static_cast<double>(problem.fronts.size());
}

}  // namespace roofscape::search
