// How much groups of hardware differ: variances of the coefficients of calibrated efficiency, by class.
#pragma once

#include <string_view>

namespace roofscape::calibrate {

struct Hyper {
  // Of arithmetic.
  double class_features, class_architecture;
  double family_features, family_architecture, family_level;
  double platform_features, platform_architecture, platform_level;
  double format_features, format_level;
  double runtime_features, runtime_level;
  double machine_features;
  // Of fetching weights.
  double class_fetch, family_fetch, runtime_fetch;
  // Of the traffic of activations.
  double class_traffic, runtime_traffic, platform_traffic, architecture_traffic;
  // Of launches.
  double class_launch, runtime_launch, platform_launch, format_launch, architecture_launch;
  double noise;
};
Hyper hyper_of(std::string_view device_class);

}  // namespace roofscape::calibrate
