#include "analytics/cost/totals.h"

#include <algorithm>

namespace roofscape::cost {
namespace {

std::optional<Joules> of_one_image(const std::optional<Joules>& of_batch, std::int64_t batch) {
  if (!of_batch) return std::nullopt;
  return *of_batch / static_cast<double>(batch);
}

EnergyBasis basis_of(const Machine& machine, const NetworkCost& cost) {
  if (!cost.energy) return EnergyBasis::kNone;
  if (cost.energy_interval) return EnergyBasis::kMeasured;  // nothing else has an interval of its own
  if (!machine.energy_from_activity || machine.fabric) return EnergyBasis::kPeakPower;
  return machine.static_power ? EnergyBasis::kActivityAndStaticPower : EnergyBasis::kActivityAlone;
}

// The same share of itself on either side, as images that leave early shorten all of it.
void set_intervals(const Prediction& calibrated, const Machine& machine, std::int64_t batch, Totals* totals) {
  const double low = calibrated.low / calibrated.time, high = calibrated.high / calibrated.time;
  totals->latency_interval = {totals->latency * low, totals->latency * high};
  if (!totals->energy || totals->energy_interval) return;
  const Joules energy = *totals->energy;
  if (!machine.energy_from_activity || machine.fabric) {
    totals->energy_interval = {energy * low, energy * high};
  } else if (totals->static_energy) {
    const Joules beside = energy - *totals->static_energy;
    totals->energy_interval = {beside + *totals->static_energy * low, beside + *totals->static_energy * high};
  } else if (machine.peak_power) {
    const Seconds of_image = totals->latency_interval->high / static_cast<double>(batch);
    totals->energy_interval = {energy, std::max(energy, *machine.peak_power * of_image)};
  }
}

}  // namespace

void add_host(Seconds host, std::int64_t batch, NetworkCost* cost) {
  cost->latency += host;
  cost->latency_worst += host;
  cost->throughput_per_second = std::min(cost->throughput_per_second, static_cast<double>(batch) / host.value());
}

Totals totals_of(const Machine& machine, const Demand& demand, const NetworkCost& cost, std::int64_t batch) {
  Totals totals;
  totals.latency = cost.latency;
  totals.latency_worst = cost.latency_worst;
  totals.throughput_per_second = cost.throughput_per_second;
  totals.energy = of_one_image(cost.energy, batch);
  totals.static_energy = of_one_image(cost.static_energy, batch);
  totals.energy_basis = basis_of(machine, cost);
  if (totals.energy && machine.system_power && cost.throughput_per_second > 0)
    totals.wall_energy = *totals.energy + *machine.system_power * Seconds(1 / cost.throughput_per_second);
  if (cost.energy_interval)
    totals.energy_interval = {cost.energy_interval->low / static_cast<double>(batch),
                              cost.energy_interval->high / static_cast<double>(batch)};
  if (cost.calibrated) set_intervals(*cost.calibrated, machine, batch, &totals);
  totals.weight_bytes = demand.weight_bytes;
  totals.peak_activation_bytes = demand.peak_activation_bytes;
  totals.resources = cost.resources;
  totals.fits = cost.fits;
  return totals;
}

}  // namespace roofscape::cost
