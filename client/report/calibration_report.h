// What was learned from measurements: of all groups, and of one platform.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::client {

// The files, then the platforms of which somebody gave rows on top of what ships: rows, networks, spread near those and
// elsewhere; what ships is one line. Where everything was learned from the files, one row a class, family, runtime and
// platform instead.
std::string calibration_text(const v1::Calibration& calibration, const Console& console);

// On what a platform's estimates lean, in one line: "154 measurements of this platform; nine of ten unseen networks
// take 0.82 to 1.25 times the estimate".
std::string calibration_line(const v1::PlatformCalibration& calibration);

}  // namespace roofscape::client
