// The few points of a front that keep most of its hypervolume.
//
//   const std::vector<std::size_t> five = best_subset(points, ideal, reference, 5);
//
// Exact in one and two dimensions (a dynamic program over the staircase) and wherever few subsets are to be tried;
// elsewhere greedy, which keeps at least 1 − 1/e of the best (Nemhauser, Wolsey and Fisher 1978: hypervolume is
// monotone and submodular), and then better by swaps. In many dimensions volumes are counted on fixed quasi-random
// points.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/search/pareto.h"

namespace roofscape::search {

// `count` indices of `points`, ascending; all of them where there are no more. Values are minimised, and nothing is
// gained beyond `ideal`, as in box_share(). Points that add nothing only fill up, in order. Equal inputs give equal
// answers.
std::vector<std::size_t> best_subset(std::span<const Values> points, std::span<const double> ideal,
                                     std::span<const double> reference, std::size_t count);

}  // namespace roofscape::search
