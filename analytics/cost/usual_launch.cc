#include "analytics/cost/usual_launch.h"

#include <algorithm>
#include <cmath>

#include "analytics/cost/calibration.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {

Seconds usual_launch(const v1::Platform& platform) {
  constexpr double kCycles = 1000;
  constexpr Seconds kOfDevice(5e-7);
  if (counts_cycles(calibration_key(platform).device_class)) return {};
  const double clock = platform.cores().clock_hertz().value();
  const bool in_software = platform.device_class() == v1::CPU || platform.device_class() == v1::MCU;
  if (!in_software || !(clock > 0)) return kOfDevice;
  return Seconds(kCycles * (1 + std::log2(std::max(1.0, platform.cores().core_count().value()))) / clock);
}

}  // namespace roofscape::cost
