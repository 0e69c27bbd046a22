#include "client/report/latency_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"

namespace roofscape::client {
namespace {

std::string name_of(const v1::EnergyPart& part) {
  switch (part.spent_on()) {
    case v1::SPENT_ON_OPERATIONS: return "operations";
    case v1::SPENT_ON_MEMORY: return printable(part.memory(), 40);
    case v1::SPENT_ON_STATIC_POWER: return "static power";
    case v1::SPENT_ON_WAITING_FOR_HOST: return "waiting for the host";
    case v1::SPENT_UNDIVIDED: return "not told apart";
    default: return "other";
  }
}

}  // namespace

std::string latency_text(const v1::Estimate& estimate) {
  if (!estimate.has_latency_interval_seconds()) return seconds(estimate.latency_seconds());
  const v1::Interval& interval = estimate.latency_interval_seconds();
  return seconds_within(estimate.latency_seconds(), interval.low(), interval.high());
}

std::string throughput_text(const v1::Estimate& estimate) {
  const std::string rate = number(estimate.throughput_per_second());
  if (!estimate.has_throughput_interval_per_second()) return rate;
  const v1::Interval& interval = estimate.throughput_interval_per_second();
  return fmt::format("{} ({}–{})", rate, number(interval.low()), number(interval.high()));
}

std::string energy_text(const v1::Estimate& estimate) {
  if (!estimate.has_energy_joules()) return std::string(kDash);
  if (!estimate.has_energy_interval_joules()) return joules(estimate.energy_joules());
  const v1::Interval& interval = estimate.energy_interval_joules();
  return joules_within(estimate.energy_joules(), interval.low(), interval.high());
}

std::string energy_parts_text(const v1::Estimate& estimate) {
  std::vector<const v1::EnergyPart*> parts;
  for (const v1::EnergyPart& part : estimate.energy_parts()) parts.push_back(&part);
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto* a, const auto* b) { return a->energy_joules() > b->energy_joules(); });
  std::string text;
  for (const v1::EnergyPart* part : parts)
    text += fmt::format("{}{} {} ({:.0f} %)", text.empty() ? "" : ", ", name_of(*part), joules(part->energy_joules()),
                        100 * part->energy_joules() / estimate.energy_joules());
  return text;
}

double energy_spent_on(const v1::Estimate& estimate, v1::EnergySpentOn what) {
  double sum = 0;
  for (const v1::EnergyPart& part : estimate.energy_parts()) sum += part.spent_on() == what ? part.energy_joules() : 0;
  return sum;
}

}  // namespace roofscape::client
