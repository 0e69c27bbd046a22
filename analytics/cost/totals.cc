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

// The same share of itself on either side, as images that leave early shorten all of it; but nothing is faster than its
// roofs.
void set_intervals(const NetworkCost& cost, const Machine& machine, std::int64_t batch, Totals* totals) {
  const double least = (cost.bound + machine.host.value_or(Seconds(0))) / totals->latency_worst;
  const double low = std::clamp(cost.spread->low, std::min(least, 1.0), 1.0), high = std::max(cost.spread->high, 1.0);
  totals->latency_interval = {totals->latency * low, totals->latency * high};
  totals->throughput_interval = {totals->throughput_per_second / high, totals->throughput_per_second / low};
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

// Never more than peak power for as long as an image may last.
void keep_below_peak_power(const Machine& machine, Totals* totals) {
  if (!machine.peak_power || !totals->energy || !totals->energy_interval || !totals->throughput_interval) return;
  Interval<Joules>& interval = *totals->energy_interval;
  interval.high = std::min(interval.high, *machine.peak_power * Seconds(1 / totals->throughput_interval->low));
  interval.high = std::max(interval.high, *totals->energy);
  interval.low = std::min(interval.low, *totals->energy);
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
  if (cost.spread) set_intervals(cost, machine, batch, &totals);
  keep_below_peak_power(machine, &totals);
  totals.weight_bytes = demand.weight_bytes;
  totals.peak_activation_bytes = demand.peak_activation_bytes;
  totals.resources = cost.resources;
  totals.fits = cost.fits;
  return totals;
}

}  // namespace roofscape::cost
