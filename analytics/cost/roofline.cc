#include "analytics/cost/roofline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "analytics/base/text.h"
#include "analytics/cost/capacity.h"
#include "analytics/cost/energy.h"
#include "analytics/cost/engines.h"
#include "analytics/cost/load.h"
#include "analytics/cost/pipeline.h"
#include "analytics/cost/sparse_weights.h"
#include "analytics/cost/vector_unit.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;
using Roof = LayerCost::Roof;

// The peak that computes a layer. Those without weights take the platform's fastest where none holds their format: what
// they do (compare, add, move) is done beside the multipliers, and memory nearly always binds them.
int ceiling_of(const Machine& machine, const Layer& described, const LayerDemand& layer, double images) {
  const int found = machine.ceilings.find(layer.weight, layer.activation, described, images);
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

// Which share of a peak a layer reaches, with the lanes that it leaves idle, or on the vector unit in its place.
double reached(const Machine& machine, const Layer& described, const LayerDemand& layer, const Ceiling& ceiling,
               double images) {
  if (runs_on_vector_unit(machine, layer))
    return std::min(1.0, 2 * machine.vector_unit->steps_per_second / ceiling.rate.value());
  return share_filled(ceiling.array, described, images);
}

void raise_memory(const Machine& machine, const Demand& demand, const LayerDemand& layer, double images,
                  LayerCost* cost) {
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    if (!machine.memory[level].bandwidth) continue;
    const Memory& memory = machine.memory[level];
    const Passing bytes = passing_to(machine, demand, layer, cost->ceiling, level, images);
    raise(cost, (bytes.weights / memory.weight_readers + bytes.activations) / *memory.bandwidth, Roof::kMemory,
          static_cast<int>(level));
  }
}

// Of a dense layer nobody asks for weights of inputs that are skipped in all images of the batch.
double decoded_weights(const Machine& machine, const Layer& described, const LayerDemand& layer, double images) {
  const bool skipped = machine.zero_lanes && layer.skips && described.as<op::Dense>() != nullptr;
  return stored_weights(described) * (skipped ? 1 - std::pow(layer.skips->mean(), images) : 1);
}

// Weights that are narrow but not packed may as well lie in memory in the narrowest format that the arithmetic reads:
// the device takes what is faster, so that a narrower format is never slower.
void raise_decoding(const Machine& machine, const Demand& demand, const Layer& described, const LayerDemand& layer,
                    double images, LayerCost* cost) {
  LayerCost unpacking = *cost, widened = *cost;
  raise(&unpacking, Seconds(decoded_weights(machine, described, layer, images) / *machine.decode_rate), Roof::kDecode);
  const int read = machine.ceilings.narrowest_read(layer.weight);
  if (!is_packed_form(described) && read > layer.weight.bits()) {
    LayerDemand wide = layer;
    wide.weight_bytes += Bytes(stored_weights(described) * (read - layer.weight.bits()) / 8);
    wide.step_bytes = layer.step_bytes * (wide.weight_bytes / layer.weight_bytes);
    raise_memory(machine, demand, wide, images, &widened);
    if (widened.time < unpacking.time) unpacking = widened;
  }
  *cost = unpacking;
}

// By what measurements stretch each part of a layer's time; nothing where the platform is not calibrated.
using Stretches = std::optional<std::array<double, kParts>>;

Stretches stretches_of(const Machine& machine, const Traits& traits, const Demand& demand, double batch) {
  if (!machine.calibration) return std::nullopt;
  Load load;
  load.weights = demand.weight_bytes;
  load.room = room_inside(machine).value();
  return machine.calibration->stretches(traits, load, images_at_once(machine, batch));
}

Seconds stretched(const LayerParts& parts, double of_ceiling, const std::array<double, kParts>& by) {
  return parts.arithmetic * (of_ceiling * by[static_cast<std::size_t>(Part::kArithmetic)]) +
         parts.fetch * by[static_cast<std::size_t>(Part::kFetch)] +
         parts.traffic * by[static_cast<std::size_t>(Part::kTraffic)] +
         parts.launch * by[static_cast<std::size_t>(Part::kLaunch)];
}

