// What one point of a front gains and loses against another, in words.
//
//   change_text(objectives, here, there, "the base network")
//       == "loses 0.4 points of top-1 and takes 3.1 times less energy than the base network"
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analytics/search/alike.h"
#include "analytics/search/objective.h"

namespace roofscape::server {

// Readings are minimised, one an objective. Values that the intervals cannot tell apart are said to be just that.
std::string change_text(std::span<const search::Objective> objectives, std::span<const search::Reading> here,
                        std::span<const search::Reading> there, std::string_view name);

// One objective of it, as what is paid or got: "0.4 points of top-1", "3.1 times less energy". `more` stands behind the
// amount of a measured objective: "0.4 points more".
std::string step_text(const search::Objective& objective, double from, double to, bool more = false);

// What people call it: "top-1", "time", "weight memory".
std::string_view metric_noun(search::Metric metric);

// How far a minimised value lies below another: as the logarithm of their ratio where both are prices, or else as their
// difference.
double gain(const search::Objective& objective, double from, double to);

}  // namespace roofscape::server
