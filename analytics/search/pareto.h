// Pareto fronts and hypervolume. All objectives are minimised here; callers negate what they maximise.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace roofscape::search {

using Values = std::vector<double>;

// a is no worse everywhere and better somewhere.
bool dominates(std::span<const double> a, std::span<const double> b);
// Indices of the points that no other dominates, ascending; of equal points the first stays.
std::vector<std::size_t> pareto_front(std::span<const Values> points);
// Volume dominated by `points` within `reference` (points beyond it count 0 there). Exact (WFG recursion).
double hypervolume(std::span<const Values> points, std::span<const double> reference);

}  // namespace roofscape::search
