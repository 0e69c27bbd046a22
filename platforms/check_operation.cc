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

// Units beside the multipliers, and engines that take an image each: of machines that run one layer after the other.
Status check_units(const v1::Platform& platform) {
  if (platform.has_vector_unit()) {
    const v1::VectorUnit& unit = platform.vector_unit();
    const std::string path = "vector_unit.";
    if (platform.has_fpga())
      return invalid_argument("streaming designs have a unit for each layer; leave it out").at("vector_unit");
    RS_FIGURE(unit, steps_per_cycle, kStepsPerCycle, path);
    RS_FIGURE(unit, steps_per_second, kStepsPerSecond, path);
    if (!unit.has_steps_per_second())
      return invalid_argument("no rate; give steps_per_second, or steps_per_cycle and cores")
          .at(path + "steps_per_second");
  }
  if (!platform.has_image_engines()) return {};
  const v1::ImageEngines& engines = platform.image_engines();
  const std::string path = "image_engines.";
  if (platform.has_fpga())
    return invalid_argument("a streaming design works on several images by itself; leave it out").at("image_engines");
  if (!engines.has_engine_count() && !platform.has_cores())
    return invalid_argument("no number of engines; give engine_count or cores").at(path + "engine_count");
  constexpr double kMostEngines = 256;
  const v1::Figure& count = engines.has_engine_count() ? engines.engine_count() : platform.cores().core_count();
  RS_TRY(check_count(count, path + "engine_count"));
  if (count.value() > kMostEngines)
    return invalid_argument("{} engines; at most {}", count.value(), kMostEngines).at(path + "engine_count");
  RS_FIGURE(engines, port_bytes_per_second, kBytesPerSecond, path);
  if (engines.has_port_bytes_per_second() && engines.share_weights())
    return invalid_argument(
               "weights that are read once for all engines pass through no engine's own ports; leave one out")
        .at(path + "port_bytes_per_second");
  return {};
}

}  // namespace

Status check_operation(const v1::Platform& platform) {
  const std::string path;
  RS_TRY(check_layer_ceilings(platform));
  RS_TRY(check_units(platform));
  if (platform.has_zero_skipping()) {
    if (platform.has_fpga())
      return invalid_argument("streaming designs do not skip zeros; leave it out").at("zero_skipping");
    if (!platform.zero_skipping().has_lane_count())
      return invalid_argument("no number of lanes").at("zero_skipping.lane_count");
    RS_COUNT(platform.zero_skipping(), lane_count, std::string("zero_skipping."));
  }
  if (platform.has_unstructured_sparsity()) {
    if (platform.has_fpga())
      return invalid_argument("streaming designs do not skip zeros; leave it out").at("unstructured_sparsity");
    if (!platform.unstructured_sparsity().has_lane_count())
      return invalid_argument("no number of lanes").at("unstructured_sparsity.lane_count");
    RS_COUNT(platform.unstructured_sparsity(), lane_count, std::string("unstructured_sparsity."));
  }
  RS_FIGURE(platform, decode_weights_per_second, kWeightsPerSecond, path);
  if (platform.has_pipelined_image_count() && platform.has_fpga())
    return invalid_argument("the depth of a streaming design follows from the network; leave it out")
        .at("pipelined_image_count");
  RS_COUNT(platform, pipelined_image_count, path);
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
