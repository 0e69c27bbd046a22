#include "analytics/cost/roofs.h"

#include <algorithm>
#include <set>
#include <string>

#include "analytics/base/text.h"
#include "analytics/cost/fpga_folding.h"
#include "analytics/cost/fpga_unit.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;

// "int8 2:4" of "int8 x int8, weights 2:4", "fp32 Winograd" of "fp32 x fp32, Winograd".
std::string short_name(const std::string& name) {
  const std::size_t times = name.find(" x ");
  if (times == std::string::npos) return name;
  const std::size_t end = std::min(name.find(',', times), name.size());
  const std::string first = name.substr(0, times), second = name.substr(times + 3, end - times - 3);
  constexpr std::string_view kWeights = ", weights ";
  const std::string rest = name.substr(end);
  return (first == second ? first : first + " x " + second) + (rest.starts_with(kWeights)
                                                                   ? " " + rest.substr(kWeights.size())
                                                               : rest.empty() ? ""
                                                                              : rest.substr(1));
}

void add(const std::string& name, OpsPerSecond rate, std::vector<RoofLine>* roofs) {
  const bool known = std::any_of(roofs->begin(), roofs->end(), [&](const RoofLine& roof) { return roof.name == name; });
  if (!known && rate.value() > 0) roofs->push_back({name, rate, std::nullopt});
}

void add_peaks(const Machine& machine, const Demand& demand, const NetworkCost& cost, std::vector<RoofLine>* roofs) {
  std::set<int> used;
  for (std::size_t i = 0; i < cost.layers.size(); ++i)
    if (demand.layers[i].kind != Kind::kFree) used.insert(cost.layers[i].ceiling);
  const auto& all = machine.ceilings.all();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (used.contains(static_cast<int>(i)) || all[i].name == "fp32 x fp32")
      add(short_name(all[i].name), all[i].rate, roofs);
}

void add_logic(const Machine& machine, const Network& network, const Demand& demand, const NetworkCost& cost,
               std::vector<RoofLine>* roofs) {
  const Fabric& fabric = *machine.fabric;
  for (std::size_t i = 0; i < cost.layers.size(); ++i) {
    const LayerDemand& layer = demand.layers[i];
    if (layer.kind != Kind::kMatrix) continue;
    const UnitShape shape = unit_shape(network, static_cast<LayerId>(i), layer);
    const double macs_a_cycle = cost.layers[i].in_dsp
                                    ? fabric.usable_dsp * macs_per_dsp(shape)
                                    : fabric.usable_lut / (kWholeOverUnits * least_tables_per_mac(shape));
    add(short_name(pair_name(layer.weight, layer.activation)) + (cost.layers[i].in_dsp ? " in DSP" : " in LUT"),
        OpsPerSecond(2 * macs_a_cycle * fabric.clock.value()), roofs);
  }
}

}  // namespace

std::vector<RoofLine> roofs_of(const Machine& machine, const Network& network, const Demand& demand,
                               const NetworkCost& cost) {
  std::vector<RoofLine> roofs;
  if (machine.fabric) {
    add_logic(machine, network, demand, cost, &roofs);
  } else {
    add_peaks(machine, demand, cost, &roofs);
  }
  std::stable_sort(roofs.begin(), roofs.end(),
                   [](const RoofLine& a, const RoofLine& b) { return *a.arithmetic > *b.arithmetic; });
  const auto memories = static_cast<std::ptrdiff_t>(roofs.size());
  for (const Memory& memory : machine.memory)
    if (memory.bandwidth) roofs.push_back({memory.name, std::nullopt, memory.bandwidth});
  std::stable_sort(roofs.begin() + memories, roofs.end(),
                   [](const RoofLine& a, const RoofLine& b) { return *a.memory > *b.memory; });
  return roofs;
}

}  // namespace roofscape::cost
