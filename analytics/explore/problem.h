// The job as its searcher sees it: fronts in their boxes, limits and prices.
#pragma once

#include "analytics/explore/front_box.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/explore/sensitivity.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// `prices` must outlive the problem; `boxes` are front_boxes of the same job.
search::Problem make_problem(const Scoring& scoring, const Space& space, PriceList& prices,
                             const std::vector<FrontBox>& boxes);

// Gives the problem what is known before anything is searched: what each choice does alone, uniform settings to start
// with, and how measured values follow from damage on the calibration images, moved to where the base network stands on
// the evaluation images. `base` is its outcome there; `labelled`: whether the calibration images have labels.
void add_sensitivities(search::Problem& problem, const Scoring& scoring, const Space& space, const Sensitivities& found,
                       const search::Outcome& base, bool labelled);

}  // namespace roofscape::explore
