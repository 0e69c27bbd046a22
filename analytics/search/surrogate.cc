// The default searcher. Cost is exact and cheap, accuracy is dear: so only what is measured is modelled
// (additive_model.h, refitted after each tell), and each batch goes where the fronts' mean hypervolume is expected to
// grow most (expected_gain.h), a fifth of it where the model is least sure.
#include <algorithm>
#include <map>
#include <numeric>

#include "analytics/search/additive_model.h"
#include "analytics/search/design.h"
#include "analytics/search/expected_gain.h"
#include "analytics/search/history.h"
#include "analytics/search/ranking.h"
#include "analytics/search/searchers.h"
#include "analytics/search/variation.h"

namespace roofscape::search {
namespace {

class SurrogateSearcher : public HistorySearcher {
 public:
  SurrogateSearcher(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations)
      : HistorySearcher("surrogate", problem, seed), likeness_(problem), evaluations_(evaluations) {}

 protected:
  std::vector<Point> propose(std::size_t count, Rng rng) override {
    std::vector<Point> points;
    if (told().size() < design_size()) {
      propose_design(points, std::min(count, design_size()), rng);
    } else {
      propose_gainful(points, count, rng);
    }
    fill_randomly(points, count, rng);
    return points;
  }
  void learn(std::span<const Outcome>) override { fitted_ = false; }
  void forget() override { fitted_ = false; }

 private:
  static constexpr std::size_t kTrained = 224;  // outcomes that a model is fitted to, at most
  static constexpr double kCurious = 3;         // by how much deviations are multiplied for the curious fifth
  static constexpr std::size_t kParents = 40;
  static constexpr std::size_t kGenerations = 3;
  static constexpr std::size_t kChildren = 100;  // a generation; twice as many find nothing better

  // A third of the budget at most.
  std::size_t design_size() const {
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(evaluations_ / 3, 2, 20));
  }

  void propose_design(std::vector<Point>& points, std::size_t count, Rng& rng) {
    PointSet seen;
    for (Point& point : first_design(problem(), 4 * count, rng)) {
      if (points.size() == count) break;
      if (!taken(point) && problem().price(point).feasible && seen.insert(point).second)
        points.push_back(std::move(point));
    }
  }

  void propose_gainful(std::vector<Point>& points, std::size_t count, Rng& rng) {
    fit();
    ExpectedGain gain(problem(), told(), asked_count());
    std::vector<double> gains, curious_gains;
    const std::vector<Candidate> pool = candidates(gain, gains, rng);
    for (const Candidate& candidate : pool) curious_gains.push_back(gain.of(candidate, kCurious));
    for (std::size_t turn = 0; turn < count; ++turn) {
      // One in five is the one that would gain most if the model were much less sure than it is.
      const bool curious = turn % 5 == 4;
      const std::size_t pick = most_gainful(gain, pool, curious ? curious_gains : gains, curious ? kCurious : 1);
      if (pick == pool.size()) break;
      gains[pick] = curious_gains[pick] = 0;  // chosen
      gain.assume(pool[pick]);
      points.push_back(pool[pick].point);
    }
  }

