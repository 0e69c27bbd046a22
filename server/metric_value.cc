#include "server/metric_value.h"

#include <array>
#include <cmath>
#include <utility>

#include "analytics/base/status.h"
#include "analytics/explore/explorer.h"
#include "server/names.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

using search::Metric;

// The estimate for one platform; any, for metrics that do not depend on it.
const v1::Estimate* estimate_for(const v1::Evaluation& evaluation, std::string_view platform) {
  if (!platform.empty()) return find_estimate(evaluation, platform);
  return evaluation.estimates().empty() ? nullptr : &evaluation.estimates(0);
}

std::optional<double> priced_value(Metric metric, const v1::Estimate& estimate) {
  switch (metric) {
    case Metric::kLatency: return estimate.latency_seconds();
    case Metric::kThroughput: return estimate.throughput_per_second();
    case Metric::kWeightBytes: return estimate.weight_bytes();
    case Metric::kEnergy: return estimate.has_energy_joules() ? std::optional(estimate.energy_joules()) : std::nullopt;
    case Metric::kLut: return estimate.has_lut_count() ? std::optional(estimate.lut_count()) : std::nullopt;
    case Metric::kDsp: return estimate.has_dsp_count() ? std::optional(estimate.dsp_count()) : std::nullopt;
    case Metric::kBram: return estimate.has_bram18_count() ? std::optional(estimate.bram18_count()) : std::nullopt;
    default: return std::nullopt;
  }
}

// Evaluations that earlier versions stored have that of the latency alone, and a throughput goes with 1 / latency.
std::optional<v1::Interval> throughput_interval(const v1::Estimate& estimate) {
  if (estimate.has_throughput_interval_per_second()) return estimate.throughput_interval_per_second();
  const v1::Interval& latency = estimate.latency_interval_seconds();
  if (!(latency.low() > 0)) return std::nullopt;
  const double product = estimate.throughput_per_second() * estimate.latency_seconds();
  v1::Interval interval;
  interval.set_low(product / latency.high());
  interval.set_high(product / latency.low());
  return interval;
}

}  // namespace

const v1::Estimate* find_estimate(const v1::Evaluation& evaluation, std::string_view platform) {
  const std::string name = resource_name(kPlatforms, platform);
  for (const v1::Estimate& estimate : evaluation.estimates())
    if (estimate.platform() == name) return &estimate;
  return nullptr;
}

const v1::Estimate& estimate_on(const v1::Evaluation& evaluation, std::string_view platform) {
  const v1::Estimate* found = find_estimate(evaluation, platform);
  return found != nullptr ? *found : v1::Estimate::default_instance();
}

std::optional<double> metric_value(Metric metric, const v1::Evaluation& evaluation, std::string_view platform) {
  if (search::info(metric).measured)
    return evaluation.has_counts() ? explore::metric_value(metric, from_message(evaluation.counts()), nullptr, nullptr)
                                   : std::nullopt;
  if (metric == Metric::kMacs)
    return evaluation.has_mac_count() ? std::optional(static_cast<double>(evaluation.mac_count())) : std::nullopt;
  const v1::Estimate* estimate =
      estimate_for(evaluation, search::info(metric).per_platform ? platform : std::string_view());
  // An estimate's is exact: odd widths leave parts of a byte.
  if (metric == Metric::kWeightBytes && estimate == nullptr && evaluation.has_weight_bytes())
    return static_cast<double>(evaluation.weight_bytes());
  return estimate == nullptr ? std::nullopt : priced_value(metric, *estimate);
}

std::optional<v1::Interval> metric_interval(Metric metric, const v1::Evaluation& evaluation,
                                            std::string_view platform) {
  const v1::Estimate* estimate = estimate_for(evaluation, platform);
  if (estimate == nullptr) return std::nullopt;
  if (metric == Metric::kLatency && estimate->has_latency_interval_seconds())
    return estimate->latency_interval_seconds();
  if (metric == Metric::kEnergy && estimate->has_energy_interval_joules()) return estimate->energy_interval_joules();
  if (metric == Metric::kThroughput) return throughput_interval(*estimate);
  return std::nullopt;
}

std::string value_text(Metric metric, double value) {
  const std::string& unit = search::info(metric).unit;
  if (metric == Metric::kWeightBytes) {
    if (value >= 1024 * 1024) return fmt::format("{:.4g} MiB", value / (1024 * 1024));
    if (value >= 1024) return fmt::format("{:.4g} KiB", value / 1024);
    return fmt::format("{:.4g} B", value);
  }
  if (unit.empty()) return fmt::format("{:.6g}", value);
  if (unit != "s" && unit != "J") return fmt::format("{:.6g} {}", value, unit);
  static constexpr std::array<std::pair<double, const char*>, 4> kScales{
      {{1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}}};
  for (const auto& [scale, prefix] : kScales)
    if (std::abs(value) >= scale) return fmt::format("{:.4g} {}{}", value / scale, prefix, unit);
  return fmt::format("{:.4g} {}", value, unit);
}

}  // namespace roofscape::server
