// The parts of validate_platform, one for each part of a platform. Errors carry the field path of the offence.
#pragma once

#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::platforms {

// Peaks: formats known, none twice, positive; operations a cycle only with cores, and no peak above what these make.
Status check_compute(const v1::Platform& platform);
// Peaks held against each other: sparse ones printed as dense, arithmetic that a family does not have, algorithms.
Status check_peak_ratios(const v1::Platform& platform);
// Memory levels ordered from the inside out, the last with a bandwidth that its kind of device can have.
Status check_memory(const v1::Platform& platform);
// Programmable logic on FPGAs that stream, peaks on those that are overlays.
Status check_fabric(const v1::Platform& platform);
// Power, ceilings of kinds of layers, times beside the layers, and what is skipped.
Status check_operation(const v1::Platform& platform);

}  // namespace roofscape::platforms
