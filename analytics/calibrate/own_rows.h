// What somebody's own rows of a platform say of intervals there.
//
//   own_spread(rows, network_of_row, residuals_without_network, residuals_without_row, 0.2)
//
// Few rows that agree say that the platform is one of little scatter, and how few they are says how sure that is: their
// variance is drawn toward the usual one of the class as if that had been seen in kUsualCounts more of them (the mean
// of a scaled inverse chi-squared posterior).
#pragma once

#include <span>
#include <vector>

#include "analytics/calibrate/observation.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::calibrate {

inline constexpr double kUsualCounts = 1;

// Residuals are ln measured − ln predicted of each row, by a model without its network, and without the row alone.
v1::OwnSpread own_spread(std::span<const Observation* const> rows, std::span<const int> network_of_row,
                         std::span<const double> without_network, std::span<const double> without_row, double usual);

}  // namespace roofscape::calibrate
