#include "analytics/explore/scoring.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/base/text.h"
#include "analytics/explore/damage.h"
#include "analytics/explore/scoring.h"
#include "analytics/network/work.h"

namespace roofscape::explore {
namespace {

using search::Metric;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Violations are added up and stored, so a missing or endless one counts as this much.
constexpr double kMostViolation = 1e9;

bool is_resource(Metric metric) { return metric == Metric::kLut || metric == Metric::kDsp || metric == Metric::kBram; }

// The platforms of the job that an objective or constraint concerns; kNoPlatform alone where none matters.
Result<std::vector<std::size_t>> concerned(const search::MetricRef& what, const Job& job,
                                           std::span<const cost::Totals> base) {
  const search::MetricInfo& metric = search::info(what.metric);
  if (!metric.per_platform) return std::vector<std::size_t>{kNoPlatform};
  std::vector<std::size_t> platforms;
  std::vector<std::string> ids;
  for (std::size_t p = 0; p < job.platforms.size(); ++p) {
    ids.push_back(job.platforms[p].id);
    if (what.platform.empty() ? !is_resource(what.metric) || base[p].resources.has_value()
                              : what.platform == job.platforms[p].id)
      platforms.push_back(p);
  }
  if (platforms.empty() && what.platform.empty())
    return invalid_argument("none of the platforms has {}: it is a resource of FPGAs", metric.name);
  if (platforms.empty())
    return invalid_argument("'{}' is not one of the exploration's platforms{}", printable(what.platform),
                            suggestion(what.platform, ids));
  for (std::size_t p : platforms)
    if (!priced_value(what.metric, 0, &base[p]))
      return failed_precondition("{} cannot be told for '{}': the platform's description lacks the figures for it",
                                 metric.name, printable(job.platforms[p].id));
  return platforms;
}

bool needs_labels_for(Metric metric) {
  return metric == Metric::kTop1 || metric == Metric::kTop5 || metric == Metric::kLoss;
}

Status check_labels(const search::MetricRef& what, const Job& job) {
  if (!needs_labels_for(what.metric) || job.evaluation.labelled()) return {};
  return invalid_argument("{} needs labels, and the data set has none; agreement and snr do without",
                          search::info(what.metric).name);
}

std::string path(std::string_view field, std::size_t index) { return fmt::format("{}[{}]", field, index); }

// Of two limits on one value, the lower one may not lie above the upper one.
Status check_contradictions(const std::vector<Limit>& limits) {
  for (const Limit& upper : limits)
    for (const Limit& lower : limits) {
      if (upper.constraint.at_least || !lower.constraint.at_least) continue;
      if (upper.platform != lower.platform || upper.constraint.what.metric != lower.constraint.what.metric) continue;
      if (lower.constraint.limit <= upper.constraint.limit) continue;
      const Limit& first = lower.index < upper.index ? lower : upper;
      const Limit& second = lower.index < upper.index ? upper : lower;
      return invalid_argument("'{}' contradicts '{}'; no value holds both", printable(second.constraint.text),
                              printable(first.constraint.text))
          .at(path("constraints", second.index));
    }
  return {};
}

double capped(double violation) { return std::min(violation, kMostViolation); }

}  // namespace

Result<Scoring> Scoring::create(const Job& job, std::span<const cost::Totals> base) {
  Scoring scoring;
  if (job.objectives.empty())
    return invalid_argument("there are no objectives; give at least one, such as 'maximise top1'").at("objectives");
  for (std::size_t i = 0; i < job.objectives.size(); ++i) {
    const search::Objective& objective = job.objectives[i];
    for (std::size_t j = 0; j < i; ++j)
      if (job.objectives[j].what == objective.what)
        return invalid_argument("{} is an objective already", search::to_string(objective.what))
            .at(path("objectives", i));
    if (Status status = check_labels(objective.what, job); !status.ok())
      return std::move(status).at(path("objectives", i));
    const auto platforms = concerned(objective.what, job, base);
    if (!platforms.ok()) return platforms.status().at(path("objectives", i));
    for (std::size_t p : *platforms) scoring.columns_.push_back({objective.what.metric, p, objective.maximise, i});
  }
  for (std::size_t i = 0; i < job.constraints.size(); ++i) {
    const search::Constraint& constraint = job.constraints[i];
    if (Status status = check_labels(constraint.what, job); !status.ok())
      return std::move(status).at(path("constraints", i));
    const auto platforms = concerned(constraint.what, job, base);
    if (!platforms.ok()) return platforms.status().at(path("constraints", i));
    std::vector<Limit>& limits =
        search::info(constraint.what.metric).measured ? scoring.measured_limits_ : scoring.priced_limits_;
    for (std::size_t p : *platforms) limits.push_back({constraint, p, i});
  }
  RS_TRY(check_contradictions(scoring.priced_limits_));
  RS_TRY(check_contradictions(scoring.measured_limits_));
  return scoring;
}

std::vector<std::size_t> Scoring::columns_on(std::size_t platform) const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].platform == kNoPlatform || columns_[i].platform == platform) indices.push_back(i);
  return indices;
}

double Scoring::macs(const Network& network) { return static_cast<double>(network_work(network).macs); }

