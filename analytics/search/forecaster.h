// What is expected of a point that is not measured: its damage, and every measured value that follows from it.
//
//   Forecaster forecaster(problem);
//   forecaster.fit(outcomes);                          // at least one
//   Candidate c = forecaster.candidate(point, problem.price(point));
//
// Damage is forecast from the layers' own damages (damage_model.h), each measured value from the damage (link.h), and
// where it lies around that from points that are damaged alike (scatter.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/search/damage_model.h"
#include "analytics/search/expected_gain.h"
#include "analytics/search/likeness.h"
#include "analytics/search/link.h"
#include "analytics/search/scatter.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

class Forecaster {
 public:
  // `problem` must outlive it.
  explicit Forecaster(const Problem& problem);
  Forecaster(const Forecaster&) = delete;
  Forecaster& operator=(const Forecaster&) = delete;

  void fit(std::span<const Outcome> outcomes);
  // The logarithm of damage at which the measured limits are just held, or without limits the worst value by which any
  // front still gains; +infinity where nothing is known to be too much.
  double trusted() const { return trusted_; }
  DamageModel::Belief damage(const Point& point) const { return model_.predict(point); }
  // Before anything is fitted.
  double prior_damage(const Point& point) const { return model_.prior(point); }
  Candidate candidate(Point point, const Priced& priced) const;
  Candidate candidate(Point point, const Priced& priced, const DamageModel::Belief& belief) const;

 private:
  void fit_links(std::span<const Outcome> outcomes);
  void fit_scatters(std::span<const Outcome> outcomes);
  Scatter::Row scatter_row(const Point& point) const;
  bool gains_know(std::size_t limit, std::span<const Outcome> outcomes) const;
  double scale_of(std::size_t measured, std::span<const Outcome> outcomes) const;

  const Problem& problem_;
  Likeness likeness_;
  DamageModel model_;
  std::vector<std::size_t> link_of_;  // of each objective: which measured value it is; priced ones: none (0)
  std::vector<Link> links_;           // of each measured value
  std::vector<Scatter> scatters_;     // around each of them
  std::vector<bool> known_limit_;     // of each limit: the gains know of it
  double trusted_ = 0;
};

}  // namespace roofscape::search
