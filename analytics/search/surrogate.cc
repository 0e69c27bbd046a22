// The default searcher. Cost is exact and cheap, accuracy is dear: so only what is measured is forecast (forecaster.h,
// fitted anew after each tell), everything else is computed.
//
// It starts where a person would, with uniform settings (Problem::anchors), finest first and no further than they are
// promising. From then on each batch goes where the fronts' hypervolume is expected to grow most (expected_gain.h),
// among points that lose least for their cost (trade_offs.h), children of the best measured ones, and their children.
// Points whose damage is forecast beyond what the limits allow are left out, the more strictly the more of the latest
// ones turned out to be infeasible.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/search/expected_gain.h"
#include "analytics/search/forecaster.h"
#include "analytics/search/history.h"
#include "analytics/search/ranking.h"
#include "analytics/search/searchers.h"
#include "analytics/search/trade_offs.h"
#include "analytics/search/variation.h"

namespace roofscape::search {
namespace {

class SurrogateSearcher : public HistorySearcher {
 public:
  SurrogateSearcher(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations)
      : HistorySearcher("surrogate", problem, seed), evaluations_(evaluations), forecaster_(this->problem()) {}

  std::optional<double> expected_damage(const Point& point) const override {
    return told().empty() ? std::nullopt : std::optional(std::exp(forecaster_.damage(point).mean));
  }

 protected:
  std::vector<Point> propose(std::size_t count, Rng rng) override {
    std::vector<Point> points;
    if (!told().empty()) {
      fit();
      propose_anchors(points, count);
      if (points.size() < count) propose_gainful(points, count, rng);
    } else if (!taken(problem().base) && problem().price(problem().base).feasible) {
      points.push_back(problem().base);
    }
    if (points.size() < count) fill_nearby(points, count);
    if (points.empty()) fill_randomly(points, count, rng);  // nothing feasible is known yet, or nearly all was asked
    return points;
  }
  void learn(std::span<const Outcome>) override { fitted_ = false; }
  void forget() override { fitted_ = false; }

 private:
  static constexpr std::size_t kParents = 40;
  static constexpr std::size_t kReferences = 2;  // around which trade-offs are looked for
  static constexpr std::size_t kGenerations = 6;
  static constexpr std::size_t kChildren = 200;     // a generation
  static constexpr double kHopeless = 1.5;          // log damage of an anchor beyond what is trusted
  static constexpr std::size_t kNewStructures = 8;  // priced for a batch (Problem::slow)
  static constexpr std::size_t kRecent = 24;        // outcomes by which the trusted region is judged

  void fit() {
    if (fitted_) return;
    forecaster_.fit(told());
    fitted_ = true;
  }

  // --- anchors ---

  // Those that are left and that no other is expected to beat: no more than a third of the budget in all.
  void propose_anchors(std::vector<Point>& points, std::size_t count) {
    const std::size_t most = static_cast<std::size_t>(std::max<std::uint64_t>(evaluations_ / 3, 4));
    const std::vector<Point> anchors = this->anchors();
    for (const Point& anchor : anchors) {
      if (points.size() == count || told().size() + points.size() > most) return;
      if (!taken(anchor)) points.push_back(anchor);
    }
  }

  // Anchors worth a measurement, mildest first. One is left out where its price is in the way, where it is hopeless, or
  // where another costs no more anywhere and is expected to do less damage.
  std::vector<Point> anchors() const {
    struct Anchor {
      const Point* point;
      Values costs;
      double damage;
    };
    const std::vector<Point> given = problem().anchors.empty() ? ladders() : problem().anchors;
    if (problem().about_to_price) problem().about_to_price(given);
    std::vector<Anchor> all;
    for (const Point& point : given) {
      const Priced priced = problem().price(point);
      if (!priced.feasible) continue;
      Values costs;
      for (std::size_t k = 0; k < priced.objectives.size(); ++k)
        if (!problem().measured[k]) costs.push_back(priced.objectives[k]);
      all.push_back({&point, std::move(costs), forecaster_.prior_damage(point)});
    }
    std::stable_sort(all.begin(), all.end(), [](const Anchor& a, const Anchor& b) { return a.damage < b.damage; });
    std::vector<Point> kept;
    std::vector<Anchor> fronts;
    for (const Anchor& anchor : all) {
      if (anchor.damage > forecaster_.trusted() + kHopeless) break;
      const bool beaten =
          !problem().damage.empty() && std::any_of(fronts.begin(), fronts.end(), [&](const Anchor& other) {
            for (std::size_t k = 0; k < anchor.costs.size(); ++k)
              if (other.costs[k] > anchor.costs[k]) return false;
            return true;
          });
      if (beaten) continue;
      kept.push_back(*anchor.point);
      fronts.push_back(anchor);
    }
    return kept;
  }

