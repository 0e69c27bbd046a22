// The job as its searcher sees it: fronts in their boxes, limits and prices.
#pragma once

#include "analytics/explore/front_box.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// `prices` must outlive the problem; `boxes` are front_boxes of the same job.
search::Problem make_problem(const Scoring& scoring, const Space& space, PriceList& prices,
                             const std::vector<FrontBox>& boxes);

}  // namespace roofscape::explore
