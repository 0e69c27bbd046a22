// How widely residuals lie: few of them are drawn toward what is usual.
#pragma once

#include <span>

namespace roofscape::calibrate {

// Between how often a spread that only one platform shows is believed, and that of its class: as many rows' worth.
inline constexpr double kSpreadRows = 8;

// Root mean square of the residuals and of `prior`, which counts as `prior_rows` of them; 0 where there is neither.
double spread_of(std::span<const double> residuals, double prior, double prior_rows);

}  // namespace roofscape::calibrate
