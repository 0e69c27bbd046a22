// What measurements say of single ceilings, kept within what the ceilings themselves allow.
//
// Of two precisions on one device the narrower is at least as fast, and faster by no more than its peak is higher: a
// class of hardware may know that 8-bit peaks are harder to reach, but not that a device computes 8 bits slower
// than 32. Rows of the device itself may: where there are some in a precision, they have the word.
#pragma once

#include <optional>

#include "analytics/cost/calibration.h"
#include "analytics/cost/ceilings.h"

namespace roofscape::cost {

void set_stretches(const PlatformCalibration& calibration, std::optional<Hertz> clock, Ceilings* ceilings);

// The same of energies, which ceilings do not carry: what each precision takes at its highest peak.
void keep_stretches(const Ceilings& ceilings, std::optional<Hertz> clock, PlatformCalibration* calibration);

}  // namespace roofscape::cost
