#include "analytics/cost/passing.h"

#include <algorithm>
#include <span>

#include "analytics/cost/array_traffic.h"
#include "analytics/cost/tiling.h"
#include "analytics/cost/vector_unit.h"

namespace roofscape::cost {
namespace {

double outputs_of(const WorkOnArray& work) { return work.groups * work.filters * work.rows * work.columns; }

// Weights and activations that come from farther out than `inner`, of which `weights` are those that come at all. What
// the state of a recurrent layer asks for in every step is counted in them.
Passing tiled(const LayerDemand& layer, std::span<const Memory> inner, Bytes weights, double images,
              double weight_price) {
  const Bytes activations = layer.activation_bytes() * images;
  if (layer.products.empty() || !(weights.value() > 0)) return {weights, activations};
  const WorkOnArray& product = layer.products[0];
  const Operands of{.weights = layer.weight_bytes - layer.step_bytes,
                    .inputs = layer.input_bytes * images,
                    .sums = Bytes(kSumBytes * outputs_of(product) * images),
                    .groups = product.groups};
  const Rereads times = least_rereads(of, room_of(inner), weight_price);
  return {weights + of.weights * (times.weights - 1), activations + of.inputs * (times.inputs - 1)};
}

bool counts_accesses(const Machine& machine) { return machine.overlaps && machine.memory.size() > 1; }

}  // namespace

Passing passing(const Machine& machine, const Demand& demand, const LayerDemand& layer, std::size_t level,
                double images, const Weighed& weighed) {
  // Of weights that several engines share each is charged a part, which the best tiling of it minds.
  const double weight_price = machine.overlaps ? 1 / machine.memory[level].weight_readers : weighed.weights;
  const auto takes = [&](const Passing& of) {
    return of.weights * weight_price + of.activations * weighed.activations;
  };
  Bytes weights = layer.weight_bytes + layer.step_bytes * (layer.steps - 1);
  const Bytes activations = layer.activation_bytes() * images;
  for (std::size_t inner = 0; inner < level; ++inner) {
    const Memory& memory = machine.memory[inner];
    if (memory.weights_only && memory.capacity && demand.weight_bytes <= *memory.capacity) weights = Bytes(0);
    if (!memory.capacity || memory.activations_only || memory.weights_only) continue;
    if (demand.weight_bytes + demand.peak_activation_bytes <= *memory.capacity)
      return {Bytes(0), layer.network_bytes * images};  // all stays there for good
    if (layer.step_bytes <= *memory.capacity) weights = layer.weight_bytes;
  }
  Passing least{weights, activations};
  if (machine.overlaps && level > 0)
    least = tiled(layer, std::span(machine.memory).first(level), weights, images, weight_price);
  for (std::size_t inner = 0; inner < level; ++inner) {
    const Memory& memory = machine.memory[inner];
    if (!memory.capacity || memory.weights_only || layer.activation_bytes() > *memory.capacity) continue;
    // As many images at a time as it holds: each such part of the batch reads the weights anew.
    const double parts = std::max(1.0, activations / *memory.capacity);
    const Passing split{weights * parts, layer.network_bytes * images};
    if (takes(split) < takes(least)) least = split;
  }
  return least;
}

Passing passing_to(const Machine& machine, const Demand& demand, const LayerDemand& layer, int ceiling,
                   std::size_t level, double images) {
  const Passing once = passing(machine, demand, layer, level, images);
  if (level > 0 || ceiling < 0 || !counts_accesses(machine) || runs_on_vector_unit(machine, layer)) return once;
  return array_traffic(machine.ceilings.at(ceiling).array, layer, machine.memory[level], once, images);
}

bool array_waits_for_memory(const Machine& machine) {
  return counts_accesses(machine) && machine.memory.front().bandwidth;
}

}  // namespace roofscape::cost