  // The candidate of largest gain; the pool's size when none gains anything. `gains` are those of earlier turns: upper
  // bounds, for assuming more only lowers a gain, so they are renewed from the largest down until one holds. 0 stays 0.
  static std::size_t most_gainful(const ExpectedGain& gain, const std::vector<Candidate>& pool,
                                  std::vector<double>& gains, double spread) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pool.size(); ++i)
      if (gains[i] > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gains[a] > gains[b]; });
    std::size_t best = pool.size();
    double best_gain = 0;
    for (std::size_t i : order) {
      if (gains[i] <= best_gain) break;
      gains[i] = gain.of(pool[i], spread);
      if (gains[i] > best_gain) {
        best_gain = gains[i];
        best = i;
      }
    }
    return best;
  }

  // Generations of children of the best known points and of the most gainful children before them, with their gains.
  std::vector<Candidate> candidates(const ExpectedGain& gain, std::vector<double>& gains, Rng& rng) const {
    std::vector<Point> parents = best_told();
    std::vector<Candidate> pool;
    PointSet seen;
    for (std::size_t generation = 0; generation < kGenerations; ++generation) {
      std::vector<Point> children;
      for (std::size_t i = 0; i < kChildren; ++i) {
        Point child = vary(parents, rng);
        if (!taken(child) && seen.insert(child).second) children.push_back(std::move(child));
      }
      if (problem().about_to_price) problem().about_to_price(children);
      for (Point& child : children) {
        const Priced priced = problem().price(child);
        if (!priced.feasible) continue;
        pool.push_back(forecast(std::move(child), priced));
        gains.push_back(gain.of(pool.back()));
      }
      std::vector<std::size_t> best(pool.size());
      std::iota(best.begin(), best.end(), std::size_t{0});
      const std::size_t keep = std::min(best.size(), kParents / 2);
      std::partial_sort(
          best.begin(), best.begin() + static_cast<std::ptrdiff_t>(keep), best.end(),
          [&](std::size_t a, std::size_t b) { return gains[a] != gains[b] ? gains[a] > gains[b] : a < b; });
      for (std::size_t i = 0; i < keep; ++i) parents.push_back(pool[best[i]].point);
    }
    return pool;
  }

  Point vary(const std::vector<Point>& parents, Rng& rng) const {
    const Point& first = parents[rng.below(parents.size())];
    const std::uint64_t kind = rng.below(8);
    if (kind == 0) return random_point(rng);
    Point child = kind <= 3 ? cross_groups(problem(), first, parents[rng.below(parents.size())], rng) : first;
    if (kind >= 3) change_one(problem(), child, rng);
    if (kind >= 6) change_one(problem(), child, rng);
    if (kind == 7) mutate(problem(), child, rng);
    return child;
  }

  // The best outcomes by rank, at most kParents; there is at least one.
  std::vector<Point> best_told() const {
    std::vector<Point> points;
    for (std::size_t i : best_order(kParents)) points.push_back(told()[i].point);
    return points;
  }

  std::vector<std::size_t> best_order(std::size_t count) const {
    const std::vector<Rank> ranks = rank_outcomes(problem(), told());
    std::vector<std::size_t> order(told().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ranks[a].before(ranks[b]); });
    order.resize(std::min(order.size(), count));
    return order;
  }

  // Fits a model to each measured objective and each limited value, once for columns that are equal.
  void fit() {
    if (fitted_) return;
    std::vector<std::size_t> rows = best_order(kTrained * 3 / 4);
    for (std::size_t i = told().size(); i-- > 0 && rows.size() < kTrained;)
      if (std::find(rows.begin(), rows.end(), i) == rows.end()) rows.push_back(i);
    std::sort(rows.begin(), rows.end());
    models_.clear();
    objective_model_.clear();
    limit_model_.clear();
    std::map<Values, std::size_t> known;
    const auto model_of = [&](const Values& column, Interest interest) {
      const auto [entry, fresh] = known.emplace(column, models_.size());
      if (fresh) {
        std::vector<Point> points;
        for (std::size_t row : rows) points.push_back(told()[row].point);
        models_.emplace_back(likeness_, std::move(points), column, interest);
      }
      return entry->second;
    };
    for (std::size_t k = 0; k < problem().measured.size(); ++k) {
      objective_model_.push_back(0);
      if (!problem().measured[k]) continue;
      Values column;
      for (std::size_t row : rows) column.push_back(told()[row].objectives[k]);
      objective_model_.back() = model_of(column, interest_of(k, column));
    }
    for (const Problem::MeasuredLimit& limit : problem().limits) {
      Values column;
      for (std::size_t row : rows) column.push_back(told()[row].measured[limit.measured_index]);
      const double best = *std::min_element(column.begin(), column.end());
      const double width = std::max(std::abs(limit.at_most - best), 1e-3 * std::max(std::abs(limit.at_most), 1e-9));
      const std::size_t model = model_of(column, {best, std::max(best, limit.at_most) + width});
      limit_model_.push_back(gains_know(model, limit.at_most) ? std::nullopt : std::optional(model));
    }
    fitted_ = true;
  }

  // Whether every front has an objective of this model whose reference is at the limit or before it: beyond the limit
  // nothing is gained anyway, and the chance to hold it must not be counted twice.
  bool gains_know(std::size_t model, double at_most) const {
    return std::all_of(problem().fronts.begin(), problem().fronts.end(), [&](const Problem::Front& front) {
      for (std::size_t i = 0; i < front.objectives.size(); ++i)
        if (problem().measured[front.objectives[i]] && objective_model_[front.objectives[i]] == model &&
            front.reference[i] <= at_most)
          return true;
      return false;
    });
  }

  Interest interest_of(std::size_t objective, const Values& column) const {
    for (const Problem::Front& front : problem().fronts)
      for (std::size_t i = 0; i < front.objectives.size(); ++i)
        if (front.objectives[i] == objective) return {front.ideal[i], front.reference[i]};
    const auto [low, high] = std::minmax_element(column.begin(), column.end());
    return {*low, *high > *low ? *high : *low + 1};
  }

  Candidate forecast(Point point, const Priced& priced) const {
    Candidate candidate;
    std::vector<Forecast> forecasts;
    for (const AdditiveModel& model : models_) forecasts.push_back(model.predict(point));
    for (std::size_t k = 0; k < priced.objectives.size(); ++k)
      candidate.objectives.push_back(problem().measured[k] ? forecasts[objective_model_[k]]
                                                           : Forecast::exactly(priced.objectives[k]));
    for (std::size_t i = 0; i < problem().limits.size(); ++i)
      if (limit_model_[i])
        candidate.feasible *= forecasts[*limit_model_[i]].probability_below(problem().limits[i].at_most);
    candidate.point = std::move(point);
    return candidate;
  }

  Likeness likeness_;
  std::uint64_t evaluations_;
  bool fitted_ = false;
  std::vector<AdditiveModel> models_;
  std::vector<std::size_t> objective_model_;             // of each objective; priced ones have none (0)
  std::vector<std::optional<std::size_t>> limit_model_;  // of each limit; none where the gains know of it
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_surrogate(const Problem& problem, std::uint64_t seed,
                                                 std::uint64_t evaluations) {
  return std::unique_ptr<Searcher>(std::make_unique<SurrogateSearcher>(problem, seed, evaluations));
}

}  // namespace roofscape::search
