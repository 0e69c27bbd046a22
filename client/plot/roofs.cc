#include "client/plot/roofs.h"

#include <algorithm>
#include <optional>

#include "analytics/base/text.h"
#include "client/console/quantity.h"

namespace roofscape::client::plot {
namespace {

// Formats whose rates differ by less than this share have one roof.
constexpr double kSame = 0.02;

void add_roof(std::vector<ComputeRoof>* roofs, const std::string& format, double rate) {
  if (!(rate > 0)) return;
  for (ComputeRoof& roof : *roofs)
    if (rate < roof.ops_per_second * (1 + kSame) && rate > roof.ops_per_second * (1 - kSame)) {
      roof.label += ", " + format;
      return;
    }
  roofs->push_back({format, rate});
}

// What a fabric's multipliers do at most with one multiply-accumulate a cycle each: a yardstick, since a design may
// pack several narrow ones into a block or build them of look-up tables.
std::optional<ComputeRoof> multiplier_roof(const v1::FpgaFabric& fpga) {
  const double usable = fpga.has_usable_dsp_fraction() ? fpga.usable_dsp_fraction().value() : 1;
  const double rate = 2 * fpga.dsp().value() * usable * fpga.clock_hertz().value();
  if (!(rate > 0)) return std::nullopt;
  return ComputeRoof{"one MAC a DSP block and cycle", rate};
}

}  // namespace

double rate_of(const v1::LayerEstimate& layer) {
  return layer.latency_seconds() > 0 ? layer.op_count() / layer.latency_seconds() : 0;
}

Roofs roofs_of(const v1::Platform& platform) {
  Roofs roofs;
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    const bool same = ceiling.activation().empty() || ceiling.activation() == ceiling.weight();
    add_roof(&roofs.compute, printable(same ? ceiling.weight() : ceiling.weight() + " × " + ceiling.activation()),
             ceiling.ops_per_second().value());
  }
  if (roofs.compute.empty() && platform.has_fpga())
    if (const auto roof = multiplier_roof(platform.fpga())) roofs.compute.push_back(*roof);
  std::sort(roofs.compute.begin(), roofs.compute.end(),
            [](const ComputeRoof& a, const ComputeRoof& b) { return a.ops_per_second > b.ops_per_second; });
  for (ComputeRoof& roof : roofs.compute) roof.label += " · " + si(roof.ops_per_second, "op/s");

  for (const v1::MemoryLevel& level : platform.memory()) {
    const double rate = level.bandwidth_bytes_per_second().value();
    if (rate > 0) roofs.memory.push_back({printable(level.name()) + " · " + si(rate, "B/s"), rate});
  }
  std::stable_sort(roofs.memory.begin(), roofs.memory.end(),
                   [](const MemoryRoof& a, const MemoryRoof& b) { return a.bytes_per_second > b.bytes_per_second; });
  return roofs;
}

}  // namespace roofscape::client::plot
