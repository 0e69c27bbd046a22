#include "analytics/cost/roofline.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/cost/calibrated.h"
#include "analytics/cost/energy.h"
#include "analytics/cost/sparse_weights.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;
using Roof = LayerCost::Roof;

// The peak that computes a layer. Those without weights take the platform's fastest where none holds their format: what
// they do (compare, add, move) is done beside the multipliers, and memory nearly always binds them.
int ceiling_of(const Machine& machine, const Layer& described, const LayerDemand& layer) {
  const int found = machine.ceilings.find(layer.weight, layer.activation, described);
  return found < 0 && layer.kind != Kind::kMatrix ? machine.ceilings.fastest() : found;
}

void raise(LayerCost* cost, Seconds bound, Roof roof, int level = -1) {
  if (bound <= cost->time) return;
  cost->time = bound;
  cost->roof = roof;
  cost->level = level;
}

// What zeros, of inputs and of weights, leave of a layer's work: of the lanes together, and of the one that keeps the
// others waiting.
struct Left {
  double mean = 1, slowest = 1;
};
Left work_left(const Machine& machine, const Layer& described, const LayerDemand& layer) {
  Left left;
  if (machine.zero_lanes && layer.skips) left = {1 - layer.skips->mean(), layer.skips->work_left(*machine.zero_lanes)};
  if (machine.weight_lanes) {
    left.mean *= stored_share(described);
    left.slowest *= weight_work_left(described, *machine.weight_lanes);
  }
  return left;
}

// Weights that are packed, or narrower than any that the platform reads, are taken out once a batch. Not: than the
// arithmetic that runs them, or a faster wide peak, once chosen, would cost more than the narrow one did.
bool decodes(const Machine& machine, const Layer& described, const LayerDemand& layer) {
  return machine.decode_rate && described.has_weight() &&
         (is_packed_form(described) || !machine.ceilings.reads(layer.weight));
}

void set_time(const Machine& machine, const Demand& demand, const Layer& described, const LayerDemand& layer,
              double images, LayerCost* cost) {
  const Left left = work_left(machine, described, layer);
  const Ceiling& ceiling = machine.ceilings.at(cost->ceiling);
  cost->ops = layer.ops * (images * left.mean);
  cost->filled = lanes_filled(ceiling, described);
  raise(cost, layer.ops * (images * left.slowest) / (ceiling.rate * cost->filled), Roof::kCompute);
  cost->by_kind = machine.layer_ceilings.bound(described, layer, images);
  raise(cost, cost->by_kind, Roof::kCompute);
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    if (!machine.memory[level].bandwidth) continue;
    const Passing bytes = passing(machine, demand, layer, level, images);
    raise(cost, (bytes.weights + bytes.activations) / *machine.memory[level].bandwidth, Roof::kMemory,
          static_cast<int>(level));
  }
  if (decodes(machine, described, layer))
    raise(cost, Seconds(stored_weights(described) / *machine.decode_rate), Roof::kDecode);
  if (!machine.launch || layer.kind == Kind::kFused || layer.joined) return;
  if (*machine.launch > cost->time) cost->roof = Roof::kLaunch;
  cost->time += *machine.launch;
}

}  // namespace

std::string unsupported_text(const Machine& machine, const Layer& layer, const LayerDemand& demand) {
  std::string known;
  for (const Ceiling& ceiling : machine.ceilings.all()) known += (known.empty() ? "" : ", ") + ceiling.name;
  return fmt::format(
      "platform '{}' has no peak that holds {} of layer '{}': it computes {}; quantise the layer, or give "
      "compute[].ops_per_second for a wider format",
      printable(machine.id, 63), pair_name(demand.weight, demand.activation), printable(layer.name), known);
}

Passing passing(const Machine& machine, const Demand& demand, const LayerDemand& layer, std::size_t level,
                double images) {
  Passing bytes{layer.weight_bytes, layer.activation_bytes() * images};
  for (std::size_t inner = 0; inner < level; ++inner) {
    if (!machine.memory[inner].capacity) continue;
    const Bytes capacity = *machine.memory[inner].capacity;
    const bool resident =
        !machine.memory[inner].activations_only && demand.weight_bytes + demand.peak_activation_bytes <= capacity;
    if (resident) bytes.weights = Bytes(0);
    if (resident || layer.activation_bytes() * images <= capacity) bytes.activations = layer.network_bytes * images;
  }
  return bytes;
}

Runs runs_of(const LayerDemand& layer, std::int64_t batch) {
  const auto images = static_cast<double>(batch);
  if (layer.run_share >= 1) return {1, images};
  const double probability = 1 - std::pow(1 - layer.run_share, images);
  return {probability, probability > 0 ? images * layer.run_share / probability : 0};
}

Result<NetworkCost> roofline(const Machine& machine, const Network& network, const Demand& demand,
                             const EstimateOptions& options) {
  const std::int64_t batch = options.batch;
  NetworkCost total;
  total.layers.resize(demand.layers.size());
  int host = -1;  // peak of the matrix layer that the following fused ones are computed with
  std::vector<int> host_of(demand.layers.size(), -1);
  for (std::size_t i = 0; i < demand.layers.size(); ++i) {
    const LayerDemand& layer = demand.layers[i];
    LayerCost& cost = total.layers[i];
    if (layer.kind == Kind::kFree) continue;
    const Layer& described = network.layer(static_cast<LayerId>(i));
    const auto price = [&](double images) {
      cost.time = Seconds(0);
      set_time(machine, demand, described, layer, images, &cost);
    };
    cost.weight_bytes = layer.weight_bytes;
    cost.activation_bytes = layer.activation_bytes() * static_cast<double>(batch);
    host = layer.kind == Kind::kFused ? host_of[static_cast<std::size_t>(described.inputs[0])] : -1;
    cost.ceiling = host >= 0 ? host : ceiling_of(machine, described, layer);
    if (cost.ceiling < 0) {
      if (options.unsupported == EstimateOptions::Unsupported::kFail)
        return Status(Code::kFailedPrecondition, unsupported_text(machine, described, layer));
      if (total.unsupported < 0) total.unsupported = static_cast<LayerId>(i);
      cost.ceiling = machine.ceilings.fastest();
    }
    host_of[i] = cost.ceiling;
    price(static_cast<double>(batch));
    total.latency_worst += cost.time;
    if (const Runs runs = runs_of(layer, batch); layer.run_share < 1) {
      price(runs.images);
      cost.ops = cost.ops * runs.probability;
      cost.time = cost.time * runs.probability;
      cost.weight_bytes = cost.weight_bytes * runs.probability;
      cost.activation_bytes = cost.activation_bytes * layer.run_share;
    }
    total.latency += cost.time;
  }
  apply_calibration(machine, network, demand, options, &total);
  total.throughput_per_second = total.latency.value() > 0 ? static_cast<double>(batch) / total.latency.value() : 0;
  set_energy(machine, demand, batch, &total);
  if (machine.energy_calibration) set_measured_energy(machine, network, demand, options, &total);
  const Memory& outermost = machine.memory.back();
  total.fits = total.unsupported < 0 &&
               (!outermost.capacity || demand.weight_bytes + demand.peak_activation_bytes <= *outermost.capacity);
  return total;
}

}  // namespace roofscape::cost
