#include "analytics/search/knee.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

std::size_t knee_of_all(const std::vector<Values>& points, const Values& noise) {
  std::vector<std::size_t> all(points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return knee_point(points, all, noise);
}

TEST(KneePoint, LiesWhereTheFrontBends) {
  EXPECT_EQ(knee_of_all({{0, 100}, {1, 30}, {2, 12}, {10, 0}}, {0, 0}), 2u);
  // The same front in other units.
  EXPECT_EQ(knee_of_all({{0, 1e-4}, {1e6, 3e-5}, {2e6, 1.2e-5}, {1e7, 0}}, {0, 0}), 2u);
}

TEST(KneePoint, OfOnePointOrEqualOnesIsTheFirst) {
  EXPECT_EQ(knee_of_all({{3, 4, 5}}, {0, 0, 0}), 0u);
  EXPECT_EQ(knee_of_all({{3, 4}, {3, 4}}, {0, 0}), 0u);
  EXPECT_EQ(knee_of_all({{5}}, {1}), 0u);
}

// Without the noise, 0.1 of 20 would be the whole range of the second objective, and the worst in it would be out.
TEST(KneePoint, DifferencesWithinTheNoiseDecideNothing) {
  const std::vector<Values> points = {{0, 20.1}, {5, 20.05}, {10, 20}};
  EXPECT_EQ(knee_of_all(points, {0, 0}), 1u);
  EXPECT_EQ(knee_of_all(points, {0, 20}), 0u);
}

TEST(KneePoint, ObjectivesThatRiseTogetherWeighAsOne) {
  Rng rng(5);
  for (int round = 0; round < 100; ++round) {
    std::vector<Values> two, five;
    for (std::size_t i = 0; i < 12; ++i) {
      const double a = rng.uniform(), b = rng.uniform();
      two.push_back({a, b});
      five.push_back({a, b, 2 * b, 5 + b, 7 * b});
    }
    ASSERT_EQ(knee_of_all(five, Values(5, 0.0)), knee_of_all(two, Values(2, 0.0))) << "round " << round;
  }
}

TEST(KneePoint, IsOneOfTheCandidatesByTheScaleOfAll) {
  const std::vector<Values> points = {{0, 100}, {1, 20}, {2, 15}, {10, 0}};
  const std::vector<std::size_t> candidates = {0, 1, 3};
  EXPECT_EQ(knee_point(points, candidates, Values{0, 0}), 1u);
}

TEST(KneePoint, NoCandidateHasASmallerLargestRegret) {
  Rng rng(9);
  for (std::size_t dimensions = 2; dimensions <= 6; ++dimensions) {
    std::vector<Values> points(30, Values(dimensions));
    for (Values& point : points)
      for (double& value : point) value = rng.uniform();
    const auto largest = [&](std::size_t index) {
      double most = 0;
      for (std::size_t i = 0; i < dimensions; ++i) {
        double low = INFINITY, high = -INFINITY;
        for (const Values& point : points) low = std::min(low, point[i]), high = std::max(high, point[i]);
        most = std::max(most, (points[index][i] - low) / (high - low));
      }
      return most;
    };
    const std::size_t knee = knee_of_all(points, Values(dimensions, 0.0));
    for (std::size_t i = 0; i < points.size(); ++i) EXPECT_LE(largest(knee), largest(i) + 1e-12);
  }
}

}  // namespace
}  // namespace roofscape::search
