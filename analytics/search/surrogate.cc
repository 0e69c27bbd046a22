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
#include <unordered_set>

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
      propose_known(points, count);
      if (points.size() < count) propose_anchors(points, count);
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
  static constexpr std::size_t kChildren = 150;  // a generation
  static constexpr double kHopeless = 1.5;       // log damage of an anchor beyond what is trusted
  static constexpr std::size_t kSettled = 160;   // candidates priced as a whole for a batch
  static constexpr std::size_t kRecent = 24;     // outcomes by which the trusted region is judged

  void fit() {
    if (fitted_) return;
    seen_ = told();
    for (const Outcome& known : problem().known)
      if (!taken(known.point)) seen_.push_back(known);
    forecaster_.fit(seen_);
    fitted_ = true;
  }

  // What others found good: on this run's fronts it costs no images. No more than a third of the budget, the most
  // gainful first.
  void propose_known(std::vector<Point>& points, std::size_t count) {
    const std::size_t most = std::max<std::size_t>(static_cast<std::size_t>(evaluations_ / 3), 1);
    if (seen_.size() == told().size() || told().size() >= most) return;
    ExpectedGain gain(problem(), told(), 0);
    std::vector<Candidate> candidates;
    std::vector<double> gains;
    for (std::size_t i = told().size(); i < seen_.size(); ++i) {
      if (seen_[i].violation > 0 || seen_[i].partial || !problem().price(seen_[i].point).feasible) continue;
      Candidate& candidate = candidates.emplace_back();
      candidate.point = seen_[i].point;
      for (const double value : seen_[i].objectives) candidate.objectives.push_back(Forecast::exactly(value));
      gains.push_back(gain.of(candidate));
    }
    while (points.size() < count && told().size() + points.size() < most) {
      const std::size_t pick = most_gainful(gain, candidates, gains);
      if (pick == candidates.size()) return;
      gains[pick] = 0;
      gain.assume(candidates[pick]);
      points.push_back(candidates[pick].point);
    }
  }

  // --- anchors ---

  // Those that are left and that no other is expected to beat: no more than a third of the budget in all.
  void propose_anchors(std::vector<Point>& points, std::size_t count) {
    const std::size_t most = static_cast<std::size_t>(std::max<std::uint64_t>(evaluations_ / 3, 4));
    if (told().size() + points.size() > most) return;
    std::vector<Point> anchors = this->anchors();
    std::erase_if(anchors, [&](const Point& anchor) {
      return taken(anchor) || std::find(points.begin(), points.end(), anchor) != points.end();
    });
    // Where they are too many, every so-many-th: from the mildest to those that are just not hopeless.
    const std::size_t slots = std::min(most + 1 - told().size() - points.size(), anchors.size());
    for (std::size_t i = 0; i < slots && points.size() < count; ++i) {
      Point& anchor = anchors[i * anchors.size() / slots];
      if (problem().price(anchor).feasible) points.push_back(std::move(anchor));
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
    if (problem().about_to_price_roughly) problem().about_to_price_roughly(given);
    std::vector<Anchor> all;
    for (const Point& point : given) {
      const Priced priced = problem().roughly(point);
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
    for (const Outcome& outcome : seen_) pool.structures.insert(structure_of(outcome.point));
    gather(pool, rng);
    settle(pool);
    // A rough price may turn out not to hold, or the network to be one that was measured: then others take the place.
    std::unordered_set<Digest, DigestHash> contents;
    for (const Outcome& outcome : told()) contents.insert(problem().price(outcome.point).content);
    while (points.size() < count) {
      std::vector<Point> chosen;
      while (points.size() + chosen.size() < count) {
        const std::size_t pick = most_gainful(gain, pool.candidates, pool.gains);
        if (pick == pool.candidates.size()) break;
        pool.gains[pick] = 0;
        gain.assume(pool.candidates[pick]);
        chosen.push_back(pool.candidates[pick].point);
      }
      if (chosen.empty()) break;
      if (problem().about_to_price) problem().about_to_price(chosen);
      for (Point& point : chosen) {
        const Priced priced = problem().price(point);
        if (priced.feasible && (priced.content == Digest() || contents.insert(priced.content).second))
          points.push_back(std::move(point));
      }
    }
  }

  struct Pool {
    const ExpectedGain& gain;
    double most_damage;
    std::vector<Candidate> candidates;
    std::vector<double> gains;
    std::vector<bool> priced;  // as a whole; else its price was added up
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
      std::optional<Values> cost;  // added up from marginals
    };
    std::vector<Trusted> trusted;
    std::vector<Point> to_price;
    const double least = pool.gains.size() < kSettled ? 0 : pool.gains[most_gainful_first(pool, kSettled).back()];
    for (Point& point : points) {
      const DamageModel::Belief belief = forecaster_.damage(point);
      if (belief.mean > pool.most_damage) continue;
      std::optional<Values> cost = added_up(around, point);
      if (pool.structures.contains(structure_of(point))) {
        if (cost && !may_gain(pool, point, *cost, belief, least)) continue;
        cost.reset();
        to_price.push_back(point);
      } else if (!cost) {
        continue;
      }
      trusted.push_back({std::move(point), belief, std::move(cost)});
    }
    if (problem().about_to_price_roughly) problem().about_to_price_roughly(to_price);
    for (Trusted& one : trusted) {
      const bool whole = !one.cost;
      Priced priced;
      if (whole) {
        priced = problem().roughly(one.point);
      } else {
        priced.objectives = std::move(*one.cost);
      }
      if (!priced.feasible) continue;
      pool.candidates.push_back(forecaster_.candidate(std::move(one.point), priced, one.belief));
      pool.gains.push_back(pool.gain.of(pool.candidates.back()));
      pool.priced.push_back(whole);
    }
  }

  // Whether a point may gain so much, although its cost, added up from marginals, may be less by some.
  bool may_gain(const Pool& pool, const Point& point, Values cost, const DamageModel::Belief& belief,
                double least) const {
    constexpr double kDoubt = 0.1;
    if (least <= 0) return true;
    for (std::size_t k = 0; k < cost.size(); ++k) cost[k] -= kDoubt * std::abs(cost[k]);
    const Priced hoped{true, 0, std::move(cost)};
    return pool.gain.of(forecaster_.candidate(point, hoped, belief)) > least;
  }

  void gather(Pool& pool, Rng& rng) const {
    const std::vector<const Outcome*> best = best_seen();
    std::vector<Point> parents;
    for (const Outcome* outcome : best) parents.push_back(outcome->point);
    std::vector<std::size_t> fronts(problem().fronts.size());  // those whose turn was, then the others
    std::iota(fronts.begin(), fronts.end(), std::size_t{0});
    const auto around_one = [&](std::size_t turn) {
      if (turn < fronts.size()) std::swap(fronts[turn], fronts[turn + rng.below(fronts.size() - turn)]);
      const std::vector<Point> near = turn < fronts.size() ? best_on(problem().fronts[fronts[turn]], best) : parents;
      return marginals(problem(), forecaster_, near[rng.below(std::min<std::size_t>(near.size(), 20))], rng);
    };
    Marginals around = around_one(0);
    std::vector<Point> known;
    for (std::size_t i = told().size(); i < seen_.size(); ++i) known.push_back(seen_[i].point);
    add(pool, std::move(known), around);
    add(pool, problem().suggestions, around);
    add(pool, problem().anchors, around);
    for (std::size_t turn = 0; turn < kReferences; ++turn) {
      if (turn > 0) around = around_one(turn);
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

  // Prices what was added up, from the most gainful down; the rest is dropped.
  void settle(Pool& pool) const {
    std::vector<std::size_t> chosen;
    std::vector<Point> points;
    for (const std::size_t i : most_gainful_first(pool, pool.gains.size())) {
      if (pool.priced[i]) continue;
      if (pool.gains[i] <= 0 || chosen.size() == kSettled) {
        pool.gains[i] = 0;
        continue;
      }
      chosen.push_back(i);
      points.push_back(pool.candidates[i].point);
    }
    if (problem().about_to_price_roughly) problem().about_to_price_roughly(points);
    for (const std::size_t i : chosen) {
      Candidate& candidate = pool.candidates[i];
      const Priced priced = problem().roughly(candidate.point);
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

  // Those of the best that lie in a front's box: around others its trade-offs are not worth looking for, or have no
  // price. Where none does, those that have a price there, and else all.
  std::vector<Point> best_on(const Problem::Front& front, const std::vector<const Outcome*>& best) const {
    std::vector<Point> all, priced, inside;
    for (const Outcome* outcome : best) {
      bool finite = true, within = true;
      for (std::size_t i = 0; i < front.objectives.size(); ++i) {
        const double value = outcome->objectives[front.objectives[i]];
        finite = finite && std::isfinite(value);
        within = within && value < front.reference[i];
      }
      all.push_back(outcome->point);
      if (finite) priced.push_back(outcome->point);
      if (within) inside.push_back(outcome->point);
    }
    return !inside.empty() ? inside : !priced.empty() ? priced : all;
  }

  // The best outcomes by rank, of each place one, at most kParents; there is at least one.
  std::vector<const Outcome*> best_seen() const {
    const std::vector<Rank> ranks = rank_outcomes(problem(), seen_);
    std::vector<std::size_t> order(seen_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ranks[a].before(ranks[b]); });
    std::vector<const Outcome*> kept;
    for (const std::size_t i : order) {
      if (kept.size() == kParents) break;
      const Outcome& outcome = seen_[i];
      if (std::none_of(kept.begin(), kept.end(), [&](const Outcome* other) { return near(*other, outcome); }))
        kept.push_back(&outcome);
    }
    return kept;
  }

  // Whether two outcomes lie at nearly the same place of every front: one of them is parent enough.
  bool near(const Outcome& a, const Outcome& b) const {
    constexpr double kNear = 0.02;  // of a side of the box
    for (const Problem::Front& front : problem().fronts)
      for (std::size_t i = 0; i < front.objectives.size(); ++i) {
        const double side = front.reference[i] - front.ideal[i];
        const std::size_t k = front.objectives[i];
        if (!(std::abs(a.objectives[k] - b.objectives[k]) <= kNear * side)) return false;
      }
    return true;
  }

  // Where nothing promises a gain: neighbours of the best outcomes, those of least damage first.
  void fill_nearby(std::vector<Point>& points, std::size_t count) const {
    if (told().empty()) return;
    PointSet seen(points.begin(), points.end());
    for (const Outcome* best : best_seen()) {
      const Point& parent = best->point;
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
  std::vector<Outcome> seen_;  // what the forecasts rest on: told, then known from others
  bool fitted_ = false;
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_surrogate(const Problem& problem, std::uint64_t seed,
                                                 std::uint64_t evaluations) {
  return std::unique_ptr<Searcher>(std::make_unique<SurrogateSearcher>(problem, seed, evaluations));
}

}  // namespace roofscape::search
