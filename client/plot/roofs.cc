#include "client/plot/roofs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
  const double share = fpga.has_usable_dsp_fraction() ? fpga.usable_dsp_fraction().value() : 1;
  const double rate = 2 * fpga.dsp().value() * share * fpga.clock_hertz().value();
  if (!(rate > 0)) return std::nullopt;
  return ComputeRoof{"DSP, 1 MAC a cycle", rate};
}

// Bits of an integer format, "bipolar", "int4n", "uint8"; none of others.
std::optional<int> integer_bits(std::string_view format) {
  if (format == "bipolar") return 1;
  if (format.starts_with('u')) format.remove_prefix(1);
  if (!format.starts_with("int")) return std::nullopt;
  format.remove_prefix(3);
  if (format.ends_with('n')) format.remove_suffix(1);
  const auto bits = parse_int(format);
  return bits && *bits > 0 && *bits <= 32 ? std::optional(static_cast<int>(*bits)) : std::nullopt;
}

// Multiply-accumulates of a block in a cycle, and look-up tables of one: the least that analytics/cost/fpga_unit.h
// takes, with what a whole design takes on top.
double macs_a_block(std::optional<int> widest) {
  if (!widest || *widest > 16) return 0.4;
  return *widest <= 4 ? 4 : *widest <= 8 ? 2 : 1;
}

double tables_a_mac(int weight, int activation) {
  constexpr double kWholeOverUnits = 1.3;
  const double both = weight + activation;
  if (std::max(weight, activation) <= 4) return kWholeOverUnits * (1.49 * weight * activation + 0.30 * both);
  return kWholeOverUnits * 1.1 * ((2 * std::ceil(both / 6) - 1) * both + 2 * both);
}

double usable(bool given, const v1::Figure& share) { return given ? share.value() : 1; }

// The roof of a layer that runs as "int4 x uint4 in LUT" or "… in DSP", if all the logic did nothing else.
void add_logic_roof(const v1::FpgaFabric& fpga, std::string_view runs_as, std::vector<ComputeRoof>* roofs) {
  const bool in_dsp = runs_as.ends_with(" in DSP");
  if (!in_dsp && !runs_as.ends_with(" in LUT")) return;
  const std::string_view formats = runs_as.substr(0, runs_as.size() - 7);
  const std::size_t times = formats.find(" x ");
  if (times == std::string_view::npos) return;
  const std::string_view first = formats.substr(0, times), second = formats.substr(times + 3);
  const auto weight = integer_bits(first), activation = integer_bits(second);
  const std::string name = first == second ? std::string(first) : fmt::format("{} × {}", first, second);
  if (in_dsp) {
    const auto widest = weight && activation ? std::optional(std::max(*weight, *activation)) : std::nullopt;
    add_roof(roofs, name + " in DSP",
             2 * fpga.dsp().value() * usable(fpga.has_usable_dsp_fraction(), fpga.usable_dsp_fraction()) *
                 macs_a_block(widest) * fpga.clock_hertz().value());
  } else if (weight && activation) {
    add_roof(roofs, name + " in LUT",
             2 * fpga.lut().value() * usable(fpga.has_usable_lut_fraction(), fpga.usable_lut_fraction()) /
                 tables_a_mac(*weight, *activation) * fpga.clock_hertz().value());
  }
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
  if (platform.has_fpga())
    for (const std::string& runs_as : used) add_logic_roof(platform.fpga(), runs_as, &roofs.compute);
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
