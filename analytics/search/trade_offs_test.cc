#include "analytics/search/trade_offs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/search/synthetic_space.h"

namespace roofscape::search {
namespace {

// A space of one front, which has no price for a point that leaves a layer as it is, as on hardware without floating
// point. The first variable's combinations are slow to price.
SyntheticSpace space_without_float() {
  SyntheticSpace space(6, 5);
  Problem& problem = space.problem();
  problem.fronts.erase(problem.fronts.begin());
  problem.price = [inner = problem.price, k = problem.fronts[0].objectives.back()](const Point& point) {
    Priced priced = inner(point);
    if (std::any_of(point.begin() + 1, point.end(), [](std::uint16_t choice) { return choice == 0; }))
      priced.objectives[k] = HUGE_VAL;
    return priced;
  };
  problem.slow.assign(6, false);
  problem.slow[0] = true;
  return space;
}

TEST(TradeOffs, AreFoundWhereTheBaseHasNoPrice) {
  const SyntheticSpace space = space_without_float();
  const Problem& problem = space.problem();
  const std::size_t k = problem.fronts[0].objectives.back();
  ASSERT_FALSE(problem.measured[k]);
  const Point reference = {8, 8, 8, 8, 8, 8};  // eight bits everywhere
  ASSERT_TRUE(std::isinf(problem.price(problem.base).objectives[k]));
  Forecaster forecaster(problem);
  forecaster.fit(std::vector<Outcome>{space.measure(problem.base), space.measure(reference)});

  Rng rng(1);
  Point cheapest = reference;  // all in two and four bits
  std::fill(cheapest.begin(), cheapest.end(), std::uint16_t{1});
  const double least = problem.price(cheapest).objectives[k], most = problem.price(reference).objectives[k];
  std::set<double> costs;  // of the points well between the two
  const Marginals around = marginals(problem, forecaster, reference, rng);
  for (const Point& point : trade_offs(problem, forecaster, around, rng)) {
    const double cost = problem.price(point).objectives[k];
    if (cost > least + 0.1 * (most - least) && cost < most - 0.1 * (most - least)) costs.insert(cost);
  }
  EXPECT_GE(costs.size(), 5U);
}

TEST(TradeOffs, MarginalsAddUpToThePriceOfTheReference) {
  const SyntheticSpace space = space_without_float();
  const Problem& problem = space.problem();
  Forecaster forecaster(problem);
  const Point reference = {9, 8, 6, 8, 3, 8};
  forecaster.fit(std::vector<Outcome>{space.measure(problem.base), space.measure(reference)});
  Rng rng(1);
  const Marginals around = marginals(problem, forecaster, reference, rng);
  const Priced exact = problem.price(reference);
  const std::optional<Values> added = added_up(around, reference);
  ASSERT_TRUE(added);
  for (std::size_t k = 0; k < added->size(); ++k) {
    if (problem.measured[k]) continue;
    EXPECT_DOUBLE_EQ((*added)[k], exact.objectives[k]);
    // What the reference has already costs nothing more, also of the slow variable.
    for (std::size_t v = 0; v < reference.size(); ++v) {
      const auto own = std::find(around.choices[v].begin(), around.choices[v].end(), reference[v]);
      EXPECT_EQ(around.cost[v][static_cast<std::size_t>(own - around.choices[v].begin())][k], 0) << v;
    }
  }
}

}  // namespace
}  // namespace roofscape::search
