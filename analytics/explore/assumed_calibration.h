// Statistics in which every value ranges over [0, 1], and moments of inputs that are white: enough for prices, which do
// not depend on ranges.
#pragma once

#include "analytics/network/network.h"
#include "analytics/network/statistics.h"

namespace roofscape::explore {

Calibration assumed_calibration(const Network& network, bool second_moments = false);

}  // namespace roofscape::explore
