// The surrogate's first questions: the base, changes of one variable at a time, and mixes of all.
#pragma once

#include "analytics/base/rng.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

// Points in order of usefulness, some of which may be equal or infeasible: the base; then by turns a change of a single
// variable (the variables one after the other, their choices spread over the range) and a mix in which each variable
// leaves the base with a probability of the mix's own.
std::vector<Point> first_design(const Problem& problem, std::size_t count, Rng& rng);

}  // namespace roofscape::search
