// What ships, ready to be priced: every platform with all that was learned of it, and networks of the zoo in a format.
//
//   for (const v1::Platform& platform : calibrated_platforms()) pricer_of(platform).price(build("resnet-8", "int8"));
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "analytics/cost/calibration.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/zoo.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::conformance {

inline const std::vector<v1::Platform>& calibrated_platforms() {
  static const std::vector<v1::Platform> kAll = [] {
    std::vector<v1::Platform> all;
    for (const v1::Platform& platform : platforms::built_in_platforms()) {
      all.push_back(platform);
      const cost::CalibrationKey key = cost::calibration_key(platform);
      if (const auto time = *cost::resolve(platforms::built_in_calibration(), key))
        *all.back().mutable_calibration() = *time;
      if (const auto energy = *cost::resolve(platforms::built_in_calibration(), cost::energy_key(key)))
        *all.back().mutable_energy_calibration() = *energy;
    }
    return all;
  }();
  return kAll;
}

// Throws where there is none.
inline const v1::Platform& calibrated_platform(const std::string& id) {
  for (const v1::Platform& platform : calibrated_platforms())
    if (platform.id() == id) return platform;
  throw std::runtime_error("no platform " + id);
}

inline Network build(const std::string& id, const std::string& formats = "fp32") {
  const Network plain = *zoo::find(id)->build();
  return *cost::with_formats(plain, *cost::parse_formats(formats));
}

inline cost::Pricer pricer_of(const v1::Platform& platform) { return *cost::Pricer::create(platform); }

}  // namespace roofscape::conformance