// What the layer's kind asks for where the platform states it; and of what has no weights, the vector unit.
Seconds time_of_kind(const Machine& machine, const Layer& described, const LayerDemand& layer, double images) {
  const Seconds stated = machine.layer_ceilings.bound(described, layer, images);
  if (layer.kind != Kind::kElementwise) return stated;
  return std::max(
      stated, Seconds(steps_of(described, layer) * images / steps_per_second(machine, layer.weight, layer.activation)));
}

void set_parts(const Machine& machine, const Demand& demand, const LayerDemand& layer, double images, Seconds compute,
               const Stretches& stretches, LayerCost* cost) {
  cost->parts.arithmetic = machine.overlaps ? cost->time : layer.kind == Kind::kFused ? Seconds(0) : compute;
  if (layer.kind != Kind::kFused && !layer.joined) cost->parts.launch = machine.launch;
  // The ceilings of kinds of layers were measured with their traffic.
  if (machine.overlaps || !machine.layer_ceilings.empty()) return;
  const Memory& outermost = machine.memory.back();
  Weighed weighed;
  if (stretches)
    weighed = {(*stretches)[static_cast<std::size_t>(Part::kFetch)],
               (*stretches)[static_cast<std::size_t>(Part::kTraffic)]};
  const Passing bytes = passing(machine, demand, layer, machine.memory.size() - 1, images, weighed);
  cost->parts.fetch = bytes.weights / outermost.weight_readers / *outermost.bandwidth;
  cost->parts.traffic = bytes.activations / *outermost.bandwidth;
}

// What no design of a machine whose cycles are counted can do without: all of its lanes at work, and the bytes. Idle
// lanes, launches and what an array reads again are of its mechanism, which knows them less well.
Seconds full_lanes(const Machine& machine, const Demand& demand, const LayerDemand& layer, double images,
                   const LayerCost& cost) {
  LayerCost alone;
  if (layer.kind == Kind::kMatrix) raise(&alone, cost.ops / machine.ceilings.at(cost.ceiling).rate, Roof::kCompute);
  raise_memory(machine, demand, layer, images, &alone);
  return alone.time;
}

