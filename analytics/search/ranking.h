// Which outcomes are better than others when a job has several fronts and constraints.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/search/searcher.h"

namespace roofscape::search {

struct Rank {
  double violation = 0;   // smaller first: any feasible outcome stands before any infeasible one
  std::size_t front = 0;  // smaller first: 0 is on a Pareto front, 1 on one once those are taken away …
  double crowding = 0;    // larger first: the distance to the neighbours on that front

  // Whether this one is strictly better.
  bool before(const Rank& other) const;
};

// Ranks of outcomes among themselves. On each of the problem's fronts they are sorted into layers of non-domination
// (Deb's NSGA-II); an outcome counts as what it is on the front where it stands best.
std::vector<Rank> rank_outcomes(const Problem& problem, std::span<const Outcome> outcomes);

}  // namespace roofscape::search
