#include "analytics/search/pareto.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

// Points on a coarse grid, so that equal values and equal points are common.
std::vector<Values> random_points(Rng& rng, std::size_t count, std::size_t dimensions, std::uint64_t levels) {
  std::vector<Values> points(count, Values(dimensions));
  for (Values& point : points)
    for (double& value : point) value = static_cast<double>(rng.below(levels)) / static_cast<double>(levels);
  return points;
}

// By the definition: no other point dominates it, and no equal one stands before it.
std::vector<std::size_t> naive_front(const std::vector<Values>& points) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    bool stays = true;
    for (std::size_t j = 0; j < points.size(); ++j)
      stays = stays && !dominates(points[j], points[i]) && !(j < i && points[j] == points[i]);
    if (stays) front.push_back(i);
  }
  return front;
}

// Inclusion–exclusion over all subsets: the volume of a union of boxes by its definition.
double naive_volume(const std::vector<Values>& points, const Values& reference) {
  double volume = 0;
  for (std::uint32_t subset = 1; subset < 1U << points.size(); ++subset) {
    double box = 1;
    int members = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
      double corner = -std::numeric_limits<double>::infinity();
      for (std::size_t p = 0; p < points.size(); ++p)
        if ((subset >> p & 1) != 0) corner = std::max(corner, points[p][i]);
      box *= std::max(0.0, reference[i] - corner);
    }
    for (std::size_t p = 0; p < points.size(); ++p) members += static_cast<int>(subset >> p & 1);
    volume += members % 2 == 1 ? box : -box;
  }
  return volume;
}

TEST(Dominates, NeedsNoWorseEverywhereAndBetterSomewhere) {
  EXPECT_TRUE(dominates(Values{1, 2}, Values{1, 3}));
  EXPECT_FALSE(dominates(Values{1, 2}, Values{1, 2}));
  EXPECT_FALSE(dominates(Values{1, 3}, Values{2, 2}));
  EXPECT_FALSE(dominates(Values{std::nan(""), 1}, Values{2, 2}));
}

TEST(ParetoFront, EqualsTheDefinitionOnRandomSets) {
  Rng rng(7);
  for (int round = 0; round < 600; ++round) {
    const std::size_t dimensions = 1 + rng.below(5);
    const std::vector<Values> points = random_points(rng, rng.below(40), dimensions, 2 + rng.below(12));
    ASSERT_EQ(pareto_front(points), naive_front(points)) << "round " << round;
  }
}

TEST(ParetoFront, LeavesOutNaN) {
  const std::vector<Values> points = {{std::nan(""), 0}, {1, 1}, {0, std::nan("")}};
  EXPECT_EQ(pareto_front(points), std::vector<std::size_t>{1});
}

TEST(Hypervolume, EqualsInclusionExclusionOnRandomSets) {
  Rng rng(11);
  for (int round = 0; round < 400; ++round) {
    const std::size_t dimensions = 1 + rng.below(6);
    const std::vector<Values> points = random_points(rng, rng.below(10), dimensions, 3 + rng.below(9));
    const Values reference(dimensions, 0.75);  // some points lie on it or beyond
    ASSERT_NEAR(hypervolume(points, reference), naive_volume(points, reference), 1e-12) << "round " << round;
  }
}

TEST(Hypervolume, OfKnownSets) {
  EXPECT_EQ(hypervolume(std::vector<Values>{}, Values{1, 1}), 0);
  EXPECT_EQ(hypervolume(std::vector<Values>{{0, 0, 0, 0}}, Values{1, 2, 3, 4}), 24);
  EXPECT_EQ(hypervolume(std::vector<Values>{{0, 2}, {1, 1}, {2, 0}}, Values{3, 3}), 6);
  EXPECT_EQ(hypervolume(std::vector<Values>{{5, 0}}, Values{3, 3}), 0);
}

TEST(Hypervolume, DoesNotDependOnOrderAndGrowsWithPoints) {
  Rng rng(13);
  for (int round = 0; round < 50; ++round) {
    const std::size_t dimensions = 2 + rng.below(4);
    std::vector<Values> points = random_points(rng, 30, dimensions, 1000);
    const Values reference(dimensions, 1.0);
    const double volume = hypervolume(points, reference);
    std::reverse(points.begin(), points.end());
    EXPECT_NEAR(hypervolume(points, reference), volume, 1e-12);
    points.pop_back();
    EXPECT_LE(hypervolume(points, reference), volume + 1e-12);
  }
}

TEST(HypervolumeGain, IsTheDifferenceThatThePointMakes) {
  Rng rng(17);
  for (int round = 0; round < 200; ++round) {
    const std::size_t dimensions = 1 + rng.below(5);
    std::vector<Values> points = random_points(rng, 1 + rng.below(12), dimensions, 8);
    const Values reference(dimensions, 0.8);
    const Values last = points.back();
    points.pop_back();
    const double gain = hypervolume_gain(last, points, reference);
    const double before = hypervolume(points, reference);
    points.push_back(last);
    ASSERT_NEAR(gain, hypervolume(points, reference) - before, 1e-12);
  }
}

TEST(BoundedHypervolume, IsExactWhereThatIsQuickAndNearElsewhere) {
  Rng rng(19);
  for (const std::size_t dimensions : {2U, 4U, 5U, 7U}) {
    const std::vector<Values> points = random_points(rng, 130, dimensions, 1000);
    const Values ideal(dimensions, 0.0), reference(dimensions, 1.0);
    const double exact = hypervolume(points, reference);
    EXPECT_NEAR(bounded_hypervolume(points, ideal, reference), exact, dimensions <= 4 ? 0 : 0.01) << dimensions;
  }
}

TEST(QuasiRandom, FillsTheUnitCubeEvenly) {
  for (const std::size_t dimensions : {1U, 3U, 6U}) {
    const QuasiRandom sequence(dimensions);
    for (std::size_t axis = 0; axis < dimensions; ++axis) {
      std::vector<int> counts(16);
      for (std::uint64_t i = 0; i < 1600; ++i) ++counts[static_cast<std::size_t>(sequence.at(i, axis) * 16)];
      for (int count : counts) EXPECT_NEAR(count, 100, 8);
    }
  }
}

}  // namespace
}  // namespace roofscape::search
