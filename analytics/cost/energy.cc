#include "analytics/cost/energy.h"

#include <algorithm>

#include "analytics/cost/passing.h"
#include "analytics/cost/roofline.h"

namespace roofscape::cost {
namespace {

EnergyParts activity(const Machine& machine, const Demand& demand, std::size_t index, std::int64_t batch,
                     const LayerCost& cost) {
  const Runs runs = runs_of(demand.layers[index], batch);
  EnergyParts parts;
  parts.operations = cost.ops * *machine.ceilings.at(cost.ceiling).energy;
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    const Passing bytes = passing_to(machine, demand, demand.layers[index], cost.ceiling, level, runs.images);
    const Memory& memory = machine.memory[level];
    parts.memory[level] =
        (bytes.weights / memory.weight_readers + bytes.activations) * runs.probability * *memory.energy;
  }
  if (machine.static_power) parts.idle = *machine.static_power * cost.time;
  return parts;
}

// Shares `parts` out to the layers, by what `part_of` says of each.
template <typename PartOf>
void share_out(const EnergyParts& parts, const PartOf& part_of, NetworkCost* cost) {
  for (LayerCost& layer : cost->layers) {
    layer.energy_parts = parts * part_of(layer);
    layer.energy = layer.energy_parts.total();
  }
}

void share_out_by_time(const EnergyParts& parts, NetworkCost* cost) {
  Seconds time;
  for (const LayerCost& layer : cost->layers) time += layer.time;
  share_out(
      parts, [&](const LayerCost& layer) { return time.value() > 0 ? layer.time / time : 0.0; }, cost);
}

// A measured energy includes what the device takes while idle, for as long as it takes.
void divide_measured(const Machine& machine, Seconds busy, Seconds until_next, NetworkCost* cost) {
  if (!machine.static_power) return;
  EnergyParts parts;
  parts.idle = *machine.static_power * busy;
  parts.undivided = std::max(Joules(0), *cost->energy - *machine.static_power * until_next);
  share_out_by_time(parts, cost);
  parts.waiting = *machine.static_power * (until_next - busy);
  cost->energy_parts = parts;
}

void add_waiting(const Machine& machine, Seconds wait, EnergyBasis basis, NetworkCost* cost) {
  if (machine.static_power) {
    cost->energy_parts.waiting = *machine.static_power * wait;
  } else if (basis == EnergyBasis::kPeakPower) {
    cost->energy_parts.waiting = *machine.peak_power * wait;  // an upper bound it stays
  }
}

void keep_below_peak_power(const Machine& machine, Seconds until_next, NetworkCost* cost) {
  if (!machine.peak_power) return;
  const Joules most = *machine.peak_power * until_next;
  if (cost->energy_parts.total() <= most) return;
  if (most.value() > 0) cost->over_peak_power = cost->energy_parts.total() / most;
  const Joules of_time = cost->energy_parts.of_time(), of_work = cost->energy_parts.total() - of_time;
  const bool room = of_time < most && of_work.value() > 0;
  const auto lowered = [&](const EnergyParts& parts) {
    return room ? parts.with_work((most - of_time) / of_work) : parts * (most / cost->energy_parts.total());
  };
  for (LayerCost& layer : cost->layers) {
    if (!layer.energy) continue;
    layer.energy_parts = lowered(layer.energy_parts);
    layer.energy = layer.energy_parts.total();
  }
  cost->energy_parts = lowered(cost->energy_parts);
}

}  // namespace

EnergyParts at_peak_power(const Machine& machine, Seconds time) {
  EnergyParts parts;
  const Joules all = *machine.peak_power * time;
  if (machine.static_power) parts.idle = std::min(all, *machine.static_power * time);
  parts.undivided = all - parts.idle;
  return parts;
}

EnergyBasis basis_of(const Machine& machine, const NetworkCost& cost) {
  if (!cost.energy) return EnergyBasis::kNone;
  if (cost.energy_interval) return EnergyBasis::kMeasured;  // nothing else has an interval of its own
  if (!machine.energy_from_activity || machine.fabric) return EnergyBasis::kPeakPower;
  return machine.static_power ? EnergyBasis::kActivityAndStaticPower : EnergyBasis::kActivityAlone;
}

void set_energy(const Machine& machine, const Demand& demand, std::int64_t batch, NetworkCost* cost) {
  if (!machine.energy_from_activity && !machine.peak_power) return;
  cost->energy_parts = {};
  for (std::size_t i = 0; i < cost->layers.size(); ++i) {
    LayerCost& layer = cost->layers[i];
    layer.energy_parts = layer.ceiling < 0              ? EnergyParts{}
                         : machine.energy_from_activity ? activity(machine, demand, i, batch, layer)
                                                        : at_peak_power(machine, layer.time);
    layer.energy = layer.energy_parts.total();
    cost->energy_parts.add(layer.energy_parts);
  }
  cost->energy = cost->energy_parts.total();
}

void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, std::int64_t batch,
                         NetworkCost* cost) {
  if (!(load.arithmetic().value() > 0) || !(cost->latency_worst.value() > 0)) return;
  const Prediction of = machine.energy_calibration->predict(traits, load, static_cast<double>(batch));
  const double left = cost->latency / cost->latency_worst;  // of images that leave early
  const Watts power = machine.nominal_power * left;
  cost->energy = power * of.time;
  cost->energy_interval = {power * of.low, power * of.high};
  cost->energy_parts = {};
  cost->energy_parts.undivided = *cost->energy;
  share_out_by_time(cost->energy_parts, cost);
}

void set_pipeline_energy(const Machine& machine, double batch, NetworkCost* cost) {
  if (!machine.peak_power || !(cost->throughput_per_second > 0)) return;
  cost->energy_parts = at_peak_power(machine, Seconds(batch / cost->throughput_per_second));
  cost->energy = cost->energy_parts.total();
  Ops all;
  for (const LayerCost& layer : cost->layers) all += layer.ops;
  share_out(
      cost->energy_parts, [&](const LayerCost& layer) { return all.value() > 0 ? layer.ops / all : 0.0; }, cost);
}

void settle_energy(const Machine& machine, Seconds busy, Seconds until_next, NetworkCost* cost) {
  const EnergyBasis basis = basis_of(machine, *cost);
  if (basis == EnergyBasis::kNone) return;
  if (basis == EnergyBasis::kMeasured) {
    divide_measured(machine, busy, until_next, cost);
  } else {
    add_waiting(machine, until_next - busy, basis, cost);
  }
  keep_below_peak_power(machine, until_next, cost);
  cost->energy = cost->energy_parts.total();
}

}  // namespace roofscape::cost
