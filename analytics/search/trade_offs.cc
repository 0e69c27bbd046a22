#include "analytics/search/trade_offs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/search/history.h"
#include "analytics/search/knapsack.h"

namespace roofscape::search {
namespace {

// Choices of a variable that are looked at: all of a small one, else the reference's and others drawn at random.
constexpr std::size_t kMostChoices = 48;
// A part of the sweep that is dominated keeps so many partial answers: these are proposals, not results.
constexpr std::size_t kMostPartial = 192;
constexpr std::size_t kMixtures = 4;  // of the priced objectives of each front
constexpr std::size_t kBudgets = 5;

std::vector<std::uint16_t> choices_to_try(std::uint32_t count, std::uint16_t reference, Rng& rng) {
  std::vector<std::uint16_t> all(count);
  std::iota(all.begin(), all.end(), std::uint16_t{0});
  if (count <= kMostChoices) return all;
  // The first choices use one method each (explore/choices.h): they are kept, the rest is drawn.
  for (std::size_t i = kMostChoices / 2; i < kMostChoices; ++i) std::swap(all[i], all[i + rng.below(all.size() - i)]);
  all.resize(kMostChoices);
  if (std::find(all.begin(), all.end(), reference) == all.end()) all.push_back(reference);
  std::sort(all.begin(), all.end());
  return all;
}

// The choices that have a price, as a knapsack.
struct Groups {
  std::vector<std::vector<KnapsackItem>> items;     // by variable
  std::vector<std::vector<std::uint16_t>> choices;  // the same: which choice each item is

