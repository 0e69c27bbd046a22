#include <set>
#include <utility>

#include "analytics/arith/number_format.h"
#include "analytics/base/text.h"
#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {

namespace {

// Ceilings of kinds of layers: none of a kind and format twice, each with a rate.
Status check_layer_ceilings(const v1::Platform& platform) {
  constexpr int kMostCeilings = 256;
  if (platform.layer_ceilings_size() > kMostCeilings)
    return invalid_argument("{} ceilings of layers; at most {}", platform.layer_ceilings_size(), kMostCeilings)
        .at("layer_ceilings");
  if (platform.layer_ceilings_size() > 0 && platform.has_fpga())
    return invalid_argument("streaming designs run no layer after the other; leave it out").at("layer_ceilings");
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < platform.layer_ceilings_size(); ++i) {
    const v1::LayerCeiling& ceiling = platform.layer_ceilings(i);
    const std::string path = fmt::format("layer_ceilings[{}].", i);
    RS_TRY(check_text(ceiling.operation(), path + "operation", true));
    if (!ceiling.format().empty())
      if (Status status = NumberFormat::parse(ceiling.format()).status(); !status.ok())
        return std::move(status).at(path + "format");
    if (!seen.insert({ceiling.operation(), ceiling.format()}).second)
      return invalid_argument("the ceiling of '{}' stands twice", printable(ceiling.operation(), 60))
          .at(path + "operation");
    if (!ceiling.has_ops_per_second() && !ceiling.has_values_per_second())
      return invalid_argument("'{}' has no rate; give ops_per_second or values_per_second",
                              printable(ceiling.operation(), 60))
          .at(path + "ops_per_second");
    RS_FIGURE(ceiling, ops_per_second, kOpsPerSecond, path);
    RS_FIGURE(ceiling, values_per_second, kValuesPerSecond, path);
    RS_FIGURE(ceiling, weights_per_second, kWeightsPerSecond, path);
  }
  return {};
}

}  // namespace

Status check_operation(const v1::Platform& platform) {
  const std::string path;
  RS_TRY(check_layer_ceilings(platform));
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
