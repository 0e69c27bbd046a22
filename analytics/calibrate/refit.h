// Learns from observations how platforms differ from what a calibration says of them, and adds that to it.
//
//   RS_ASSIGN(const v1::Calibration mine, refit(observations.rows, shipped));
//
// Coefficients are sums along class, family, runtime, platform and format, so parts of two fits cannot be mixed. What
// is learned here is therefore the rest: how far the parts of times predicted by `base` stretch, and only platforms,
// each and in each format, get something added, as ridge regression with the variances of platforms (variances.h).
// Features count as far as the class's range goes, as they do in predictions.
//
// A platform's spread comes from residuals with each network left out in turn, drawn toward the spread that the base
// has for it; a platform that the base has not seen counts as seen from then on, with the class's quantiles for that.
#pragma once

#include <span>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/calibrate/observation.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::calibrate {

// `base` with what was learned added: coefficients and counts of rows and networks. Fails with kFailedPrecondition
// where there is no observation or `base` says nothing of a row's class, with kInvalidArgument where a platform has
// more than 8,000 or `base` has other features than this program, and with kCancelled between two platforms.
Result<v1::Calibration> refit(std::span<const Observation> observations, const v1::Calibration& base,
                              const CancelToken* cancel = nullptr);

}  // namespace roofscape::calibrate