void set_time(const Machine& machine, const Demand& demand, const Layer& described, const LayerDemand& layer,
              double images, const Stretches& stretches, LayerCost* cost) {
  const Left left = work_left(machine, described, layer);
  const Ceiling& ceiling = machine.ceilings.at(cost->ceiling);
  cost->time = Seconds(0);
  cost->parts = {};
  cost->ops = layer.ops * (images * left.mean);
  // What is computed with the layer before takes the fastest peak of its own formats, whichever that layer takes.
  const OpsPerSecond rate = layer.kind == Kind::kFused
                                ? machine.ceilings.fastest_rate(layer.weight, layer.activation)
                                : ceiling.rate * reached(machine, described, layer, ceiling, images);
  const Seconds at_peak = layer.ops * (images * left.slowest) / rate;
  const Seconds of_kind = time_of_kind(machine, described, layer, images);
  raise(cost, at_peak, Roof::kCompute);
  raise(cost, of_kind, Roof::kCompute);
  raise_memory(machine, demand, layer, images, cost);
  if (decodes(machine, described, layer)) raise_decoding(machine, demand, described, layer, images, cost);
  set_parts(machine, demand, layer, images, layer.kind == Kind::kMatrix ? std::max(at_peak, of_kind) : of_kind,
            stretches, cost);
  const Seconds launch = machine.launch_is_assumed && !stretches ? Seconds(0) : cost->parts.launch;
  if (launch > cost->time) cost->roof = Roof::kLaunch;
  if (!machine.launch_is_assumed) cost->time += launch;
  cost->bound = machine.overlaps ? full_lanes(machine, demand, layer, images, *cost) : cost->time;
  if (stretches) cost->time = std::max(cost->bound, stretched(cost->parts, ceiling.stretch, *stretches));
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

Runs runs_of(const LayerDemand& layer, std::int64_t batch) {
  const auto images = static_cast<double>(batch);
  if (layer.run_share >= 1) return {1, images};
  const double probability = 1 - std::pow(1 - layer.run_share, images);
  return {probability, probability > 0 ? images * layer.run_share / probability : 0};
}

namespace {

// What an array reads of its memory may take longer than its arithmetic, so that the peak with the most operations is
// not always the fastest.
template <typename Price>
void take_fastest(const Machine& machine, const Layer& described, const LayerDemand& layer, const Price& price,
                  LayerCost* cost) {
  LayerCost best = *cost;
  price(&best);
  for (std::size_t i = 0; i < machine.ceilings.all().size(); ++i) {
    LayerCost other = *cost;
    other.ceiling = static_cast<int>(i);
    if (i == static_cast<std::size_t>(cost->ceiling) ||
        !machine.ceilings.computes(other.ceiling, layer.weight, layer.activation, described))
      continue;
    price(&other);
    if (other.time < best.time) best = other;
  }
  cost->ceiling = best.ceiling;
}

// The times of layers that run one after the other, each for the whole batch.
Result<NetworkCost> in_sequence(const Machine& machine, const Network& network, const Demand& demand,
                                std::int64_t batch, const Stretches& stretches, const EstimateOptions& options) {
  NetworkCost total;
  total.layers.resize(demand.layers.size());
  int host = -1;  // peak of the matrix layer that the following fused ones are computed with
  std::vector<int> host_of(demand.layers.size(), -1);
  for (std::size_t i = 0; i < demand.layers.size(); ++i) {
    const LayerDemand& layer = demand.layers[i];
    LayerCost& cost = total.layers[i];
    if (layer.kind == Kind::kFree) continue;
    const Layer& described = network.layer(static_cast<LayerId>(i));
    const auto price = [&](double images) { set_time(machine, demand, described, layer, images, stretches, &cost); };
    cost.weight_bytes = layer.weight_bytes;
    cost.activation_bytes = layer.activation_bytes() * static_cast<double>(batch);
    host = layer.kind == Kind::kFused ? host_of[static_cast<std::size_t>(described.inputs[0])] : -1;
    cost.ceiling = host >= 0 ? host : ceiling_of(machine, described, layer, static_cast<double>(batch));
    if (cost.ceiling < 0) {
      if (options.unsupported == EstimateOptions::Unsupported::kFail)
        return Status(Code::kFailedPrecondition, unsupported_text(machine, described, layer));
      if (total.unsupported < 0) total.unsupported = static_cast<LayerId>(i);
      cost.ceiling = machine.ceilings.fastest();
    }
    if (layer.kind == Kind::kMatrix && array_waits_for_memory(machine))
      take_fastest(
          machine, described, layer,
          [&](LayerCost* one) {
            set_time(machine, demand, described, layer, static_cast<double>(batch), stretches, one);
          },
          &cost);
    host_of[i] = cost.ceiling;
    price(static_cast<double>(batch));
    total.latency_worst += cost.time;
    total.bound += cost.bound;
    if (const Runs runs = runs_of(layer, batch); layer.run_share < 1) {
      const LayerParts of_batch = cost.parts;
      price(runs.images);
      cost.parts = of_batch;
      cost.ops = cost.ops * runs.probability;
      cost.time = cost.time * runs.probability;
      cost.weight_bytes = cost.weight_bytes * runs.probability;
      cost.activation_bytes = cost.activation_bytes * layer.run_share;
    }
    total.latency += cost.time;
  }
  return total;
}

}  // namespace

Result<NetworkCost> roofline(const Machine& machine, const Network& network, const Demand& demand,
                             const EstimateOptions& options) {
  const std::int64_t batch = options.batch;
  const Traits traits = machine.calibration || machine.energy_calibration ? traits_of(network) : Traits{};
  const Stretches stretches = stretches_of(machine, traits, demand, static_cast<double>(batch));
  RS_ASSIGN(NetworkCost total, !machine.engines
                                   ? in_sequence(machine, network, demand, batch, stretches, options)
                                   : price_on_engines(*machine.engines, demand, batch, [&](const Machine& one) {
                                       return in_sequence(one, network, demand, 1, stretches, options);
                                     }));
  const Load load = load_of(machine, demand, total);
  if (machine.calibration)
    total.spread = machine.calibration->spread(traits, load, images_at_once(machine, static_cast<double>(batch)));
  total.throughput_per_second = total.latency.value() > 0 ? static_cast<double>(batch) / total.latency.value() : 0;
  if (!machine.engines) set_energy(machine, demand, batch, &total);
  if (machine.energy_calibration) set_measured_energy(machine, traits, load, batch, &total);
  total.occupancy = {demand.weight_bytes, demand.peak_activation_bytes, images_held(machine, batch)};
  total.fit = total.unsupported < 0 ? fit(machine.memory, total.occupancy) : Fit::kNo;
  return total;
}

}  // namespace roofscape::cost
