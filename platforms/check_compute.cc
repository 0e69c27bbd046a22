#include <set>
#include <tuple>

#include "analytics/arith/number_format.h"
#include "analytics/arith/sparsity_pattern.h"
#include "analytics/base/text.h"
#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {
namespace {

Status check_format(const std::string& name, const std::string& path) {
  const Result<NumberFormat> format = NumberFormat::parse(name);
  if (!format.ok()) return format.status().at(path);
  if (format->name() != name) return invalid_argument("'{}' is usually written '{}'", name, format->name()).at(path);
  return {};
}

Status check_cores(const v1::Platform& platform) {
  if (!platform.has_cores()) return {};
  const v1::Cores& cores = platform.cores();
  if (!cores.has_core_count()) return invalid_argument("cores without their number").at("cores.core_count");
  if (!cores.has_clock_hertz()) return invalid_argument("cores without their clock").at("cores.clock_hertz");
  const std::string path = "cores.";
  RS_FIGURE(cores, core_count, kCount, path);
  RS_FIGURE(cores, clock_hertz, kHertz, path);
  return {};
}

// Lanes that go together, as the cost model takes them (analytics/cost/array.h).
Status check_lane_use(const v1::ComputeCeiling& ceiling, const std::string& path) {
  const std::string& use = ceiling.input_lane_use();
  if (!use.empty() && use != "window" && use != "kernel-rows")
    return invalid_argument("'{}' is nothing that lanes take; use window or kernel-rows, or leave it out",
                            printable(use, 60))
        .at(path + "input_lane_use");
  if (!use.empty() && !ceiling.has_input_lane_count())
    return invalid_argument("'{}' without input lanes; give input_lane_count", use).at(path + "input_lane_use");
  if (use == "kernel-rows" && ceiling.has_output_lane_count())
    return invalid_argument("an array whose lanes take rows of kernels has no output lanes; leave them out")
        .at(path + "output_lane_count");
  const int kinds = ceiling.has_input_lane_count() + ceiling.has_output_lane_count() + ceiling.has_pixel_lane_count();
  if (ceiling.systolic() && (kinds != 2 || use == "kernel-rows"))
    return invalid_argument("a systolic array has two kinds of lanes of input, output and pixel; {} are given", kinds)
        .at(path + "systolic");
  return {};
}

Status check_lanes(const v1::ComputeCeiling& ceiling, const std::string& path) {
  if (!ceiling.weight_scales().empty()) {
    if (ceiling.weight_scales() != "per-tensor")
      return invalid_argument("'{}' are no scales of weights; use per-tensor, or leave it out",
                              printable(ceiling.weight_scales(), 60))
          .at(path + "weight_scales");
    if (const auto format = NumberFormat::parse(ceiling.weight()); format.ok() && !format->is_integer())
      return invalid_argument("scales of {} weights; integers alone have them", ceiling.weight())
          .at(path + "weight_scales");
  }
  RS_COUNT(ceiling, input_lane_count, path);
  RS_COUNT(ceiling, output_lane_count, path);
  RS_COUNT(ceiling, pixel_lane_count, path);
  return check_lane_use(ceiling, path);
}

Status check_cycles(const v1::Platform& platform, const v1::ComputeCeiling& ceiling, const std::string& path) {
  if (!ceiling.has_ops_per_cycle()) return {};
  RS_FIGURE(ceiling, ops_per_cycle, kOpsPerCycle, path);
  if (!platform.has_cores())
    return invalid_argument("operations a cycle without cores; give cores.core_count and cores.clock_hertz")
        .at(path + "ops_per_cycle");
  const double count = platform.cores().core_count().value(), hertz = platform.cores().clock_hertz().value();
  const double most = count * hertz * ceiling.ops_per_cycle().value();
  constexpr double kRounding = 1.02;  // vendors round
  if (ceiling.has_ops_per_second() && ceiling.ops_per_second().value() > most * kRounding)
    return invalid_argument("{:g} operations a second; {:g} {} x {:g} MHz x {:g} operations a cycle make {:g}",
                            ceiling.ops_per_second().value(), count, count == 1 ? "core" : "cores", hertz / 1e6,
                            ceiling.ops_per_cycle().value(), most)
        .at(path + "ops_per_second.value");
  return {};
}

}  // namespace

Status check_compute(const v1::Platform& platform) {
  if (platform.compute_size() > kMostEntries)
    return invalid_argument("{} ceilings; at most {}", platform.compute_size(), kMostEntries).at("compute");
  RS_TRY(check_cores(platform));
  if (platform.compute_size() == 0 && platform.device_class() != v1::FPGA)
    return invalid_argument("no arithmetic peak; give at least one, as {{weight: fp32, ops_per_second: …}}")
        .at("compute");
  std::set<std::tuple<std::string, std::string, std::string, std::string, std::string>> seen;
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& ceiling = platform.compute(i);
    const std::string path = fmt::format("compute[{}].", i);
    RS_TRY(check_format(ceiling.weight(), path + "weight"));
    if (!ceiling.activation().empty()) RS_TRY(check_format(ceiling.activation(), path + "activation"));
    const std::string& activation = ceiling.activation().empty() ? ceiling.weight() : ceiling.activation();
    if (!ceiling.sparsity().empty())
      if (Status status = SparsityPattern::parse(ceiling.sparsity()).status(); !status.ok())
        return std::move(status).at(path + "sparsity");
    if (!ceiling.algorithm().empty() && ceiling.algorithm() != "winograd")
      return invalid_argument("'{}' is no algorithm; use winograd, or leave it out", printable(ceiling.algorithm(), 60))
          .at(path + "algorithm");
    if (!seen.insert({ceiling.weight(), activation, ceiling.sparsity(), ceiling.algorithm(), ceiling.weight_scales()})
             .second)
      return invalid_argument("the peak for {} x {}{}{}{} stands twice", ceiling.weight(), activation,
                              ceiling.sparsity().empty() ? "" : ", weights " + ceiling.sparsity(),
                              ceiling.algorithm().empty() ? "" : ", " + ceiling.algorithm(),
                              ceiling.weight_scales().empty() ? "" : ", " + ceiling.weight_scales())
          .at(path + "weight");
    RS_TRY(check_lanes(ceiling, path));
    RS_TRY(check_cycles(platform, ceiling, path));
    if (!ceiling.has_ops_per_second())
      return invalid_argument("no peak for {} x {}; give ops_per_second, or ops_per_cycle and cores", ceiling.weight(),
                              activation)
          .at(path + "ops_per_second");
    RS_FIGURE(ceiling, ops_per_second, kOpsPerSecond, path);
    RS_FIGURE(ceiling, energy_joules_per_op, kJoulesPerOp, path);
  }
  return {};
}

}  // namespace roofscape::platforms
