// The point of a front to recommend where nothing is known of what the objectives are worth: its knee.
//
//   const std::size_t best = knee_point(points, candidates, noise);
#pragma once

#include <cstddef>
#include <span>

#include "analytics/search/pareto.h"

namespace roofscape::search {

// The candidate with the smallest largest regret. Regret in an objective is the distance from the best value of
// `points` there, as a share of the range of all of them; the range counts as `noise` where it is narrower, so that
// differences that mean nothing decide nothing. The largest regret, not their sum: three prices that rise together
// weigh no more than one. Ties go to the smaller sum of regrets, then to the first.
//
// Values are minimised, in units in which equal steps matter equally (logarithms, for prices). `candidates` index
// `points`; there is at least one.
std::size_t knee_point(std::span<const Values> points, std::span<const std::size_t> candidates,
                       std::span<const double> noise);

}  // namespace roofscape::search
