// Files of measurements, held against the model or learned from.
#pragma once

#include "analytics/base/cancel.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

// Errors of a file point at "files[2]" and name the file, line and column of the fault. There are 1 to 64 files, each
// with a name of its own; their size is bounded by the message's, their rows by calibrate::Table and calibrate::fit.
Result<v1::Validation> validate_measurements(Backend& backend, const v1::ValidateMeasurementsRequest& request,
                                             const CancelToken* cancel);
// Stores the result where the request says so, unless the call was cancelled meanwhile.
Result<v1::Calibration> calibrate_platforms(Backend& backend, const v1::CalibratePlatformsRequest& request,
                                            const CancelToken* cancel);

}  // namespace roofscape::server
