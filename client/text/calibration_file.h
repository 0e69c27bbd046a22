// A calibration as a file: protobuf's text form, as platforms/calibration.txtpb has it.
#pragma once

#include <string>

#include "roofscape/v1/calibration.pb.h"

namespace roofscape::client {

// Numbers have four significant digits, maps are sorted: equal calibrations are equal bytes. `built_in` is left out.
std::string calibration_file(v1::Calibration calibration);

}  // namespace roofscape::client
