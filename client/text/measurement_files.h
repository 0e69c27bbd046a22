// Files of measurements from the person's disk, as requests carry them.
#pragma once

#include <span>
#include <string>

#include "analytics/base/status.h"
#include "roofscape/v1/validation.pb.h"

namespace roofscape::client {

// Each is called by its name without folders, or, where two share that, by its path. INVALID_ARGUMENT naming the path
// of a file that cannot be read or is larger than 16 MiB.
Status read_measurement_files(std::span<const std::string> paths,
                              google::protobuf::RepeatedPtrField<v1::MeasurementFile>* files);

}  // namespace roofscape::client
