#include "analytics/calibrate/hyper.h"

namespace roofscape::calibrate {

Hyper hyper_of(std::string_view device_class) {
  Hyper hyper{.class_features = 0.1,
              .class_architecture = 0.05,
              .family_features = 0.05,
              .family_architecture = 0.03,
              .family_level = 0.2,
              .platform_features = 0.05,
              .platform_architecture = 0.03,
              .platform_level = 0.1,
              .format_features = 0.01,
              .format_level = 0.05,
              .runtime_level = 0.3,
              .machine_features = 0.3,
              .noise = 0.02};
  (void)device_class;
  return hyper;
}

}  // namespace roofscape::calibrate
