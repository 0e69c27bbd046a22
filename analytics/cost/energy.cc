#include "analytics/cost/energy.h"

#include "analytics/cost/load.h"
#include "analytics/cost/roofline.h"

namespace roofscape::cost {
namespace {

Joules activity(const Machine& machine, const Demand& demand, std::size_t index, std::int64_t batch,
                const LayerCost& cost) {
  const Runs runs = runs_of(demand.layers[index], batch);
  Joules energy = cost.ops * *machine.ceilings.at(cost.ceiling).energy;
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    const Passing bytes = passing(machine, demand, demand.layers[index], level, runs.images);
    energy += (bytes.weights + bytes.activations) * runs.probability * *machine.memory[level].energy;
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

void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, double batch,
                         NetworkCost* cost) {
  const Prediction of = machine.energy_calibration->predict(traits, load, batch);
  cost->energy = machine.nominal_power * of.time;
  cost->energy_interval = {machine.nominal_power * of.low, machine.nominal_power * of.high};
  cost->static_energy.reset();
}

void set_measured_energy(const Machine& machine, const Network& network, const Demand& demand,
                         const EstimateOptions& options, NetworkCost* cost) {
  const Load load = load_of(machine, demand, *cost, static_cast<double>(options.batch));
  if (!machine.energy_calibration || !(load.compute.value() > 0) || !(cost->latency_worst.value() > 0)) return;
  Traits traits = traits_of(network);
  traits.architecture = options.architecture;
  set_measured_energy(machine, traits, load, static_cast<double>(options.batch), cost);
  const double left = cost->latency / cost->latency_worst;  // of images that leave early
  *cost->energy = *cost->energy * left;
  cost->energy_interval = {cost->energy_interval->low * left, cost->energy_interval->high * left};
  Seconds time;
  for (const LayerCost& layer : cost->layers) time += layer.time;
  for (LayerCost& layer : cost->layers) layer.energy = *cost->energy * (layer.time / time);
}

void set_pipeline_energy(const Machine& machine, NetworkCost* cost) {
  if (!machine.peak_power) return;
  cost->energy = *machine.peak_power * cost->latency;
  Ops all;
  for (const LayerCost& layer : cost->layers) all += layer.ops;
  for (LayerCost& layer : cost->layers) layer.energy = all.value() > 0 ? *cost->energy * (layer.ops / all) : Joules(0);
}

}  // namespace roofscape::cost