  bool complete() const {
    return std::none_of(items.begin(), items.end(), [](const auto& group) { return group.empty(); });
  }
};

Groups groups_for(const Marginals& around, const Values& weights) {
  Groups groups;
  for (std::size_t v = 0; v < around.choices.size(); ++v) {
    std::vector<KnapsackItem>& items = groups.items.emplace_back();
    std::vector<std::uint16_t>& choices = groups.choices.emplace_back();
    for (std::size_t c = 0; c < around.choices[v].size(); ++c) {
      KnapsackItem item{0, around.damage[v][c]};
      for (std::size_t k = 0; k < weights.size(); ++k)
        if (weights[k] != 0) item.cost += weights[k] * around.cost[v][c][k];
      if (!std::isfinite(item.cost)) continue;
      items.push_back(item);
      choices.push_back(around.choices[v][c]);
    }
  }
  return groups;
}

Point point_of(const Groups& groups, const std::vector<std::size_t>& picks) {
  Point point;
  for (std::size_t v = 0; v < picks.size(); ++v) point.push_back(groups.choices[v][picks[v]]);
  return point;
}

}  // namespace

Marginals marginals(const Problem& problem, const Forecaster& forecaster, const Point& reference, Rng& rng) {
  const auto slow = [&](std::size_t v) { return !problem.slow.empty() && problem.slow[v]; };
  Marginals around;
  around.reference = reference;
  Point plain = reference;  // with the base's choices of slow variables
  for (std::size_t v = 0; v < reference.size(); ++v)
    if (slow(v)) plain[v] = problem.base[v];
  std::vector<Point> damaged;                      // the reference with one choice changed
  std::vector<Point> priced = {reference, plain};  // the same, or the plain one with it
  for (std::size_t v = 0; v < reference.size(); ++v) {
    around.choices.push_back(choices_to_try(problem.choices[v], reference[v], rng));
    for (const std::uint16_t choice : around.choices[v]) {
      damaged.push_back(reference);
      damaged.back()[v] = choice;
      priced.push_back(slow(v) ? plain : reference);
      priced.back()[v] = choice;
    }
  }
  if (problem.about_to_price_roughly) problem.about_to_price_roughly(priced);
  const auto cost_of = [&](const Point& point) {
    Values cost = problem.roughly(point).objectives;
    for (std::size_t k = 0; k < cost.size(); ++k)
      if (problem.measured[k]) cost[k] = 0;
    return cost;
  };
  around.reference_cost = cost_of(reference);
  const Values plain_cost = cost_of(plain);
  const double reference_damage = std::exp(forecaster.damage(reference).mean);
  std::size_t next = 0;
  for (std::size_t v = 0; v < reference.size(); ++v) {
    around.damage.emplace_back();
    around.cost.emplace_back();
    // Relative to what the reference itself does with this variable.
    Values origin = slow(v) ? plain_cost : around.reference_cost;
    if (slow(v) && reference[v] != problem.base[v]) {
      Point point = plain;
      point[v] = reference[v];
      origin = cost_of(point);
    }
    for (std::size_t c = 0; c < around.choices[v].size(); ++c, ++next) {
      around.damage[v].push_back(std::exp(forecaster.damage(damaged[next]).mean) - reference_damage);
      Values cost = cost_of(priced[next + 2]);
      for (std::size_t k = 0; k < cost.size(); ++k) cost[k] = std::isfinite(origin[k]) ? cost[k] - origin[k] : HUGE_VAL;
      around.cost[v].push_back(std::move(cost));
    }
  }
  return around;
}

std::optional<Values> added_up(const Marginals& around, const Point& point) {
  Values cost = around.reference_cost;
  for (std::size_t v = 0; v < point.size(); ++v) {
    if (point[v] == around.reference[v]) continue;
    const std::vector<std::uint16_t>& choices = around.choices[v];
    const auto found = std::lower_bound(choices.begin(), choices.end(), point[v]);
    if (found == choices.end() || *found != point[v]) return std::nullopt;
    const Values& change = around.cost[v][static_cast<std::size_t>(found - choices.begin())];
    for (std::size_t k = 0; k < cost.size(); ++k) cost[k] += change[k];
  }
  return cost;
}

std::vector<Point> trade_offs(const Problem& problem, const Forecaster& forecaster, const Marginals& around, Rng& rng) {
  std::vector<Point> points;
  PointSet seen;
  const double base_damage = std::exp(forecaster.damage(around.reference).mean);
  const auto solve = [&](const Values& weights) {
    const Groups groups = groups_for(around, weights);
    if (!groups.complete()) return;  // the reference has no price there
    double cheapest = 0, best = 0;   // costs of the two ends of the sweep
    for (const std::vector<KnapsackItem>& items : groups.items) {
      const KnapsackItem* least = &items[0];
      const KnapsackItem* mildest = &items[0];
      for (const KnapsackItem& item : items) {
        if (item.cost < least->cost || (item.cost == least->cost && item.damage < least->damage)) least = &item;
        if (item.damage < mildest->damage || (item.damage == mildest->damage && item.cost < mildest->cost))
          mildest = &item;
      }
      cheapest += least->cost;
      best += mildest->cost;
    }
    if (!(best > cheapest)) return;
    // Budgets at which the answer's damage is worth measuring lie between one that holds the limits and the mildest.
    double low = cheapest;
    for (double high = best; high - low > 0.02 * (best - cheapest);) {
      const double middle = (low + high) / 2;
      const auto answer = solve_knapsack(groups.items, middle, kMostPartial / 8);
      const bool trusted = answer && std::log(std::max(answer->damage + base_damage, 1e-300)) <= forecaster.trusted();
      (trusted ? high : low) = middle;
    }
    for (std::size_t i = 0; i < kBudgets; ++i) {
      const double part = (static_cast<double>(i) + rng.uniform()) / static_cast<double>(kBudgets);
      const auto answer = solve_knapsack(groups.items, low + part * part * (best - low), kMostPartial);
      if (!answer) continue;
      Point point = point_of(groups, answer->picks);
      if (seen.insert(point).second) points.push_back(std::move(point));
    }
  };
  for (const Problem::Front& front : problem.fronts) {
    std::vector<std::size_t> priced;  // positions in the front's objectives
    for (std::size_t i = 0; i < front.objectives.size(); ++i)
      if (!problem.measured[front.objectives[i]]) priced.push_back(i);
    if (priced.empty()) continue;
    for (std::size_t turn = 0; turn < priced.size() + (priced.size() > 1 ? kMixtures : 0); ++turn) {
      Values weights(problem.measured.size(), 0);
      for (std::size_t j = 0; j < priced.size(); ++j) {
        const std::size_t i = priced[j];
        const double share = turn < priced.size() ? (j == turn ? 1.0 : 0.0) : -std::log(1 - rng.uniform());
        weights[front.objectives[i]] = share / (front.reference[i] - front.ideal[i]);
      }
      solve(weights);
    }
  }
  return points;
}

}  // namespace roofscape::search
