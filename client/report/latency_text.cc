#include "client/report/latency_text.h"

#include "client/console/quantity.h"

namespace roofscape::client {

std::string latency_text(const v1::Estimate& estimate) {
  if (!estimate.has_latency_interval_seconds()) return seconds(estimate.latency_seconds());
  const v1::Interval& interval = estimate.latency_interval_seconds();
  return seconds_within(estimate.latency_seconds(), interval.low(), interval.high());
}

std::string energy_text(const v1::Estimate& estimate) {
  if (!estimate.has_energy_joules()) return std::string(kDash);
  if (!estimate.has_energy_interval_joules()) return joules(estimate.energy_joules());
  const v1::Interval& interval = estimate.energy_interval_joules();
  return joules_within(estimate.energy_joules(), interval.low(), interval.high());
}

}  // namespace roofscape::client
