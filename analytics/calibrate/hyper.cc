#include "analytics/calibrate/hyper.h"

#include <array>
#include <utility>

namespace roofscape::calibrate {
namespace {

// Chosen, one after the other and by factors of three, for small residuals of rows that the model has not seen:
// networks, platforms and families of published measurements, 11,000 rows in all.
constexpr auto kHypers = std::to_array<std::pair<std::string_view, Hyper>>({
    {"mcu",
     {.class_features = 0.025,
      .class_architecture = 0.003,
      .family_features = 0.026,
      .family_architecture = 0.001,
      .family_level = 0.002,
      .platform_features = 0.0045,
      .platform_architecture = 0.0008,
      .platform_level = 0.1,
      .format_features = 0.0002,
      .format_level = 0.2,
      .runtime_features = 0.003,
      .runtime_level = 0.3,
      .machine_features = 0.004,
      .noise = 0.11}},
    {"cpu",
     {.class_features = 2,
      .class_architecture = 1,
      .family_features = 0.0002,
      .family_architecture = 0.05,
      .family_level = 0.2,
      .platform_features = 0.0002,
      .platform_architecture = 0.0005,
      .platform_level = 0.008,
      .format_features = 0.0025,
      .format_level = 0.013,
      .runtime_features = 0.4,
      .runtime_level = 2,
      .machine_features = 4,
      .noise = 0.015}},
    {"accelerator",
     {.class_features = 0.004,
      .class_architecture = 0.6,
      .family_features = 0.013,
      .family_architecture = 0.27,
      .family_level = 0.5,
      .platform_features = 6e-05,
      .platform_architecture = 0.001,
      .platform_level = 0.1,
      .format_features = 0.00025,
      .format_level = 0.01,
      .runtime_features = 0.003,
      .runtime_level = 1,
      .machine_features = 0.008,
      .noise = 0.05}},
    {"gpu",
     {.class_features = 0.13,
      .class_architecture = 0.45,
      .family_features = 0.05,
      .family_architecture = 0.36,
      .family_level = 0.05,
      .platform_features = 0.00015,
      .platform_architecture = 0.01,
      .platform_level = 0.3,
      .format_features = 0.004,
      .format_level = 0.38,
      .runtime_features = 0.3,
      .runtime_level = 2,
      .machine_features = 0.5,
      .noise = 0.1}},
    {"gpu layer",
     {.class_features = 0.1,
      .class_architecture = 0.05,
      .family_features = 0.01,
      .family_architecture = 0.03,
      .family_level = 0.2,
      .platform_features = 0.1,
      .platform_architecture = 0.03,
      .platform_level = 0.1,
      .format_features = 1,
      .format_level = 1,
      .runtime_features = 0.01,
      .runtime_level = 0.3,
      .machine_features = 0.3,
      .noise = 0.02}},
    {"streaming",
     {.class_features = 0.006,
      .class_architecture = 0.013,
      .family_features = 0.05,
      .family_architecture = 0.03,
      .family_level = 0.2,
      .platform_features = 0.013,
      .platform_architecture = 0.002,
      .platform_level = 0.025,
      .format_features = 0.01,
      .format_level = 0.013,
      .runtime_features = 0.0001,
      .runtime_level = 0.3,
      .machine_features = 0.3,
      .noise = 1}},
});

constexpr Hyper kUsual{.class_features = 0.1,
                       .class_architecture = 0.05,
                       .family_features = 0.05,
                       .family_architecture = 0.03,
                       .family_level = 0.2,
                       .platform_features = 0.05,
                       .platform_architecture = 0.03,
                       .platform_level = 0.1,
                       .format_features = 0.01,
                       .format_level = 0.05,
                       .runtime_features = 0.03,
                       .runtime_level = 0.3,
                       .machine_features = 0.3,
                       .noise = 0.02};

}  // namespace

Hyper hyper_of(std::string_view device_class) {
  // Energies differ as times do.
  const std::string_view of_time = device_class.substr(0, device_class.find(" energy"));
  for (const auto& [name, hyper] : kHypers)
    if (name == of_time) return hyper;
  return kUsual;
}

}  // namespace roofscape::calibrate
