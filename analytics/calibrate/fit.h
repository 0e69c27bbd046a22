// Learns a calibration from observations, and says what it would have predicted for each without having seen it.
//
//   RS_ASSIGN(const Fitted fitted, fit(observations.rows));
//   fitted.calibration;                                  // to be stored
//   fitted.unseen[kUnseenNetwork][i].value                // ln measured / predicted of row i
//
// A time is a sum of parts, each stretched by a factor whose logarithm is linear in features (parts_model.h), with
// coefficients for each class of hardware and deviations for each family, runtime, platform and format: few rows move
// little away from their family, and a family with few rows little from its class. How much groups differ is stated in
// variances.h.
//
// What an interval must hold is read off the same residuals: for each class and kind of unseen row, the percentiles of
// residual over spread (conformal prediction by leaving out: Barber et al., "Predictive inference with the jackknife+",
// 2021).
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/calibrate/observation.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::calibrate {

// What the model has not seen of a row.
enum Unseen : std::uint8_t {
  kUnseenRow,       // the row alone
  kUnseenNetwork,   // its network on this platform, in any batch and format
  kUnseenPlatform,  // its platform; others of the family have been seen
  kUnseenFamily,    // its family
};
inline constexpr std::size_t kUnseenKinds = 4;

struct UnseenResidual {
  bool is_given = false;     // kUnseenPlatform: only where the family has another platform
  double value = 0;          // ln measured − ln predicted
  double low = 0, high = 0;  // the interval's ends as ln of time over predicted time
};

struct Fitted {
  v1::Calibration calibration;
  std::array<std::vector<UnseenResidual>, kUnseenKinds> unseen;  // in the order of the observations
};

// Fails with kFailedPrecondition where there is no observation, with kInvalidArgument where a class has more than
// 8,000, and with kCancelled between two classes once `cancel` is set.
Result<Fitted> fit(std::span<const Observation> observations, const CancelToken* cancel = nullptr);

}  // namespace roofscape::calibrate
