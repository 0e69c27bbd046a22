#include "analytics/search/scatter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace roofscape::search {
namespace {

Scatter::Row row(Point point) {
  const double root = std::sqrt(1 / static_cast<double>(point.size()));
  std::vector<double> roots(point.size(), root);
  return {std::move(point), std::move(roots)};
}

TEST(Scatter, KnowsNothingOfPointsThatShareNothing) {
  const Scatter scatter({row({1, 1, 1, 1})}, {2.0});
  const Scatter::Belief far = scatter.at(row({2, 2, 2, 2}));
  EXPECT_EQ(far.mean, 0);
  EXPECT_EQ(far.deviation, 1);
}

TEST(Scatter, ANearCopySharesTheLuckOfTheOriginal) {
  const Scatter scatter({row({1, 1, 1, 1})}, {2.0});
  const Scatter::Belief same = scatter.at(row({1, 1, 1, 1})), near = scatter.at(row({1, 1, 1, 2}));
  EXPECT_NEAR(same.mean, 0.85 * 2, 1e-9);
  EXPECT_LT(same.deviation, 0.6);
  EXPECT_NEAR(near.mean, 0.75 * 0.85 * 2, 1e-9);
  EXPECT_GT(near.deviation, same.deviation);
  EXPECT_LT(near.deviation, 1);
}

TEST(Scatter, WithoutRowsItIsThePlainDeviation) {
  EXPECT_EQ(Scatter().at(row({1})).deviation, 1);
  EXPECT_EQ(Scatter({}, {}).at(row({1})).deviation, 1);
}

}  // namespace
}  // namespace roofscape::search
