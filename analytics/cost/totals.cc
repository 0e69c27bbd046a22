#include "analytics/cost/totals.h"

#include <algorithm>

#include "analytics/cost/energy.h"
#include "analytics/cost/pipeline.h"

namespace roofscape::cost {
namespace {

std::optional<Joules> of_one_image(const std::optional<Joules>& of_batch, std::int64_t batch) {
  if (!of_batch) return std::nullopt;
  return *of_batch / static_cast<double>(batch);
}

// Of the time between images, the same share of itself on either side, as images that leave early shorten all of it;
// but nothing is faster than its roofs.
void set_time_intervals(const NetworkCost& cost, const Machine& machine, Totals* totals) {
  const double least = (cost.bound + machine.host.value_or(Seconds(0))) / totals->latency_worst;
  const double low = std::clamp(cost.spread->low, std::min(least, 1.0), 1.0), high = std::max(cost.spread->high, 1.0);
  totals->latency_interval = {totals->latency * low, totals->latency * high};
  totals->throughput_interval = {totals->throughput_per_second / high, totals->throughput_per_second / low};
}

// Of one image, as long as the next one may be away.
Interval<Seconds> time_of_image(const Totals& totals) {
  return {Seconds(1 / totals.throughput_interval->high), Seconds(1 / totals.throughput_interval->low)};
}

std::optional<Interval<Joules>> energy_interval_by_time(const Machine& machine, const Totals& totals) {
  const Interval<Seconds> time = time_of_image(totals);
  const Joules energy = *totals.energy;
  switch (totals.energy_basis) {
    case EnergyBasis::kPeakPower:
      return Interval<Joules>{energy * (time.low.value() * totals.throughput_per_second),
                              energy * (time.high.value() * totals.throughput_per_second)};
    case EnergyBasis::kActivityAndStaticPower: {
      const Joules beside = energy - totals.energy_parts.of_time();
      return Interval<Joules>{beside + *machine.static_power * time.low, beside + *machine.static_power * time.high};
    }
    case EnergyBasis::kActivityAlone:
      if (machine.peak_power) return Interval<Joules>{energy, *machine.peak_power * time.high};
      break;
    case EnergyBasis::kMeasured:
    case EnergyBasis::kNone: break;
  }
  return std::nullopt;
}

// Power lies between the two that the platform states, for as long as an image may last.
void keep_interval_within_power(const Machine& machine, Totals* totals) {
  if (!totals->energy_interval) return;
  Interval<Joules>& interval = *totals->energy_interval;
  if (totals->throughput_interval) {
    const Interval<Seconds> time = time_of_image(*totals);
    if (machine.peak_power) interval.high = std::min(interval.high, *machine.peak_power * time.high);
    if (machine.static_power) interval.low = std::max(interval.low, *machine.static_power * time.low);
  }
  interval.high = std::max(interval.high, *totals->energy);
  interval.low = std::min(interval.low, *totals->energy);
}

}  // namespace

void finish(const Machine& machine, std::int64_t batch, NetworkCost* cost) {
  const auto images = static_cast<double>(batch);
  const double rate = cost->throughput_per_second;
  for (Seconds* time : {&cost->latency, &cost->latency_worst, &cost->bound}) *time = *time * filling(machine, images);
  if (machine.host) {
    cost->latency += *machine.host;
    cost->latency_worst += *machine.host;
    cost->throughput_per_second = std::min(rate, images / machine.host->value());
  }
  if (rate > 0) settle_energy(machine, Seconds(images / rate), Seconds(images / cost->throughput_per_second), cost);
}

Totals totals_of(const Machine& machine, const Demand& demand, const NetworkCost& cost, std::int64_t batch) {
  Totals totals;
  totals.latency = cost.latency;
  totals.latency_worst = cost.latency_worst;
  totals.throughput_per_second = cost.throughput_per_second;
  totals.energy = of_one_image(cost.energy, batch);
  totals.energy_parts = cost.energy_parts * (1 / static_cast<double>(batch));
  totals.energy_basis = basis_of(machine, cost);
  if (totals.energy && machine.system_power && cost.throughput_per_second > 0)
    totals.wall_energy = *totals.energy + *machine.system_power * Seconds(1 / cost.throughput_per_second);
  if (cost.energy_interval)
    totals.energy_interval = {cost.energy_interval->low / static_cast<double>(batch),
                              cost.energy_interval->high / static_cast<double>(batch)};
  if (cost.spread && cost.latency_worst.value() > 0 && cost.throughput_per_second > 0) {
    set_time_intervals(cost, machine, &totals);
    if (totals.energy && !totals.energy_interval) totals.energy_interval = energy_interval_by_time(machine, totals);
  }
  keep_interval_within_power(machine, &totals);
  totals.weight_bytes = demand.weight_bytes;
  totals.peak_activation_bytes = demand.peak_activation_bytes;
  totals.resources = cost.resources;
  totals.fit = cost.fit;
  return totals;
}

}  // namespace roofscape::cost
