#include "analytics/search/damage_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/rank_correlation.h"
#include "analytics/search/synthetic_space.h"

namespace roofscape::search {
namespace {

Point random_point(const Problem& problem, Rng& rng) {
  Point point;
  for (const std::uint32_t count : problem.choices) point.push_back(static_cast<std::uint16_t>(rng.below(count)));
  return point;
}

std::vector<Outcome> measured(const SyntheticSpace& space, std::size_t count, Rng& rng) {
  std::vector<Outcome> outcomes = {space.measure(space.problem().base)};
  while (outcomes.size() < count) outcomes.push_back(space.measure(random_point(space.problem(), rng)));
  return outcomes;
}

TEST(DamageModel, BeforeAnythingIsMeasuredDamagesAddUp) {
  const SyntheticSpace space(6, 3);
  const Problem& problem = space.problem();
  const Likeness likeness(problem);
  const DamageModel model(problem, likeness);
  const Point point = {1, 2, 3, 4, 5, 6};
  double sum = kLeastDamage;
  for (std::size_t v = 0; v < point.size(); ++v) sum += problem.damage[v][point[v]];
  EXPECT_DOUBLE_EQ(model.prior(point), std::log(sum));
  EXPECT_DOUBLE_EQ(model.predict(point).mean, std::log(sum));
  EXPECT_GT(model.predict(point).deviation, 0.5) << "nothing was measured yet";
}

// Layers whose sensitivities are off by a factor of e^0.5, and neighbours that amplify each other.
TEST(DamageModel, LearnsWhatSensitivitiesAloneGetWrong) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const SyntheticSpace space(8, seed);
    const Problem& problem = space.problem();
    const Likeness likeness(problem);
    DamageModel model(problem, likeness);
    Rng rng(seed);
    model.fit(measured(space, 100, rng), 5);
    double prior_error = 0, error = 0;
    int within = 0;
    std::vector<double> expected, actual;
    constexpr int kUnseen = 200;
    for (int i = 0; i < kUnseen; ++i) {
      const Point point = random_point(problem, rng);
      const DamageModel::Belief belief = model.predict(point);
      const double truth = log_damage(space.damage(point));
      prior_error += std::abs(model.prior(point) - truth) / kUnseen;
      error += std::abs(belief.mean - truth) / kUnseen;
      within += std::abs(belief.mean - truth) <= 2 * belief.deviation ? 1 : 0;
      expected.push_back(belief.mean);
      actual.push_back(truth);
    }
    EXPECT_LT(error, 0.6 * prior_error) << seed;
    EXPECT_GE(within, 0.85 * kUnseen) << seed << ": its uncertainty is too small";
    EXPECT_GT(rank_correlation(expected, actual), 0.95) << seed;
  }
}

TEST(DamageModel, VariablesThatMultiplyScaleTheSum) {
  SyntheticSpace space(4, 3);
  Problem& problem = space.problem();
  problem.damage[3] = {0, 0.7, -0.3, 0, 0, 0, 0, 0, 0, 0};
  problem.multiplies = {false, false, false, true};
  const Likeness likeness(problem);
  const DamageModel model(problem, likeness);
  const Point without = {1, 2, 3, 0};
  for (const std::uint16_t choice : {1, 2}) {
    Point with = without;
    with[3] = choice;
    EXPECT_NEAR(model.prior(with), model.prior(without) + problem.damage[3][choice], 1e-12);
    EXPECT_GT(model.predict(with).deviation, model.predict(without).deviation) << "what it does here is not sure";
  }
}

TEST(DamageModel, IsAPureFunctionOfWhatItIsFittedTo) {
  const SyntheticSpace space(5, 9);
  const Likeness likeness(space.problem());
  Rng rng(1);
  const std::vector<Outcome> outcomes = measured(space, 60, rng);
  DamageModel once(space.problem(), likeness), twice(space.problem(), likeness);
  once.fit(outcomes, 0);
  twice.fit(std::span(outcomes).first(30), 0);
  twice.fit(outcomes, 0);
  const Point point = {1, 1, 1, 1, 1};
  EXPECT_EQ(once.predict(point).mean, twice.predict(point).mean);
  EXPECT_EQ(once.predict(point).deviation, twice.predict(point).deviation);
}

}  // namespace
}  // namespace roofscape::search
