#include <fmt/format.h>

#include <cmath>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "analytics/arith/number_format.h"
#include "analytics/arith/sparsity_pattern.h"
#include "analytics/base/text.h"
#include "platforms/library.h"

namespace roofscape::platforms {
namespace {

// A unit with the range outside of which a figure must be a slip, and the slip that is most likely.
struct Unit {
  const char* name;
  double least, most;
  const char* hint;
};
constexpr Unit kOpsPerSecond = {"operations a second", 1e4, 1e19, "give 1.2e11 for 120 GOPS"};
constexpr Unit kBytesPerSecond = {"bytes a second", 1e5, 1e15, "give 1.28e10 for 12.8 GB/s"};
constexpr Unit kBytes = {"bytes", 16, 1e16, "give 1048576 for 1 MiB"};
constexpr Unit kHertz = {"hertz", 1e4, 1e11, "give 2e8 for 200 MHz"};
constexpr Unit kSeconds = {"seconds", 1e-12, 10, "give 5e-6 for 5 us"};
constexpr Unit kWatts = {"watts", 1e-6, 1e6, "give 7 for 7 W"};
constexpr Unit kJoulesPerOp = {"joules an operation", 1e-18, 1e-6, "give 1e-12 for 1 pJ"};
constexpr Unit kJoulesPerByte = {"joules a byte", 1e-16, 1e-4, "give 2e-11 for 20 pJ"};
constexpr Unit kCount = {"pieces", 1, 1e9, "give the number of pieces"};
constexpr Unit kShare = {"a share", 1e-3, 1, "give 0.7 for 70 %"};

constexpr std::size_t kTextBytes = 400;
constexpr int kMostEntries = 64;

Status check_text(const std::string& text, std::string path, bool required) {
  if (required && trim(text).empty()) return invalid_argument("{} is empty", path.substr(path.rfind('.') + 1)).at(path);
  if (text.size() > kTextBytes)
    return invalid_argument("{} bytes of text; at most {}", text.size(), kTextBytes).at(std::move(path));
  if (printable(text, 2 * kTextBytes) != text)
    return invalid_argument("'{}' holds a control character or a line break; one line of text", printable(text, 60))
        .at(std::move(path));
  return {};
}

Status check_figure(const v1::Figure& figure, const Unit& unit, const std::string& path) {
  const double value = figure.value();
  if (!std::isfinite(value)) return invalid_argument("{} is not a finite number", value).at(path + ".value");
  if (value <= 0)
    return invalid_argument("{} is not positive; leave a figure out where it is not known", value).at(path + ".value");
  if (value < unit.least || value > unit.most)
    return invalid_argument("{} {} is not plausible (from {:g} to {:g}); {}", value, unit.name, unit.least, unit.most,
                            unit.hint)
        .at(path + ".value");
  if (trim(figure.source()).empty())
    return invalid_argument("no source; say where the figure comes from").at(path + ".source");
  RS_TRY(check_text(figure.source(), path + ".source", true));
  if (figure.provenance() == v1::PROVENANCE_UNSPECIFIED || !v1::Provenance_IsValid(figure.provenance()))
    return invalid_argument("no provenance; use datasheet, paper, measured, derived or recalled")
        .at(path + ".provenance");
  return {};
}

// The figure, if it is there.
#define RS_FIGURE(message, field, unit, path) \
  if ((message).has_##field()) RS_TRY(check_figure((message).field(), unit, (path) + #field))

Status check_identity(const v1::Platform& platform) {
  if (!is_resource_id(platform.id()))
    return invalid_argument(
               "'{}' is no id; use 1 to 63 lower-case letters, digits, '-', '_' or '.', the first a letter or digit",
               printable(platform.id(), 70))
        .at("id");
  RS_TRY(check_text(platform.title(), "title", true));
  if (platform.device_class() == v1::DEVICE_CLASS_UNSPECIFIED || !v1::DeviceClass_IsValid(platform.device_class()))
    return invalid_argument("no device class; use cpu, gpu, fpga or asic").at("device_class");
  RS_TRY(check_text(platform.family(), "family", false));
  RS_TRY(check_text(platform.engine(), "engine", false));
  if (platform.aliases_size() > kMostEntries)
    return invalid_argument("{} aliases; at most {}", platform.aliases_size(), kMostEntries).at("aliases");
  std::set<std::string> seen;
  for (int i = 0; i < platform.aliases_size(); ++i) {
    const std::string path = fmt::format("aliases[{}]", i);
    RS_TRY(check_text(platform.aliases(i), path, true));
    if (!seen.insert(platform.aliases(i)).second)
      return invalid_argument("alias '{}' stands twice", platform.aliases(i)).at(path);
  }
  return {};
}

Status check_format(const std::string& name, const std::string& path) {
  const Result<NumberFormat> format = NumberFormat::parse(name);
  if (!format.ok()) return format.status().at(path);
  if (format->name() != name) return invalid_argument("'{}' is usually written '{}'", name, format->name()).at(path);
  return {};
}

Status check_compute(const v1::Platform& platform) {
  if (platform.compute_size() > kMostEntries)
    return invalid_argument("{} ceilings; at most {}", platform.compute_size(), kMostEntries).at("compute");
  if (platform.compute_size() == 0 && platform.device_class() != v1::FPGA)
    return invalid_argument("no arithmetic peak; give at least one, as {{weight: fp32, ops_per_second: …}}")
        .at("compute");
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& ceiling = platform.compute(i);
    const std::string path = fmt::format("compute[{}].", i);
    RS_TRY(check_format(ceiling.weight(), path + "weight"));
    if (!ceiling.activation().empty()) RS_TRY(check_format(ceiling.activation(), path + "activation"));
    const std::string& activation = ceiling.activation().empty() ? ceiling.weight() : ceiling.activation();
    if (!ceiling.sparsity().empty())
      if (Status status = SparsityPattern::parse(ceiling.sparsity()).status(); !status.ok())
        return std::move(status).at(path + "sparsity");
    if (!seen.insert({ceiling.weight(), activation, ceiling.sparsity()}).second)
      return invalid_argument("the peak for {} x {}{} stands twice", ceiling.weight(), activation,
                              ceiling.sparsity().empty() ? "" : ", weights " + ceiling.sparsity())
          .at(path + "weight");
    if (!ceiling.has_ops_per_second())
      return invalid_argument("no peak for {} x {}", ceiling.weight(), activation).at(path + "ops_per_second");
    RS_FIGURE(ceiling, ops_per_second, kOpsPerSecond, path);
    RS_FIGURE(ceiling, energy_joules_per_op, kJoulesPerOp, path);
  }
  return {};
}

const v1::ComputeCeiling* find_dense_ceiling(const v1::Platform& platform, std::string_view format, int* index) {
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& ceiling = platform.compute(i);
    if (ceiling.weight() != format || !ceiling.sparsity().empty() ||
        !(ceiling.activation().empty() || ceiling.activation() == format))
      continue;
    *index = i;
    return &ceiling;
  }
  return nullptr;
}

// Vendors print int8 peaks of GPUs with 2:4 sparsity: four times the dense fp16 peak, where the dense one is twice.
Status check_dense(const v1::Platform& platform) {
  if (platform.device_class() != v1::GPU) return {};
  int at = 0, ignored = 0;
  const auto* int8 = find_dense_ceiling(platform, "int8", &at);
  const auto* fp16 = find_dense_ceiling(platform, "fp16", &ignored);
  const auto* fp32 = find_dense_ceiling(platform, "fp32", &ignored);
  if (int8 == nullptr || fp16 == nullptr || fp32 == nullptr) return {};
  const double ratio = int8->ops_per_second().value() / fp16->ops_per_second().value();
  const bool tensor_cores = fp16->ops_per_second().value() > 3 * fp32->ops_per_second().value();
  if (!tensor_cores || ratio < 3.9 || ratio > 4.1) return {};
  return invalid_argument("the int8 peak is {:.2g} times the fp16 peak, as with 2:4 sparsity; give the dense peak",
                          ratio)
      .at(fmt::format("compute[{}].ops_per_second.value", at));
}

Status check_memory(const v1::Platform& platform) {
  const int levels = platform.memory_size();
  if (levels == 0) return invalid_argument("no memory; give at least the outermost level").at("memory");
  if (levels > kMostEntries) return invalid_argument("{} levels; at most {}", levels, kMostEntries).at("memory");
  std::set<std::string> seen;
  double capacity = 0, bandwidth = HUGE_VAL;
  for (int i = 0; i < levels; ++i) {
    const v1::MemoryLevel& level = platform.memory(i);
    const std::string path = fmt::format("memory[{}].", i);
    RS_TRY(check_text(level.name(), path + "name", true));
    if (!seen.insert(level.name()).second)
      return invalid_argument("the level '{}' stands twice", level.name()).at(path + "name");
    RS_FIGURE(level, capacity_bytes, kBytes, path);
    RS_FIGURE(level, bandwidth_bytes_per_second, kBytesPerSecond, path);
    RS_FIGURE(level, energy_joules_per_byte, kJoulesPerByte, path);
    const bool outermost = i + 1 == levels;
    if (!outermost && !level.has_capacity_bytes())
      return invalid_argument("the inner level '{}' has no capacity", level.name()).at(path + "capacity_bytes");
    if (outermost && !level.has_bandwidth_bytes_per_second())
      return invalid_argument("the outermost level '{}' has no bandwidth", level.name())
          .at(path + "bandwidth_bytes_per_second");
    if (level.has_capacity_bytes() && level.capacity_bytes().value() <= capacity)
      return invalid_argument("'{}' holds {} bytes and the level before it {}; order levels from the inside out",
                              level.name(), level.capacity_bytes().value(), capacity)
          .at(path + "capacity_bytes.value");
    if (level.has_bandwidth_bytes_per_second() && level.bandwidth_bytes_per_second().value() > bandwidth)
      return invalid_argument(
                 "'{}' is faster ({} bytes a second) than a level further in ({}); order levels from the "
                 "inside out",
                 level.name(), level.bandwidth_bytes_per_second().value(), bandwidth)
          .at(path + "bandwidth_bytes_per_second.value");
    if (level.has_capacity_bytes()) capacity = level.capacity_bytes().value();
    if (level.has_bandwidth_bytes_per_second()) bandwidth = level.bandwidth_bytes_per_second().value();
  }
  return {};
}

Status check_fabric(const v1::Platform& platform) {
  if (platform.device_class() != v1::FPGA) {
    if (!platform.has_fpga()) return {};
    return invalid_argument("programmable logic on a device that is no FPGA; set device_class: fpga").at("fpga");
  }
  if (!platform.has_fpga()) return invalid_argument("an FPGA without its programmable logic; give `fpga`").at("fpga");
  const v1::FpgaFabric& fabric = platform.fpga();
  const std::pair<bool, const char*> required[] = {{fabric.has_lut(), "lut"},
                                                   {fabric.has_dsp(), "dsp"},
                                                   {fabric.has_bram18(), "bram18"},
                                                   {fabric.has_clock_hertz(), "clock_hertz"}};
  for (const auto& [given, field] : required)
    if (!given) return invalid_argument("programmable logic without {}", field).at(fmt::format("fpga.{}", field));
  const std::string path = "fpga.";
  RS_FIGURE(fabric, lut, kCount, path);
  RS_FIGURE(fabric, dsp, kCount, path);
  RS_FIGURE(fabric, bram18, kCount, path);
  RS_FIGURE(fabric, uram, kCount, path);
  RS_FIGURE(fabric, clock_hertz, kHertz, path);
  RS_FIGURE(fabric, usable_lut_fraction, kShare, path);
  RS_FIGURE(fabric, usable_dsp_fraction, kShare, path);
  RS_FIGURE(fabric, usable_bram_fraction, kShare, path);
  RS_FIGURE(fabric, reserved_lut, kCount, path);
  RS_FIGURE(fabric, reserved_bram18, kCount, path);
  if (fabric.has_reserved_lut() && fabric.reserved_lut().value() >= fabric.lut().value())
    return invalid_argument("{} look-up tables reserved of {}; nothing is left", fabric.reserved_lut().value(),
                            fabric.lut().value())
        .at("fpga.reserved_lut.value");
  if (fabric.has_reserved_bram18() && fabric.reserved_bram18().value() >= fabric.bram18().value())
    return invalid_argument("{} block memories reserved of {}; nothing is left", fabric.reserved_bram18().value(),
                            fabric.bram18().value())
        .at("fpga.reserved_bram18.value");
  return {};
}

Status check_power(const v1::Platform& platform) {
  const std::string path;
  if (platform.has_zero_skipping()) {
    if (platform.device_class() == v1::FPGA)
      return invalid_argument("streaming designs do not skip zeros; leave it out").at("zero_skipping");
    if (!platform.zero_skipping().has_lane_count())
      return invalid_argument("no number of lanes").at("zero_skipping.lane_count");
    RS_FIGURE(platform.zero_skipping(), lane_count, kCount, std::string("zero_skipping."));
  }
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
#undef RS_FIGURE

}  // namespace

Status validate_platform(const v1::Platform& platform) {
  RS_TRY(check_identity(platform));
  RS_TRY(check_compute(platform));
  RS_TRY(check_dense(platform));
  RS_TRY(check_memory(platform));
  RS_TRY(check_fabric(platform));
  return check_power(platform);
}

}  // namespace roofscape::platforms
