// What published measurements say of platforms: the calibration that ships with Roofscape, made by scripts/calibrate.sh
// and compiled into the program (platforms/calibration.txtpb).
//
//   RS_ASSIGN(auto of_platform, cost::resolve(built_in_calibration(), cost::calibration_key(platform)));
//
// The file is protobuf's text form, not YAML: its twenty thousand numbers are read in 13 ms; as YAML they took 76 ms on
// the same machine, for which the first estimate of every daemon would wait.
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::platforms {

// Read once, when it is first asked for. Empty where the file cannot be read, which a test looks for.
const v1::Calibration& built_in_calibration();

// Fails with kInvalidArgument and file:line:column.
Result<v1::Calibration> parse_calibration(std::string_view text, std::string_view file_name);

}  // namespace roofscape::platforms