search::Priced Scoring::price(const Network& network, std::span<const cost::Totals> totals) const {
  search::Priced priced;
  const bool macs_asked =
      std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return c.metric == Metric::kMacs; }) ||
      std::any_of(priced_limits_.begin(), priced_limits_.end(),
                  [](const Limit& l) { return l.constraint.what.metric == Metric::kMacs; });
  const double macs = macs_asked ? Scoring::macs(network) : 0;  // it takes time to count
  const auto on = [&](std::size_t platform) { return platform == kNoPlatform ? nullptr : &totals[platform]; };
  for (const Column& column : columns_) {
    if (search::info(column.metric).measured) {
      priced.objectives.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const auto value = column.metric == Metric::kWeightBytes ? priced_value(column.metric, macs, &totals[0])
                                                             : priced_value(column.metric, macs, on(column.platform));
    const bool fits = column.platform == kNoPlatform || totals[column.platform].fit != cost::Fit::kNo;
    priced.objectives.push_back(value && fits ? column.minimised(*value) : kInfinity);
  }
  for (const Limit& limit : priced_limits_) {
    const auto value = priced_value(limit.constraint.what.metric, macs,
                                    limit.platform == kNoPlatform ? &totals[0] : on(limit.platform));
    priced.violation += capped(value ? search::violation(limit.constraint, *value) : kMostViolation);
  }
  if (std::none_of(totals.begin(), totals.end(), [](const cost::Totals& t) { return t.fit != cost::Fit::kNo; }))
    priced.violation += 1;
  priced.feasible = priced.violation == 0;
  return priced;
}

search::Outcome Scoring::outcome(const Network& network, std::span<const cost::Totals> totals,
                                 const engine::Counts& counts, search::Point point) const {
  const search::Priced priced = price(network, totals);
  const engine::Metrics metrics = engine::metrics(counts);
  search::Outcome outcome{std::move(point), priced.objectives, measured_values(counts), priced.violation,
                          damage(counts)};
  std::size_t next = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (search::info(columns_[i].metric).measured) outcome.objectives[i] = outcome.measured[next++];
  for (const Limit& limit : measured_limits_)
    outcome.violation +=
        capped(search::violation(limit.constraint, measured_value(limit.constraint.what.metric, metrics)));
  return outcome;
}

search::Values Scoring::measured_values(const engine::Counts& counts) const {
  const engine::Metrics metrics = engine::metrics(counts);
  search::Values values;
  for (const Column& column : columns_)
    if (search::info(column.metric).measured)
      values.push_back(column.minimised(measured_value(column.metric, metrics)));
  for (const Limit& limit : measured_limits_) {
    const double value = measured_value(limit.constraint.what.metric, metrics);
    values.push_back(limit.constraint.at_least ? -value : value);
  }
  return values;
}

bool Scoring::needs_labels() const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [](const Column& column) { return needs_labels_for(column.metric); }) ||
         std::any_of(measured_limits_.begin(), measured_limits_.end(),
                     [](const Limit& limit) { return needs_labels_for(limit.constraint.what.metric); });
}

bool Scoring::measures_top1_alone() const {
  const auto other = [](Metric metric) { return search::info(metric).measured && metric != Metric::kTop1; };
  return std::none_of(columns_.begin(), columns_.end(), [&](const Column& column) { return other(column.metric); }) &&
         std::any_of(columns_.begin(), columns_.end(),
                     [](const Column& column) { return column.metric == Metric::kTop1 && column.maximise; }) &&
         std::none_of(measured_limits_.begin(), measured_limits_.end(),
                      [&](const Limit& limit) { return other(limit.constraint.what.metric); });
}

std::optional<double> priced_value(Metric metric, double macs, const cost::Totals* totals) {
  if (metric == Metric::kMacs) return macs;
  if (totals == nullptr) return std::nullopt;
  const auto resource = [&](double cost::Resources::*which) {
    return totals->resources ? std::optional((*totals->resources).*which) : std::nullopt;
  };
  switch (metric) {
    case Metric::kLatency: return totals->latency.value();
    case Metric::kThroughput: return totals->throughput_per_second;
    case Metric::kEnergy: return totals->energy ? std::optional(totals->energy->value()) : std::nullopt;
    case Metric::kWeightBytes: return totals->weight_bytes.value();
    case Metric::kLut: return resource(&cost::Resources::lut);
    case Metric::kDsp: return resource(&cost::Resources::dsp);
    case Metric::kBram: return resource(&cost::Resources::bram18);
    default: return std::nullopt;
  }
}

double measured_value(Metric metric, const engine::Metrics& metrics) {
  switch (metric) {
    case Metric::kTop1: return metrics.top1;
    case Metric::kTop5: return metrics.top5;
    case Metric::kLoss: return metrics.loss;
    case Metric::kAgreement: return metrics.agreement;
    case Metric::kSnr: return metrics.snr_db;
    default: break;
  }
  RS_CHECK(search::info(metric).measured);
  return 0;
}

std::optional<double> metric_value(Metric metric, const engine::Counts& counts, const Network* network,
                                   const cost::Estimate* estimate) {
  if (search::info(metric).measured) return measured_value(metric, engine::metrics(counts));
  if (metric == Metric::kMacs) return network == nullptr ? std::nullopt : std::optional(Scoring::macs(*network));
  if (estimate == nullptr) return std::nullopt;
  return priced_value(metric, 0, estimate);
}

}  // namespace roofscape::explore
