#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {

Status check_operation(const v1::Platform& platform) {
  const std::string path;
  if (platform.has_zero_skipping()) {
    if (platform.has_fpga())
      return invalid_argument("streaming designs do not skip zeros; leave it out").at("zero_skipping");
    if (!platform.zero_skipping().has_lane_count())
      return invalid_argument("no number of lanes").at("zero_skipping.lane_count");
    RS_FIGURE(platform.zero_skipping(), lane_count, kCount, std::string("zero_skipping."));
  }
  if (platform.has_unstructured_sparsity()) {
    if (platform.has_fpga())
      return invalid_argument("streaming designs do not skip zeros; leave it out").at("unstructured_sparsity");
    if (!platform.unstructured_sparsity().has_lane_count())
      return invalid_argument("no number of lanes").at("unstructured_sparsity.lane_count");
    RS_FIGURE(platform.unstructured_sparsity(), lane_count, kCount, std::string("unstructured_sparsity."));
  }
  RS_FIGURE(platform, decode_weights_per_second, kWeightsPerSecond, path);
  RS_FIGURE(platform, host_seconds_per_batch, kSeconds, path);
  RS_FIGURE(platform, system_static_watts, kWatts, path);
  RS_FIGURE(platform, launch_seconds_per_layer, kSeconds, path);
  RS_FIGURE(platform, static_watts, kWatts, path);
  RS_FIGURE(platform, peak_watts, kWatts, path);
  if (platform.has_static_watts() && platform.has_peak_watts() &&
      platform.static_watts().value() > platform.peak_watts().value())
    return invalid_argument("{} W when idle and {} W at full load", platform.static_watts().value(),
                            platform.peak_watts().value())
        .at("static_watts.value");
  return {};
}

}  // namespace roofscape::platforms
