// What it takes to start a layer where a platform does not say.
//
//   usual_launch(xeon_8280);  // threads of 28 cores at 2.7 GHz meet after each layer: 2.1 µs
//   usual_launch(eyeriss);    // its controller goes from layer to layer: nothing
//
// Software dispatches a layer in about a thousand cycles, and its threads meet in a thousand more each time that their
// number doubles; other devices go on to the next layer of a compiled program in half a microsecond. This is the order
// of magnitude of runtimes, not a measurement: estimates list it under what is missing, and it is no roof.
#pragma once

#include "analytics/base/units.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

Seconds usual_launch(const v1::Platform& platform);

}  // namespace roofscape::cost