  // Where nobody named anchors: the same choice for all variables, one after the other.
  std::vector<Point> ladders() const {
    std::vector<Point> points;
    const std::uint32_t most =
        problem().choices.empty() ? 0 : *std::max_element(problem().choices.begin(), problem().choices.end());
    for (std::uint32_t choice = 0; choice < std::min<std::uint32_t>(most, 64); ++choice) {
      Point& point = points.emplace_back();
      for (const std::uint32_t count : problem().choices)
        point.push_back(static_cast<std::uint16_t>(std::min(choice, count - 1)));
    }
    return points;
  }

  // --- candidates ---

  // How far beyond what the limits allow damage may be forecast: less, the more of the latest outcomes broke them.
  double margin() const {
    std::size_t broken = 0, seen = 0;
    for (std::size_t i = told().size(); i-- > 0 && seen < kRecent; ++seen) broken += told()[i].violation > 0 ? 1 : 0;
    const double share = seen == 0 ? 0 : static_cast<double>(broken) / static_cast<double>(seen);
    return share > 0.5 ? 0 : share > 0.25 ? 0.3 : 0.8;
  }

  void propose_gainful(std::vector<Point>& points, std::size_t count, Rng& rng) {
    ExpectedGain gain(problem(), told(), asked_count());
    for (const Point& point : points) gain.assume(forecaster_.candidate(point, problem().price(point)));
    Pool pool{gain, forecaster_.trusted() + margin(), {}, {}, {}, {points.begin(), points.end()}, {}};
    for (const Outcome& outcome : told()) pool.structures.insert(structure_of(outcome.point));
    gather(pool, rng);
    settle(pool);
    while (points.size() < count) {
      const std::size_t pick = most_gainful(gain, pool.candidates, pool.gains);
      if (pick == pool.candidates.size()) break;
      pool.gains[pick] = 0;  // chosen
      gain.assume(pool.candidates[pick]);
      points.push_back(pool.candidates[pick].point);
    }
  }

  struct Pool {
    const ExpectedGain& gain;
    double most_damage;
    std::vector<Candidate> candidates;
    std::vector<double> gains;
    std::vector<bool> exact;  // whether its price is; else it was added up
    PointSet seen;
    PointSet structures;  // what slow variables were priced with
  };

  // The choices of the slow variables.
  Point structure_of(const Point& point) const {
    Point structure;
    if (problem().slow.empty()) return structure;
    for (std::size_t v = 0; v < point.size(); ++v)
      if (problem().slow[v]) structure.push_back(point[v]);
    return structure;
  }

  // Adds those that are new and not forecast to be too much. Prices of new structures are added up from marginals.
  void add(Pool& pool, std::vector<Point> points, const Marginals& around) const {
    std::erase_if(points, [&](const Point& point) { return taken(point) || !pool.seen.insert(point).second; });
    struct Trusted {
      Point point;
      DamageModel::Belief belief;
    };
    std::vector<Trusted> trusted;
    std::vector<Point> to_price;
    for (Point& point : points) {
      const DamageModel::Belief belief = forecaster_.damage(point);
      if (belief.mean > pool.most_damage) continue;
      if (pool.structures.contains(structure_of(point))) to_price.push_back(point);
      trusted.push_back({std::move(point), belief});
    }
    if (problem().about_to_price) problem().about_to_price(to_price);
    for (Trusted& one : trusted) {
      const bool exact = pool.structures.contains(structure_of(one.point));
      Priced priced;
      if (exact) {
        priced = problem().price(one.point);
      } else if (auto cost = added_up(around, one.point)) {
        priced.objectives = std::move(*cost);
      } else {
        continue;
      }
      if (!priced.feasible) continue;
      pool.candidates.push_back(forecaster_.candidate(std::move(one.point), priced, one.belief));
      pool.gains.push_back(pool.gain.of(pool.candidates.back()));
      pool.exact.push_back(exact);
    }
  }

  void gather(Pool& pool, Rng& rng) const {
    const std::vector<Point> parents = best_told();
    const auto around_one = [&] {
      return marginals(problem(), forecaster_, parents[rng.below(std::min<std::size_t>(parents.size(), 20))], rng);
    };
    Marginals around = around_one();
    add(pool, problem().suggestions, around);
    add(pool, problem().anchors, around);
    for (std::size_t turn = 0; turn < kReferences; ++turn) {
      if (turn > 0) around = around_one();
      add(pool, trade_offs(problem(), forecaster_, around, rng), around);
    }
    for (std::size_t generation = 0; generation < kGenerations; ++generation) {
      std::vector<Point> family = parents;
      for (const std::size_t i : most_gainful_first(pool, kParents / 2)) family.push_back(pool.candidates[i].point);
      std::vector<Point> children;
      for (std::size_t i = 0; i < kChildren; ++i) children.push_back(vary(family, around, rng));
      add(pool, std::move(children), around);
    }
  }

