// Points that lose least for what they cost, found on the model: around a reference point, each choice of each variable
// adds a cost and a damage of its own, and the best combination for a budget is a multiple-choice knapsack.
//
//   const std::vector<Point> points = trade_offs(problem, forecaster, reference, rng);
//
// Costs are the job's own priced objectives on each platform (latency, energy, bytes …), alone and in mixtures; budgets
// are swept. Prices and damages are not quite additive: whoever takes the points prices and forecasts them anew.
#pragma once

#include <optional>
#include <vector>

#include "analytics/base/rng.h"
#include "analytics/search/forecaster.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

// What changing one variable of a reference point to each of its choices does. The costs of slow variables
// (Problem::slow) are those of a change of the reference without any of them, whose structures were built when their
// sensitivity was measured. +infinity where there is no price, or where the reference has none to compare with.
struct Marginals {
  Point reference;
  Values reference_cost;                            // priced objectives; 0 for measured ones
  std::vector<std::vector<std::uint16_t>> choices;  // of each variable: those that were looked at
  std::vector<std::vector<double>> damage;          // by variable and place in `choices`, relative to the reference
  std::vector<std::vector<Values>> cost;            // the same, one a priced objective (0 for measured ones)
};
Marginals marginals(const Problem& problem, const Forecaster& forecaster, const Point& reference, Rng& rng);

// The priced objectives of a point as the marginals add up; nothing where one of its choices was not looked at.
std::optional<Values> added_up(const Marginals& around, const Point& point);

// Distinct, in no particular order; none is checked for feasibility.
std::vector<Point> trade_offs(const Problem& problem, const Forecaster& forecaster, const Marginals& around, Rng& rng);

}  // namespace roofscape::search
