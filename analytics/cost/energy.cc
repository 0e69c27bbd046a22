#include "analytics/cost/energy.h"

#include <algorithm>

#include "analytics/cost/roofline.h"

namespace roofscape::cost {
namespace {

Joules activity(const Machine& machine, const Demand& demand, std::size_t index, std::int64_t batch,
                const LayerCost& cost) {
  const Runs runs = runs_of(demand.layers[index], batch);
  Joules energy = cost.ops * *machine.ceilings.at(cost.ceiling).energy;
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    const Passing bytes = passing(machine, demand, demand.layers[index], level, runs.images);
    const Memory& memory = machine.memory[level];
    energy += (bytes.weights / memory.weight_readers + bytes.activations) * runs.probability * *memory.energy;
  }
  if (machine.static_power) energy += *machine.static_power * cost.time;
  return energy;
}

}  // namespace

void set_energy(const Machine& machine, const Demand& demand, std::int64_t batch, NetworkCost* cost) {
  if (!machine.energy_from_activity && !machine.peak_power) return;
  Joules total;
  Seconds time;
  for (std::size_t i = 0; i < cost->layers.size(); ++i) {
    LayerCost& layer = cost->layers[i];
    if (layer.ceiling < 0) {
      layer.energy = Joules(0);
    } else if (machine.energy_from_activity) {
      layer.energy = activity(machine, demand, i, batch, layer);
    } else {
      layer.energy = *machine.peak_power * layer.time;
    }
    total += *layer.energy;
    time += layer.ceiling < 0 ? Seconds(0) : layer.time;
  }
  cost->energy = total;
  if (machine.energy_from_activity && machine.static_power) cost->static_energy = *machine.static_power * time;
}

void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, std::int64_t batch,
                         NetworkCost* cost) {
  if (!(load.arithmetic().value() > 0) || !(cost->latency_worst.value() > 0)) return;
  const Prediction of = machine.energy_calibration->predict(traits, load, static_cast<double>(batch));
  const double left = cost->latency / cost->latency_worst;  // of images that leave early
  const Watts power = machine.nominal_power * left;
  cost->energy = power * of.time;
  cost->energy_interval = {power * of.low, power * of.high};
  cost->static_energy.reset();
  Seconds time;
  for (const LayerCost& layer : cost->layers) time += layer.time;
  for (LayerCost& layer : cost->layers) layer.energy = *cost->energy * (layer.time / time);
}

void set_pipeline_energy(const Machine& machine, double batch, NetworkCost* cost) {
  if (!machine.peak_power || !(cost->throughput_per_second > 0)) return;
  const Seconds of_batch = Seconds(batch / cost->throughput_per_second);
  cost->energy = *machine.peak_power * std::max(of_batch, machine.host.value_or(Seconds(0)));
  Ops all;
  for (const LayerCost& layer : cost->layers) all += layer.ops;
  for (LayerCost& layer : cost->layers) layer.energy = all.value() > 0 ? *cost->energy * (layer.ops / all) : Joules(0);
}

void keep_below_peak_power(const Machine& machine, std::int64_t batch, NetworkCost* cost) {
  if (!machine.peak_power || !cost->energy || !(cost->throughput_per_second > 0)) return;
  const Joules most = *machine.peak_power * Seconds(static_cast<double>(batch) / cost->throughput_per_second);
  if (*cost->energy <= most) return;
  const double share = most / *cost->energy;
  *cost->energy = most;
  if (cost->static_energy) *cost->static_energy = *cost->static_energy * share;
  for (LayerCost& layer : cost->layers)
    if (layer.energy) *layer.energy = *layer.energy * share;
}

}  // namespace roofscape::cost
