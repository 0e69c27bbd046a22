// Comparisons of fronts as tables and CSV.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// A platform at a time: both fronts in a common box, who dominates whom, and what became of each configuration.
std::string compare_table(const v1::CompareFrontsResponse& response, const Console& console);
// One row a platform and point, the fronts' and the configurations', SI base units.
std::string compare_csv(const v1::CompareFrontsResponse& response);

// "e1 dominates 21 of 30 points of e2, and e2 dominates 3 of 45 points of e1"; empty where there is no second front.
std::string domination_text(const v1::FrontComparison& comparison);
// "extends", "equals", "dominated" or "not feasible"; empty where nothing was held against it.
std::string_view standing_word(v1::Standing standing);

}  // namespace roofscape::client
