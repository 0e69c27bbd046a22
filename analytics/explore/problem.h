// The job as its searcher sees it: fronts, limits, prices, and the boxes in which hypervolume is taken.
//
// Boxes. A measured objective runs from a little above the base network's value (agreement: 1; snr: 60 dB) to the job's
// limit on it, or without one half way to chance (loss: twice the base's, plus 0.5; snr: 0). A priced one runs from 0
// (throughput: a quarter above the best price sampled) to the worst among the base and a fixed sample of the space's
// points, or to the job's limit where that is tighter. All of it depends on the job and the base alone, so that every
// run of the job measures with the same rule.
#pragma once

#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// `prices` must outlive the problem; `base` is the base network's outcome.
search::Problem make_problem(const Job& job, const Scoring& scoring, const Space& space, PriceList& prices,
                             const search::Outcome& base);

}  // namespace roofscape::explore
