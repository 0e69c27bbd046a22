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
      roof.name += ", " + format;
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
  return ComputeRoof{"DSP, 1 MAC a cycle", rate};
}

struct Names {
  std::string full;   // as LayerEstimate.runs_as has it
  std::string shown;  // shorter
};

Names names_of(const v1::ComputeCeiling& ceiling) {
  const std::string weight = printable(ceiling.weight());
  const std::string activation = ceiling.activation().empty() ? weight : printable(ceiling.activation());
  Names names{weight + " x " + activation, weight == activation ? weight : weight + " × " + activation};
  if (!ceiling.sparsity().empty()) {
    names.full += ", weights " + printable(ceiling.sparsity());
    names.shown += " " + printable(ceiling.sparsity());
  }
  if (ceiling.algorithm() == "winograd") {
    names.full += ", Winograd";
    names.shown += " Winograd";
  }
  if (!ceiling.weight_scales().empty()) {
    names.full += ", per tensor";
    names.shown += " per tensor";
  }
  return names;
}

}  // namespace

std::string ComputeRoof::label() const { return name + " · " + si(ops_per_second, "op/s"); }
std::string MemoryRoof::label() const { return name + " · " + si(bytes_per_second, "B/s"); }

double rate_of(const v1::LayerEstimate& layer) {
  return layer.latency_seconds() > 0 ? layer.op_count() / layer.latency_seconds() : 0;
}

std::set<std::string> arithmetics_of(const v1::Estimate& estimate) {
  std::set<std::string> used;
  for (const v1::LayerEstimate& layer : estimate.layers())
    if (!layer.runs_as().empty()) used.insert(printable(layer.runs_as()));
  return used;
}

Roofs roofs_of(const v1::Platform& platform, const std::set<std::string>& used) {
  Roofs roofs;
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    const Names names = names_of(ceiling);
    if (used.empty() || used.contains(names.full) || names.full == "fp32 x fp32")
      add_roof(&roofs.compute, names.shown, ceiling.ops_per_second().value());
  }
  if (roofs.compute.empty() && platform.has_fpga())
    if (const auto roof = multiplier_roof(platform.fpga())) roofs.compute.push_back(*roof);
  std::sort(roofs.compute.begin(), roofs.compute.end(),
            [](const ComputeRoof& a, const ComputeRoof& b) { return a.ops_per_second > b.ops_per_second; });

  for (const v1::MemoryLevel& level : platform.memory()) {
    const double rate = level.bandwidth_bytes_per_second().value();
    if (rate > 0) roofs.memory.push_back({printable(level.name()), rate});
  }
  std::stable_sort(roofs.memory.begin(), roofs.memory.end(),
                   [](const MemoryRoof& a, const MemoryRoof& b) { return a.bytes_per_second > b.bytes_per_second; });
  return roofs;
}

}  // namespace roofscape::client::plot
