// What the job's objectives and constraints come to for a candidate: one column for each pair of objective and platform
// that it concerns, one limit for each such pair of a constraint.
//
// An objective or constraint without `@platform` concerns every platform of the job, except that resources (lut, dsp,
// bram) concern those that have them. A candidate that does not fit a platform is infinitely bad in that platform's
// columns; one that fits none is infeasible.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/cost/estimate.h"
#include "analytics/engine/engine.h"
#include "analytics/explore/explorer.h"
#include "analytics/network/network.h"
#include "analytics/search/objective.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

constexpr std::size_t kNoPlatform = SIZE_MAX;

struct Column {
  search::Metric metric = search::Metric::kTop1;
  std::size_t platform = kNoPlatform;  // index into the job's
  bool maximise = false;
  std::size_t objective = 0;  // index into the job's

  double minimised(double value) const { return maximise ? -value : value; }
};

struct Limit {
  search::Constraint constraint;
  std::size_t platform = kNoPlatform;
  std::size_t index = 0;  // of the constraint in the job
};

class Scoring {
 public:
  // `base` holds the base network's price on each platform, by which missing figures are noticed. Field paths are
  // "objectives[1]" and "constraints[0]".
  static Result<Scoring> create(const Job& job, std::span<const cost::Totals> base);

  const std::vector<Column>& columns() const { return columns_; }
  // Indices of the columns that concern a platform, in the order of the objectives.
  std::vector<std::size_t> columns_on(std::size_t platform) const;
  const std::vector<Limit>& priced_limits() const { return priced_limits_; }
  const std::vector<Limit>& measured_limits() const { return measured_limits_; }
  bool prices_needed() const { return !priced_limits_.empty(); }
  static double macs(const Network& network);

  // The measured objectives, then what measured limits rest on, minimised: search::Outcome::measured.
  search::Values measured_values(const engine::Counts& counts) const;
  // Whether any of them needs labels.
  bool needs_labels() const;

  // Whether top-1 is the one objective that is measured, and all measured limits are on it.
  bool measures_top1_alone() const;

  // From the price alone: objectives that only the engine can tell are NaN.
  search::Priced price(const Network& network, std::span<const cost::Totals> totals) const;
  // From everything; `point` as given.
  search::Outcome outcome(const Network& network, std::span<const cost::Totals> totals, const engine::Counts& counts,
                          search::Point point) const;

 private:
  std::vector<Column> columns_;
  std::vector<Limit> priced_limits_, measured_limits_;
};

// A metric that needs no counts; nothing when the platform lacks the figure. `macs` is the network's.
std::optional<double> priced_value(search::Metric metric, double macs, const cost::Totals* totals);
// A metric that the engine counts.
double measured_value(search::Metric metric, const engine::Metrics& metrics);

}  // namespace roofscape::explore