  // Prices what was added up, from the most gainful down, until enough new structures were priced; the rest is dropped.
  void settle(Pool& pool) const {
    std::size_t fresh = 0;
    for (const std::size_t i : most_gainful_first(pool, pool.gains.size())) {
      if (pool.exact[i]) continue;
      Candidate& candidate = pool.candidates[i];
      const Point structure = structure_of(candidate.point);
      const bool known = pool.structures.contains(structure);
      if (pool.gains[i] <= 0 || (!known && fresh == kNewStructures)) {
        pool.gains[i] = 0;
        continue;
      }
      if (!known) {
        pool.structures.insert(structure);
        ++fresh;
      }
      const Priced priced = problem().price(candidate.point);
      if (priced.feasible) candidate = forecaster_.candidate(candidate.point, priced);
      pool.gains[i] = priced.feasible ? pool.gain.of(candidate) : 0;
    }
  }

  static std::vector<std::size_t> most_gainful_first(const Pool& pool, std::size_t count) {
    std::vector<std::size_t> order(pool.gains.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](std::size_t a, std::size_t b) {
                        return pool.gains[a] != pool.gains[b] ? pool.gains[a] > pool.gains[b] : a < b;
                      });
    order.resize(count);
    return order;
  }

  // The candidate of largest gain; the pool's size when none gains anything. `gains` are those of earlier turns: upper
  // bounds, for assuming more only lowers a gain, so they are renewed from the largest down until one holds. 0 stays 0.
  static std::size_t most_gainful(const ExpectedGain& gain, const std::vector<Candidate>& pool,
                                  std::vector<double>& gains) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pool.size(); ++i)
      if (gains[i] > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gains[a] > gains[b]; });
    std::size_t best = pool.size();
    double best_gain = 0;
    for (std::size_t i : order) {
      if (gains[i] <= best_gain) break;
      gains[i] = gain.of(pool[i]);
      if (gains[i] > best_gain) {
        best_gain = gains[i];
        best = i;
      }
    }
    return best;
  }

  // A child of one or two of the family: whole layers of the other, one to three changed choices, most of them to what
  // costs or harms less than the choice before.
  Point vary(const std::vector<Point>& family, const Marginals& around, Rng& rng) const {
    const Point& first = family[rng.below(family.size())];
    const std::uint64_t kind = rng.below(8);
    Point child = kind < 3 ? cross_groups(problem(), first, family[rng.below(family.size())], rng) : first;
    if (kind == 2) return child;
    const std::uint64_t changes = kind < 6 ? 1 : kind - 4;
    for (std::uint64_t i = 0; i < changes; ++i) {
      if (rng.below(4) == 0) {
        change_one(problem(), child, rng);
      } else {
        change_sensibly(child, around, rng);
      }
    }
    return child;
  }

  // Gives one variable a choice that is on its own trade-off between damage and one of the costs.
  void change_sensibly(Point& child, const Marginals& around, Rng& rng) const {
    if (child.empty()) return;
    const std::size_t v = rng.below(child.size());
    const std::vector<std::uint16_t>& choices = around.choices[v];
    const std::size_t picked = rng.below(choices.size());
    const std::size_t k = rng.below(problem().measured.size());
    // Among those that cost no more than the one drawn: the mildest.
    std::size_t best = picked;
    for (std::size_t c = 0; c < choices.size(); ++c)
      if (around.cost[v][c][k] <= around.cost[v][picked][k] && around.damage[v][c] < around.damage[v][best] &&
          choices[c] != child[v])
        best = c;
    child[v] = choices[best];
  }

  // The best outcomes by rank, at most kParents; there is at least one.
  std::vector<Point> best_told() const {
    const std::vector<Rank> ranks = rank_outcomes(problem(), told());
    std::vector<std::size_t> order(told().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ranks[a].before(ranks[b]); });
    order.resize(std::min(order.size(), kParents));
    std::vector<Point> points;
    for (const std::size_t i : order) points.push_back(told()[i].point);
    return points;
  }

  // Where nothing promises a gain: neighbours of the best outcomes, those of least damage first.
  void fill_nearby(std::vector<Point>& points, std::size_t count) const {
    if (told().empty()) return;
    PointSet seen(points.begin(), points.end());
    for (const Point& parent : best_told()) {
      std::vector<std::pair<double, Point>> near;
      for (std::size_t v = 0; v < parent.size(); ++v)
        for (std::uint32_t c = 0; c < std::min<std::uint32_t>(problem().choices[v], 32); ++c) {
          Point point = parent;
          point[v] = static_cast<std::uint16_t>(c);
          if (taken(point) || !seen.insert(point).second) continue;
          near.emplace_back(forecaster_.prior_damage(point), std::move(point));
        }
      std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      for (auto& [damage, point] : near) {
        if (points.size() == count) return;
        if (problem().price(point).feasible) points.push_back(std::move(point));
      }
    }
  }

  std::uint64_t evaluations_;
  Forecaster forecaster_;
  bool fitted_ = false;
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_surrogate(const Problem& problem, std::uint64_t seed,
                                                 std::uint64_t evaluations) {
  return std::unique_ptr<Searcher>(std::make_unique<SurrogateSearcher>(problem, seed, evaluations));
}

}  // namespace roofscape::search
