#include "analytics/approx/rank_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "analytics/base/rng.h"

namespace roofscape::approx {
namespace {

using ::testing::ElementsAre;

TEST(SpendParameters, GivesWayWhereItCostsLeast) {
  const std::vector<std::vector<RankOption>> layers = {{{100, 0}, {50, 0.5}, {10, 0.9}},
                                                       {{100, 0}, {50, 0.1}, {10, 0.2}}};
  EXPECT_THAT(spend_parameters(layers, 200), ElementsAre(0U, 0U));
  EXPECT_THAT(spend_parameters(layers, 150), ElementsAre(0U, 1U));
  EXPECT_THAT(spend_parameters(layers, 110), ElementsAre(0U, 2U));
  EXPECT_THAT(spend_parameters(layers, 20), ElementsAre(2U, 2U));
  // Less than there is: the smallest of all.
  EXPECT_THAT(spend_parameters(layers, 1), ElementsAre(2U, 2U));
}

TEST(SpendParameters, SpendsWhatTheHullLeaves) {
  // The middle option of the first layer lies above its hull, yet fits when the second has given way.
  const std::vector<std::vector<RankOption>> layers = {{{100, 0}, {50, 0.9}, {10, 1}}, {{20, 0}}};
  EXPECT_THAT(spend_parameters(layers, 80), ElementsAre(1U, 0U));
}

RC_GTEST_PROP(SpendParameters, KeepsTheBudgetAndBeatsEqualShares, (std::uint64_t seed)) {
  Rng rng(seed);
  std::vector<std::vector<RankOption>> layers(4);
  std::int64_t equal = 0;
  double equal_loss = 0;
  const std::size_t share = rng.below(9);
  for (std::vector<RankOption>& options : layers) {
    const double decay = 0.2 + 0.7 * rng.uniform();  // of a convex loss
    const auto size = static_cast<std::int64_t>(1 + rng.below(50));
    for (int rank = 1; rank <= 9; ++rank) options.push_back({rank * size, std::pow(decay, rank)});
    equal += options[share].parameters;
    equal_loss += options[share].loss;
  }
  const std::vector<std::size_t> chosen = spend_parameters(layers, equal);
  std::int64_t total = 0;
  double loss = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    total += layers[l][chosen[l]].parameters;
    loss += layers[l][chosen[l]].loss;
  }
  RC_ASSERT(total <= equal);
  // Greedy is at most one step of one layer away from the best.
  RC_ASSERT(loss <= equal_loss + 1);
}

}  // namespace
}  // namespace roofscape::approx
