#include "analytics/search/additive_model.h"

#include <gtest/gtest.h>

#include <numeric>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

Problem problem_of(std::size_t variables, std::uint32_t choices) {
  Problem problem;
  problem.choices.assign(variables, choices);
  for (std::size_t v = 0; v < variables; ++v) problem.group.push_back(static_cast<std::uint32_t>(v));
  problem.base.assign(variables, 0);
  return problem;
}

std::vector<Point> random_points(const Problem& problem, std::size_t count, Rng& rng) {
  std::vector<Point> points(count);
  for (Point& point : points)
    for (std::uint32_t choices : problem.choices) point.push_back(static_cast<std::uint16_t>(rng.below(choices)));
  return points;
}

TEST(Cholesky, SolvesAndInvertsWhatItFactored) {
  Rng rng(1);
  constexpr std::size_t kSize = 37;
  std::vector<double> root(kSize * kSize), matrix(kSize * kSize);
  for (double& value : root) value = rng.normal();
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j < kSize; ++j) {
      for (std::size_t k = 0; k < kSize; ++k) matrix[i * kSize + j] += root[i * kSize + k] * root[j * kSize + k];
      if (i == j) matrix[i * kSize + j] += 1;
    }
  const auto factor = Cholesky::factor(matrix, kSize);
  ASSERT_TRUE(factor.has_value());
  const std::vector<double> diagonal = factor->inverse_diagonal();
  for (std::size_t column = 0; column < kSize; ++column) {
    std::vector<double> unit(kSize);
    unit[column] = 1;
    const std::vector<double> x = factor->solve(unit);
    EXPECT_NEAR(x[column], diagonal[column], 1e-9);
    for (std::size_t i = 0; i < kSize; ++i)
      EXPECT_NEAR(std::inner_product(x.begin(), x.end(), &matrix[i * kSize], 0.0), unit[i], 1e-8);
  }
}

TEST(Cholesky, RefusesAMatrixThatIsNotPositiveDefinite) {
  EXPECT_FALSE(Cholesky::factor({1, 2, 2, 1}, 2).has_value());
  EXPECT_FALSE(Cholesky::factor({0}, 1).has_value());
}

TEST(Forecast, TransformsThereAndBack) {
  Transform logarithmic{true, -0.9, 0.01, HUGE_VAL};
  for (double value : {-0.9, -0.85, 0.3}) EXPECT_NEAR(logarithmic.back(logarithmic.forward(value)), value, 1e-12);
  Transform capped{false, 0, 1, 2.0};
  EXPECT_EQ(capped.forward(5), 2);
  const Forecast forecast{1, 0.5, capped};
  EXPECT_NEAR(forecast.probability_below(1), 0.5, 1e-12);
  EXPECT_NEAR(forecast.probability_below(1.5), 0.8413447, 1e-6);
  EXPECT_EQ(forecast.probability_below(2), 1);
  EXPECT_EQ(Forecast::exactly(3).probability_below(3), 1);
  EXPECT_EQ(Forecast::exactly(3).probability_below(2.999), 0);
}

TEST(AdditiveModel, LearnsAnAdditiveFunctionFromFewPoints) {
  const Problem problem = problem_of(6, 4);
  const Likeness likeness(problem);
  Rng rng(2);
  std::vector<Values> effect(6, Values(4));
  for (Values& row : effect)
    for (double& value : row) value = rng.uniform();
  const auto truth = [&](const Point& point) {
    double sum = 0;
    for (std::size_t v = 0; v < point.size(); ++v) sum += effect[v][point[v]];
    return sum;
  };
  const std::vector<Point> points = random_points(problem, 60, rng);
  std::vector<double> values;
  for (const Point& point : points) values.push_back(truth(point));
  const AdditiveModel model(likeness, points, values, {0, 6});
  for (const Point& point : random_points(problem, 50, rng)) {
    const Forecast forecast = model.predict(point);
    EXPECT_NEAR(forecast.median(), truth(point), 0.15);
    EXPECT_GT(forecast.deviation, 0);
  }
  // What was measured is known better than what was not.
  EXPECT_LT(model.predict(points[0]).deviation, model.predict(Point{9 % 4, 0, 3, 1, 2, 0}).deviation);
}

TEST(AdditiveModel, GivesWeightToTheGroupsThatMatterAndLearnsTheirPair) {
  const Problem problem = problem_of(5, 3);
  const Likeness likeness(problem);
  Rng rng(4);
  const auto truth = [](const Point& point) {
    return 1.0 * point[0] + 0.5 * point[1] + (point[0] == 2 && point[1] == 2 ? 2.0 : 0.0);
  };
  const std::vector<Point> points = random_points(problem, 80, rng);
  std::vector<double> values;
  for (const Point& point : points) values.push_back(truth(point));
  const AdditiveModel model(likeness, points, values, {0, 6});
  EXPECT_GT(model.weights()[0], 2 * model.weights()[3]);
  double squares = 0;
  for (const Point& point : random_points(problem, 100, rng)) {
    const double error = model.predict(point).median() - truth(point);
    squares += error * error;
  }
  EXPECT_LT(std::sqrt(squares / 100), 0.15);  // without the pair, the best additive fit errs by 0.4
}

TEST(AdditiveModel, IsStillDefinedForOnePointAndForEqualValues) {
  const Problem problem = problem_of(2, 2);
  const Likeness likeness(problem);
  const AdditiveModel one(likeness, {{0, 0}}, {3}, {0, 1});
  EXPECT_NEAR(one.predict({1, 1}).median(), 3, 1e-9);
  const AdditiveModel equal(likeness, {{0, 0}, {0, 1}, {1, 0}}, {3, 3, 3}, {0, 1});
  EXPECT_NEAR(equal.predict({1, 1}).median(), 3, 1e-9);
}

}  // namespace
}  // namespace roofscape::search
