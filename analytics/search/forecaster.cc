#include "analytics/search/forecaster.h"

#include <algorithm>
#include <cmath>

namespace roofscape::search {
namespace {

// Hints come from few other images: as much as a few measurements of one's own, taken together.
constexpr double kHintsWeight = 6, kMostHintWeight = 0.3;
// Points by which the scatter around the curves is judged.
constexpr std::size_t kMostScattered = 200;

// Where damage was not measured, the first measured value stands for it: how far it is worse than the base's, or the
// best, on a scale on which an eighth of what still gains is a tenth of a nat.
std::vector<Outcome> with_damage(const Problem& problem, std::span<const Outcome> outcomes, double scale) {
  std::vector<Outcome> all(outcomes.begin(), outcomes.end());
  double best = HUGE_VAL;
  for (const Outcome& outcome : all)
    if (!outcome.measured.empty()) best = std::min(best, outcome.measured[0]);
  for (Outcome& outcome : all) {
    if (!std::isnan(outcome.damage)) continue;
    const bool base = outcome.point == problem.base;
    outcome.damage = base || outcome.measured.empty() ? 0 : 0.8 * (outcome.measured[0] - best) / scale + 1e-3;
  }
  return all;
}

}  // namespace

Forecaster::Forecaster(const Problem& problem) : problem_(problem), likeness_(problem), model_(problem, likeness_) {
  std::size_t next = 0;
  for (const bool measured : problem.measured) link_of_.push_back(measured ? next++ : 0);
}

void Forecaster::fit(std::span<const Outcome> outcomes) {
  RS_CHECK(!outcomes.empty());
  const std::vector<Outcome> rows =
      with_damage(problem_, outcomes, problem_.measured_count == 0 ? 1 : scale_of(0, outcomes));
  fit_links(rows);
  fit_scatters(rows);
  known_limit_.clear();
  trusted_ = HUGE_VAL;
  for (std::size_t i = 0; i < problem_.limits.size(); ++i) {
    known_limit_.push_back(gains_know(i, rows));
    trusted_ = std::min(trusted_, links_[problem_.limits[i].measured_index].inverse(problem_.limits[i].at_most));
  }
  // A front gains nothing where one of its measured objectives is beyond the reference; what no front gains from is
  // too much.
  double gains = -HUGE_VAL;
  for (const Problem::Front& front : problem_.fronts) {
    double here = HUGE_VAL;
    for (std::size_t i = 0; i < front.objectives.size(); ++i)
      if (problem_.measured[front.objectives[i]])
        here = std::min(here, links_[link_of_[front.objectives[i]]].inverse(front.reference[i]));
    gains = std::max(gains, here);
  }
  if (!problem_.fronts.empty()) trusted_ = std::min(trusted_, gains);
  double most = -HUGE_VAL;
  for (const Outcome& row : rows) most = std::max(most, log_damage(row.damage));
  model_.fit(rows, std::min(trusted_, most));
}

void Forecaster::fit_links(std::span<const Outcome> outcomes) {
  links_.clear();
  for (std::size_t m = 0; m < problem_.measured_count; ++m) {
    std::vector<Link::Sample> samples;
    for (const Outcome& outcome : outcomes)
      samples.push_back({log_damage(outcome.damage), outcome.measured[m], 1, true});
    const double weight =
        std::min(kMostHintWeight, kHintsWeight / static_cast<double>(std::max<std::size_t>(problem_.hints.size(), 1)));
    for (const Problem::Hint& hint : problem_.hints)
      samples.push_back({log_damage(hint.damage), hint.measured[m], weight, false});
    links_.push_back(Link::fit(std::move(samples), scale_of(m, outcomes)));
  }
}

Scatter::Row Forecaster::scatter_row(const Point& point) const {
  Scatter::Row row{point, model_.shares(point)};
  for (double& root : row.roots) root = std::sqrt(root);
  return row;
}

void Forecaster::fit_scatters(std::span<const Outcome> outcomes) {
  // The least damaged: whatever lies far beyond the limits says nothing of what is near them. The base errs in no
  // layer.
  std::vector<const Outcome*> chosen;
  for (const Outcome& outcome : outcomes)
    if (outcome.point != problem_.base && !outcome.partial) chosen.push_back(&outcome);
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Outcome* a, const Outcome* b) { return a->damage < b->damage; });
  if (chosen.size() > kMostScattered) chosen.resize(kMostScattered);
  std::vector<Scatter::Row> rows;
  for (const Outcome* outcome : chosen) rows.push_back(scatter_row(outcome->point));
  scatters_.clear();
  for (std::size_t m = 0; m < problem_.measured_count; ++m) {
    std::vector<double> residuals;
    for (const Outcome* outcome : chosen) {
      const double place = log_damage(outcome->damage);
      residuals.push_back((outcome->measured[m] - links_[m].at(place)) / links_[m].deviation(place));
    }
    scatters_.emplace_back(rows, residuals);
  }
}

