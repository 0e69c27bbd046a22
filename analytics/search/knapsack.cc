#include "analytics/search/knapsack.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roofscape::search {
namespace {

constexpr double kTolerance = 1e-12;  // relative; sums of the same costs in another order must fit the same budget

// A step along a group's lower convex hull: what more cost buys less damage.
struct Step {
  std::size_t group;
  std::size_t from, to;  // items
  double cost, damage;   // how much cost is added, how much damage taken away; both positive
  double slope() const { return damage / cost; }
};

// Items that no other of the group beats in both, cheapest first.
std::vector<std::size_t> undominated(const std::vector<KnapsackItem>& items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return items[a].cost != items[b].cost ? items[a].cost < items[b].cost : items[a].damage < items[b].damage;
  });
  std::vector<std::size_t> kept;
  for (const std::size_t i : order)
    if (kept.empty() || items[i].damage < items[kept.back()].damage) kept.push_back(i);
  return kept;
}

std::vector<Step> hull_steps(const std::vector<KnapsackItem>& items, const std::vector<std::size_t>& kept,
                             std::size_t group) {
  std::vector<std::size_t> hull;
  const auto slope = [&](std::size_t a, std::size_t b) {
    return (items[a].damage - items[b].damage) / (items[b].cost - items[a].cost);
  };
  for (const std::size_t i : kept) {
    while (hull.size() > 1 && slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), i)) hull.pop_back();
    hull.push_back(i);
  }
  std::vector<Step> steps;
  for (std::size_t k = 1; k < hull.size(); ++k)
    steps.push_back({group, hull[k - 1], hull[k], items[hull[k]].cost - items[hull[k - 1]].cost,
                     items[hull[k - 1]].damage - items[hull[k]].damage});
  return steps;
}

// The linear relaxation over the groups from some one on: how little damage a budget leaves at best.
class Relaxation {
 public:
  Relaxation(double least_cost, double damage, const std::vector<Step>& steps)
      : least_cost_(least_cost), costs_{0}, damages_{damage} {
    for (const Step& step : steps) {
      costs_.push_back(costs_.back() + step.cost);
      damages_.push_back(damages_.back() - step.damage);
    }
  }
  double least_cost() const { return least_cost_; }
  double at(double budget) const {
    const double spare = budget - least_cost_;
    const auto next = std::upper_bound(costs_.begin(), costs_.end(), spare);
    const auto i = static_cast<std::size_t>(next - costs_.begin());
    if (i == 0) return damages_[0];
    if (i == costs_.size()) return damages_.back();
    return damages_[i - 1] + (spare - costs_[i - 1]) / (costs_[i] - costs_[i - 1]) * (damages_[i] - damages_[i - 1]);
  }

 private:
  double least_cost_;
  std::vector<double> costs_, damages_;  // along the steps
};

struct Partial {
  double cost, damage;
  std::size_t before, item;  // index among the partial answers one group earlier
  double bound = 0;
};

class Solver {
 public:
  Solver(std::span<const std::vector<KnapsackItem>> groups, double budget, std::size_t most)
      : groups_(groups), limit_(budget + kTolerance * std::abs(budget)), most_(most) {
    for (const std::vector<KnapsackItem>& items : groups) kept_.push_back(undominated(items));
    std::vector<Step> steps;
    double least = 0, damage = 0;
    relaxed_.assign(groups.size() + 1, Relaxation(0, 0, {}));
    for (std::size_t v = groups.size(); v-- > 0;) {
      least += groups[v][kept_[v][0]].cost;
      damage += groups[v][kept_[v][0]].damage;
      const std::vector<Step> more = hull_steps(groups[v], kept_[v], v);
      steps.insert(steps.end(), more.begin(), more.end());
      std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.slope() > b.slope(); });
      relaxed_[v] = Relaxation(least, damage, steps);
    }
    steps_ = std::move(steps);
  }

  std::optional<KnapsackAnswer> solve() {
    if (relaxed_[0].least_cost() > limit_) return std::nullopt;
    greedy();
    std::vector<std::vector<Partial>> stages = {{{0, 0, 0, 0}}};
    for (std::size_t v = 0; v < groups_.size(); ++v) stages.push_back(extended(stages.back(), v));
    const std::vector<Partial>& last = stages.back();
    const auto best = std::min_element(last.begin(), last.end(),
                                       [](const Partial& a, const Partial& b) { return a.damage < b.damage; });
    // Where rounding has cut even the greedy answer's equals, that answer stands.
    if (best == last.end() || best->damage >= best_.damage) return best_;
    best_.damage = best->damage;
    best_.cost = best->cost;
    auto at = static_cast<std::size_t>(best - last.begin());
    for (std::size_t v = groups_.size(); v-- > 0;) {
      const Partial& partial = stages[v + 1][at];
      best_.picks[v] = partial.item;
      at = partial.before;
    }
    return best_;
  }

 private:
  // Steps of the hulls in order of slope, each that still fits: the first complete answer.
  void greedy() {
    best_.picks.resize(groups_.size());
    for (std::size_t v = 0; v < groups_.size(); ++v) best_.picks[v] = kept_[v][0];
    double cost = relaxed_[0].least_cost();
    for (const Step& step : steps_) {
      if (best_.picks[step.group] != step.from || cost + step.cost > limit_) continue;
      best_.picks[step.group] = step.to;
      cost += step.cost;
    }
    for (std::size_t v = 0; v < groups_.size(); ++v) {
      best_.cost += groups_[v][best_.picks[v]].cost;
      best_.damage += groups_[v][best_.picks[v]].damage;
    }
  }

  std::vector<Partial> extended(const std::vector<Partial>& before, std::size_t v) {
    const Relaxation& rest = relaxed_[v + 1];
    std::vector<Partial> all;
    for (std::size_t b = 0; b < before.size(); ++b)
      for (const std::size_t item : kept_[v]) {
        Partial partial{before[b].cost + groups_[v][item].cost, before[b].damage + groups_[v][item].damage, b, item};
        if (partial.cost + rest.least_cost() > limit_) break;  // items grow dearer
        partial.bound = partial.damage + rest.at(limit_ - partial.cost);
        if (partial.bound < best_.damage) all.push_back(partial);
      }
    std::stable_sort(all.begin(), all.end(), [](const Partial& a, const Partial& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.damage < b.damage;
    });
    std::vector<Partial> kept;
    for (const Partial& partial : all)
      if (kept.empty() || partial.damage < kept.back().damage) kept.push_back(partial);
    if (kept.size() > most_) {
      best_.exact = false;
      std::stable_sort(kept.begin(), kept.end(), [](const Partial& a, const Partial& b) { return a.bound < b.bound; });
      kept.resize(most_);
    }
    return kept;
  }

  std::span<const std::vector<KnapsackItem>> groups_;
  double limit_;
  std::size_t most_;
  std::vector<std::vector<std::size_t>> kept_;  // of each group, cheapest first
  std::vector<Step> steps_;                     // of all groups, steepest first
  std::vector<Relaxation> relaxed_;             // of the groups from each one on
  KnapsackAnswer best_;
};

}  // namespace

std::optional<KnapsackAnswer> solve_knapsack(std::span<const std::vector<KnapsackItem>> groups, double budget,
                                             std::size_t most_partial) {
  return Solver(groups, budget, most_partial).solve();
}

}  // namespace roofscape::search
