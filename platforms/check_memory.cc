#include <cmath>
#include <set>

#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {
namespace {

// The most bytes a second that a device of this kind reads from its outermost memory, and that kind in words.
struct Most {
  double bytes_per_second;
  std::string device;
};
Most most_bandwidth(const v1::Platform& platform) {
  Most most{1.2e13, "any device"};
  const auto limit = [&](double bytes_per_second, std::string device) {
    if (bytes_per_second < most.bytes_per_second) most = {bytes_per_second, std::move(device)};
  };
  const double cores = platform.has_cores() ? platform.cores().core_count().value() : HUGE_VAL;
  if (platform.device_class() == v1::MCU) limit(2e10, "a microcontroller");
  if (platform.device_class() == v1::NPU) limit(5e11, "an NPU");
  if (platform.device_class() == v1::FPGA) limit(2e12, "an FPGA");
  if (platform.device_class() == v1::CPU && cores <= 8) limit(2e11, "a CPU of at most 8 cores");
  // Data sheets from 2012 to 2025 give 1.6 to 9 GB/s a watt.
  if (platform.device_class() == v1::GPU && platform.has_peak_watts())
    limit(1.5e10 * platform.peak_watts().value(), fmt::format("a GPU of {:g} W", platform.peak_watts().value()));
  return most;
}

Status check_outermost_bandwidth(const v1::Platform& platform, int level) {
  const double given = platform.memory(level).bandwidth_bytes_per_second().value();
  const Most most = most_bandwidth(platform);
  if (given <= most.bytes_per_second) return {};
  return invalid_argument("{:g} bytes a second are more than {} has ({:g}); are these bits? Then give {:g}", given,
                          most.device, most.bytes_per_second, given / 8)
      .at(fmt::format("memory[{}].bandwidth_bytes_per_second.value", level));
}

}  // namespace

Status check_memory(const v1::Platform& platform) {
  const int levels = platform.memory_size();
  if (levels == 0) return invalid_argument("no memory; give at least the outermost level").at("memory");
  if (levels > kMostEntries) return invalid_argument("{} levels; at most {}", levels, kMostEntries).at("memory");
  std::set<std::string> seen;
  double capacity = 0, bandwidth = HUGE_VAL;
  bool holds_activations = false;
  for (int i = 0; i < levels; ++i) {
    const v1::MemoryLevel& level = platform.memory(i);
    const std::string path = fmt::format("memory[{}].", i);
    RS_TRY(check_text(level.name(), path + "name", true));
    if (!seen.insert(level.name()).second)
      return invalid_argument("the level '{}' stands twice", level.name()).at(path + "name");
    RS_FIGURE(level, capacity_bytes, kBytes, path);
    RS_FIGURE(level, bandwidth_bytes_per_second, kBytesPerSecond, path);
    RS_FIGURE(level, energy_joules_per_byte, kJoulesPerByte, path);
    if (level.has_capacity_bytes()) RS_TRY(check_bits(level.capacity_bytes(), path + "capacity_bytes"));
    if (level.has_bandwidth_bytes_per_second())
      RS_TRY(check_bits(level.bandwidth_bytes_per_second(), path + "bandwidth_bytes_per_second"));
    const bool outermost = i + 1 == levels;
    if (!outermost && !level.has_capacity_bytes())
      return invalid_argument("the inner level '{}' has no capacity", level.name()).at(path + "capacity_bytes");
    if (outermost && level.activations_only())
      return invalid_argument("the outermost level '{}' must hold weights, too", level.name())
          .at(path + "activations_only");
    if (level.weights_only() && level.activations_only())
      return invalid_argument("the level '{}' can hold neither weights nor activations; leave one of the two out",
                              level.name())
          .at(path + "weights_only");
    holds_activations = holds_activations || !level.weights_only();
    if (outermost && !holds_activations)
      return invalid_argument("no level can hold activations; at least one must not be for weights only")
          .at(path + "weights_only");
    if (outermost && !level.has_bandwidth_bytes_per_second())
      return invalid_argument("the outermost level '{}' has no bandwidth", level.name())
          .at(path + "bandwidth_bytes_per_second");
    // Flash stands beside the levels of the activations, not behind them: it may be the smaller and the faster one.
    const bool ordered = !level.weights_only();
    if (ordered && level.has_capacity_bytes() && level.capacity_bytes().value() <= capacity)
      return invalid_argument("'{}' holds {} bytes and the level before it {}; order levels from the inside out",
                              level.name(), level.capacity_bytes().value(), capacity)
          .at(path + "capacity_bytes.value");
    if (ordered && level.has_bandwidth_bytes_per_second() && level.bandwidth_bytes_per_second().value() > bandwidth)
      return invalid_argument(
                 "'{}' is faster ({} bytes a second) than a level further in ({}); order levels from the "
                 "inside out",
                 level.name(), level.bandwidth_bytes_per_second().value(), bandwidth)
          .at(path + "bandwidth_bytes_per_second.value");
    if (ordered && level.has_capacity_bytes()) capacity = level.capacity_bytes().value();
    if (ordered && level.has_bandwidth_bytes_per_second()) bandwidth = level.bandwidth_bytes_per_second().value();
  }
  return check_outermost_bandwidth(platform, levels - 1);
}

}  // namespace roofscape::platforms