// What a difference in this value means: the part of the boxes' sides along which it gains, or, of a limit alone, how
// far it is from the best value.
double Forecaster::scale_of(std::size_t measured, std::span<const Outcome> outcomes) const {
  for (const Problem::Front& front : problem_.fronts)
    for (std::size_t i = 0; i < front.objectives.size(); ++i)
      if (problem_.measured[front.objectives[i]] && link_of_[front.objectives[i]] == measured)
        return front.reference[i] - front.ideal[i];
  double best = HUGE_VAL, worst = -HUGE_VAL;
  for (const Outcome& outcome : outcomes) {
    best = std::min(best, outcome.measured[measured]);
    worst = std::max(worst, outcome.measured[measured]);
  }
  for (const Problem::MeasuredLimit& limit : problem_.limits)
    if (limit.measured_index == measured) worst = std::max(best, limit.at_most);
  return std::max(worst - best, 1e-3 * std::max(std::abs(best), 1e-6));
}

// Whether every front has this very value as an objective, with its reference at the limit or before it: beyond the
// limit nothing is gained anyway, and the chance to hold it must not be counted twice.
bool Forecaster::gains_know(std::size_t limit, std::span<const Outcome> outcomes) const {
  const Problem::MeasuredLimit& asked = problem_.limits[limit];
  const auto same = [&](std::size_t objective) {
    return std::all_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
      return outcome.objectives[objective] == outcome.measured[asked.measured_index];
    });
  };
  return std::all_of(problem_.fronts.begin(), problem_.fronts.end(), [&](const Problem::Front& front) {
    for (std::size_t i = 0; i < front.objectives.size(); ++i)
      if (problem_.measured[front.objectives[i]] && front.reference[i] <= asked.at_most && same(front.objectives[i]))
        return true;
    return false;
  });
}

Candidate Forecaster::candidate(Point point, const Priced& priced) const {
  const DamageModel::Belief belief = model_.predict(point);
  return candidate(std::move(point), priced, belief);
}

Candidate Forecaster::candidate(Point point, const Priced& priced, const DamageModel::Belief& belief) const {
  const Scatter::Row row = scatter_row(point);
  const auto forecast = [&](std::size_t measured) {
    const Link& link = links_[measured];
    const Scatter::Belief around = scatters_[measured].at(row);
    const double width = link.deviation(belief.mean);
    return Forecast::of([&](double t) { return link.at(belief.mean + t * belief.deviation) + width * around.mean; },
                        width * around.deviation);
  };
  Candidate candidate;
  for (std::size_t k = 0; k < priced.objectives.size(); ++k)
    candidate.objectives.push_back(problem_.measured[k] ? forecast(link_of_[k])
                                                        : Forecast::exactly(priced.objectives[k]));
  for (std::size_t i = 0; i < problem_.limits.size(); ++i)
    if (!known_limit_[i])
      candidate.feasible *= forecast(problem_.limits[i].measured_index).probability_below(problem_.limits[i].at_most);
  candidate.point = std::move(point);
  return candidate;
}

}  // namespace roofscape::search
