#include "analytics/cost/load.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/roofline.h"
#include "analytics/cost/totals_traffic.h"

namespace roofscape::cost {
namespace {

Room inside(const Machine& machine) { return room_of(std::span(machine.memory).first(machine.memory.size() - 1)); }

// As what a pair of formats is measured: as itself where the machine has a peak of its own for it, or some layers have,
// though another may be faster on paper; else as the narrowest pair that holds it. No rate decides, or raising one
// could be slower.
Precision precision_on(const Machine& machine, const NumberFormat& weight, const NumberFormat& activation,
                       bool channel_scales = false) {
  const Precision asked = precision_of(weight, activation);
  if (machine.layer_ceilings.computes(asked)) return asked;
  const Ceiling* narrowest = nullptr;
  for (const Ceiling& ceiling : machine.ceilings.all()) {
    if (ceiling.per_tensor && channel_scales) continue;
    if (precision_of(ceiling.weight, ceiling.activation) == asked) return asked;
    if (!holds(ceiling.weight, weight) || !holds(ceiling.activation, activation)) continue;
    if (narrowest == nullptr ||
        ceiling.weight.bits() + ceiling.activation.bits() < narrowest->weight.bits() + narrowest->activation.bits())
      narrowest = &ceiling;
  }
  return narrowest == nullptr ? asked : precision_of(narrowest->weight, narrowest->activation);
}

// How far from the last weight that is not 0, as Han et al. store it (ICLR 2016).
constexpr double kPositionBits = 4;

Seconds through_memory(const Machine& machine, Bytes bytes) { return bytes / *machine.memory.back().bandwidth; }

Seconds started(const Machine& machine, double layers) {
  return machine.launch.value_or(Seconds(0)) * layers + machine.host.value_or(Seconds(0));
}

}  // namespace

Result<int> ceiling_of_formats(const Machine& machine, const NumberFormat& weight, const NumberFormat& activation) {
  Layer dense;
  dense.operation = op::Dense{};
  const int at = machine.ceilings.find(weight, activation, dense);
  if (at >= 0) return at;
  std::string known;
  for (const Ceiling& ceiling : machine.ceilings.all()) known += (known.empty() ? "" : ", ") + ceiling.name;
  return failed_precondition("platform '{}' has no peak that holds {}: it computes {}", printable(machine.id, 63),
                             pair_name(weight, activation), known);
}

Result<Load> load_of(const Machine& machine, const Traits& traits, const NumberFormat& weight,
                     const NumberFormat& activation, double batch, const Density& density) {
  RS_ASSIGN(const int at, ceiling_of_formats(machine, weight, activation));
  const Ceiling& ceiling = machine.ceilings.at(at);
  Load load;
  load.ops = Ops(2 * traits.macs * batch);
  if (machine.weight_lanes) load.ops = load.ops * density.weights;
  if (machine.zero_lanes) load.ops = load.ops * density.activations;
  load.compute = load.ops / ceiling.rate;
  const double bits = weight.bits() + (density.weights < 1 ? kPositionBits : 0);
  load.weights = Bytes(traits.parameters * density.weights * bits / 8);
  const Room room = inside(machine);
  load.room = room.weights.value();
  const Passing passes = passing_of_totals(traits, load.weights, activation.bits(), room, batch);
  load.fetch = through_memory(machine, passes.weights);
  load.memory = through_memory(machine, passes.weights + passes.activations);
  load.launch = started(machine, traits.layers);
  load.precisions[static_cast<std::size_t>(precision_on(machine, weight, activation))] = 1;
  return load;
}

Load load_of(const Machine& machine, const Demand& demand, const NetworkCost& cost, double batch) {
  Load load;
  load.weights = demand.weight_bytes;
  load.room = inside(machine).weights.value();
  Passing passes;
  double layers = 0;
  for (std::size_t i = 0; i < demand.layers.size(); ++i) {
    const LayerDemand& layer = demand.layers[i];
    if (layer.kind != LayerDemand::Kind::kMatrix) {
      load.compute += cost.layers[i].by_kind;
      continue;
    }
    const Ceiling& ceiling = machine.ceilings.at(cost.layers[i].ceiling);
    load.ops += cost.layers[i].ops;
    load.compute += std::max(cost.layers[i].ops / (ceiling.rate * cost.layers[i].filled), cost.layers[i].by_kind);
    load.precisions[static_cast<std::size_t>(
        precision_on(machine, layer.weight, layer.activation, layer.channel_scales))] += cost.layers[i].ops.value();
    const Passing through = passing(machine, demand, layer, machine.memory.size() - 1, batch);
    passes.weights += through.weights;
    passes.activations += through.activations;
    ++layers;
  }
  for (double& share : load.precisions) share /= std::max(load.ops.value(), 1.0);
  load.launch = started(machine, layers);
  // The ceilings of kinds of layers were measured with their traffic.
  if (!machine.layer_ceilings.empty()) return load;
  load.fetch = through_memory(machine, passes.weights);
  load.memory = through_memory(machine, passes.weights + passes.activations);
  return load;
}

Load load_of_streaming(const Demand& demand, Seconds time) {
  Load load;
  load.compute = time;
  load.weights = demand.weight_bytes;
  double all = 0;
  for (const LayerDemand& layer : demand.layers) {
    if (layer.kind != LayerDemand::Kind::kMatrix) continue;
    load.ops += layer.ops;
    load.precisions[static_cast<std::size_t>(precision_of(layer.weight, layer.activation))] += layer.ops.value();
    all += layer.ops.value();
  }
  for (double& share : load.precisions) share /= std::max(all, 1.0);
  return load;
}

}  // namespace roofscape::cost
