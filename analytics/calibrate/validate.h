// Holds the model against files of measurements: each row predicted by a model that has not seen it.
//
//   RS_ASSIGN(const v1::Validation validation, validate(tables, platforms));
//
// The model is fitted on the files themselves, and what must not have been seen is left out of it (fit.h); or it is one
// that was made before, of other files, and each row is predicted once, by what that one has seen of its platform. The
// baseline beside it is what is usually done: one factor for each platform and format, the geometric mean of measured
// time over operations / ceiling of the other rows; of a new platform that of its family, of a new family that of its
// class.
#pragma once

#include <span>
#include <string_view>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/calibrate/table.h"
#include "roofscape/v1/validation.pb.h"

namespace roofscape::v1 {
class Calibration;
class Platform;
}  // namespace roofscape::v1

namespace roofscape::calibrate {

// Fails as fit() does; without a usable row the answer holds only what was left out.
Result<v1::Validation> validate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                const CancelToken* cancel = nullptr);
// By a calibration that has not seen the files.
Result<v1::Validation> validate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                const v1::Calibration& calibration);
// Whether a calibration was learned from a file of that name.
bool has_seen(const v1::Calibration& calibration, std::string_view file);

}  // namespace roofscape::calibrate
