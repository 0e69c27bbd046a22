#include "analytics/cost/load.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/cost/engines.h"
#include "analytics/cost/roofline.h"
#include "analytics/cost/totals_traffic.h"

namespace roofscape::cost {
namespace {

Room inside(const Machine& machine) { return room_of(std::span(machine.memory).first(machine.memory.size() - 1)); }

// How far from the last weight that is not 0, as Han et al. store it (ICLR 2016).
constexpr double kPositionBits = 4;

Seconds through_memory(const Machine& machine, Bytes bytes) { return bytes / *machine.memory.back().bandwidth; }

}  // namespace

Bytes room_inside(const Machine& machine) { return inside(machine).weights; }

double images_at_once(const Machine& machine, double batch) { return machine.engines ? 1 : batch; }

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

namespace {

// On one machine without engines of its own.
Load load_in_sequence(const Machine& machine, const Ceiling& ceiling, const Traits& traits, const NumberFormat& weight,
                      const NumberFormat& activation, double batch, const Density& density) {
  Load load;
  load.ops = Ops(2 * traits.macs * batch);
  if (machine.weight_lanes) load.ops = load.ops * density.weights;
  if (machine.zero_lanes) load.ops = load.ops * density.activations;
  const OpsPerSecond rate = ceiling.rate * (ceiling.array.states_lanes() ? usual_fill(traits) : 1);
  Seconds& compute = load.compute[static_cast<std::size_t>(ceiling.precision)];
  compute = load.ops / rate;
  if (machine.vector_unit && machine.vector_unit->depthwise)
    compute += Seconds(usual_depthwise_macs(traits) * batch / machine.vector_unit->steps_per_second);
  const double bits = weight.bits() + (density.weights < 1 ? kPositionBits : 0);
  load.weights = Bytes(traits.parameters * density.weights * bits / 8);
  const Room room = inside(machine);
  load.room = room.weights.value();
  load.clock = machine.clock.value_or(Load::kUsualClock);
  load.overlaps = machine.overlaps;
  const Passing passes = passing_of_totals(traits, load.weights, activation.bits(), room, batch);
  load.fetch = through_memory(machine, passes.weights / machine.memory.back().weight_readers);
  load.traffic = through_memory(machine, passes.activations);
  load.launch = machine.launch * usual_starts(traits);
  return load;
}

void add(const Load& round, double times, double images, Load* all) {
  Load sum = round;
  sum.ops = all->ops + round.ops * (times * images);
  for (std::size_t p = 0; p < kPrecisions; ++p) sum.compute[p] = all->compute[p] + round.compute[p] * times;
  sum.fetch = all->fetch + round.fetch * times;
  sum.traffic = all->traffic + round.traffic * times;
  sum.launch = all->launch + round.launch * times;
  *all = sum;
}

}  // namespace

Result<Load> load_of(const Machine& machine, const Traits& traits, const NumberFormat& weight,
                     const NumberFormat& activation, double batch, const Density& density) {
  RS_ASSIGN(const int at, ceiling_of_formats(machine, weight, activation));
  Load load;
  if (machine.engines) {
    for (const Rounds& rounds : rounds_of(*machine.engines, std::max<std::int64_t>(1, std::llround(batch))))
      add(load_in_sequence(rounds.one, rounds.one.ceilings.at(at), traits, weight, activation, 1, density),
          rounds.times, rounds.images, &load);
  } else {
    load = load_in_sequence(machine, machine.ceilings.at(at), traits, weight, activation, batch, density);
  }
  load.launch += machine.host.value_or(Seconds(0));
  return load;
}

Load load_of(const Machine& machine, const Demand& demand, const NetworkCost& cost) {
  Load load;
  load.weights = demand.weight_bytes;
  load.room = room_inside(machine).value();
  load.clock = machine.clock.value_or(Load::kUsualClock);
  load.overlaps = machine.overlaps;
  load.launch = machine.host.value_or(Seconds(0));
  for (const LayerCost& layer : cost.layers) {
    if (layer.ceiling < 0) continue;
    const Ceiling& ceiling = machine.ceilings.at(layer.ceiling);
    // As many as the ceiling does in that time: how high it is counts, not how well a layer fills it.
    load.ops += ceiling.rate * layer.parts.arithmetic;
    load.compute[static_cast<std::size_t>(ceiling.precision)] += layer.parts.arithmetic;
    load.fetch += layer.parts.fetch;
    load.traffic += layer.parts.traffic;
    load.launch += layer.parts.launch;
  }
  return load;
}

Load scaled(const Load& load, const Growth& by) {
  Load out = load;
  out.ops = load.ops * by.macs;
  for (Seconds& time : out.compute) time = time * by.macs;
  out.fetch = load.fetch * by.parameters;
  out.weights = load.weights * by.parameters;
  out.traffic = load.traffic * by.activations;
  return out;
}

Load load_of_streaming(const Demand& demand, Seconds time) {
  Load load;
  load.compute[static_cast<std::size_t>(Precision::kByte)] = time;
  load.weights = demand.weight_bytes;
  for (const LayerDemand& layer : demand.layers)
    if (layer.kind == LayerDemand::Kind::kMatrix) load.ops += layer.ops;
  return load;
}

}  // namespace roofscape::cost
