#include "analytics/search/best_subset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

using Indices = std::vector<std::size_t>;

// No point dominates another: points near a sphere around the reference, as fronts are.
std::vector<Values> random_front(Rng& rng, std::size_t count, std::size_t dimensions) {
  std::vector<Values> points;
  for (std::size_t i = 0; i < count; ++i) {
    Values point(dimensions);
    double length = 0;
    for (double& value : point) value = 0.02 + rng.uniform(), length += value * value;
    for (double& value : point) value = 1 - 0.95 * value / std::sqrt(length);
    points.push_back(std::move(point));
  }
  return points;
}

double kept(const std::vector<Values>& points, const Indices& subset) {
  std::vector<Values> chosen;
  for (const std::size_t i : subset) chosen.push_back(points[i]);
  return box_share(chosen, Values(points[0].size(), 0.0), Values(points[0].size(), 1.0));
}

Indices subset_of(const std::vector<Values>& points, std::size_t count) {
  return best_subset(points, Values(points[0].size(), 0.0), Values(points[0].size(), 1.0), count);
}

// The largest volume of any `count` of the points.
double most_by_trying_all(const std::vector<Values>& points, std::size_t count) {
  double most = 0;
  std::vector<bool> chosen(points.size(), false);
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), true);
  do {
    Indices subset;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (chosen[i]) subset.push_back(i);
    most = std::max(most, kept(points, subset));
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return most;
}

TEST(BestSubset, KeepsAsMuchAsTheBestOfAllSubsets) {
  Rng rng(23);
  for (int round = 0; round < 60; ++round) {
    const std::size_t dimensions = 1 + rng.below(4), size = 1 + rng.below(11), count = 1 + rng.below(5);
    const std::vector<Values> points = random_front(rng, size, dimensions);
    const Indices subset = subset_of(points, count);
    ASSERT_EQ(subset.size(), std::min(size, count));
    ASSERT_TRUE(std::is_sorted(subset.begin(), subset.end()));
    ASSERT_EQ(std::set<std::size_t>(subset.begin(), subset.end()).size(), subset.size());
    ASSERT_NEAR(kept(points, subset), most_by_trying_all(points, subset.size()), 1e-12)
        << dimensions << " dimensions, " << count << " of " << size;
  }
}

// More subsets than are tried one by one: the two-dimensional answer stays exact, swaps bring the others near.
TEST(BestSubset, IsExactOnAStaircaseAndNearTheBestElsewhere) {
  Rng rng(29);
  for (const std::size_t dimensions : {2U, 3U, 4U, 5U, 6U}) {
    const std::vector<Values> points = random_front(rng, 17, dimensions);
    const double most = most_by_trying_all(points, 6);
    const double found = kept(points, subset_of(points, 6));
    EXPECT_GE(found, (dimensions == 2 ? 1 - 1e-12 : 0.99) * most) << dimensions;
  }
}

TEST(BestSubset, AStaircaseIsExactBesideTheSearchByHand) {
  // Three steps: the middle one alone covers 0.5 · 0.5; the outer two together 0.9 · 0.1 + 0.1 · 0.8.
  const std::vector<Values> points = {{0.1, 0.9}, {0.5, 0.5}, {0.9, 0.1}};
  EXPECT_EQ(subset_of(points, 1), Indices{1});
  EXPECT_EQ(subset_of(points, 2), (Indices{0, 1}));
}

TEST(BestSubset, PointsWithoutVolumeOnlyFillUp) {
  const std::vector<Values> points = {{0.2, 1.5}, {1.5, 0.2}, {0.5, 0.5}, {0.5, 0.6}};
  EXPECT_EQ(subset_of(points, 1), Indices{2});
  EXPECT_EQ(subset_of(points, 3), (Indices{0, 1, 2}));
  EXPECT_EQ(subset_of(points, 9), (Indices{0, 1, 2, 3}));
  EXPECT_EQ(best_subset({}, Values{0}, Values{1}, 3), Indices{});
}

// What lies beyond the ideal is worth no more than what lies on it.
TEST(BestSubset, KnowsTheBox) {
  const std::vector<Values> points = {{-100, 80}, {10, 30}, {70, 10}};
  EXPECT_EQ(best_subset(points, Values{0, 0}, Values{100, 100}, 1), Indices{1});
}

TEST(BestSubset, ManyPointsInManyDimensionsAreChosenSensibly) {
  Rng rng(31);
  for (const std::size_t dimensions : {2U, 3U, 6U}) {
    const std::vector<Values> points = random_front(rng, 300, dimensions);
    const Indices subset = subset_of(points, 40);
    EXPECT_EQ(subset.size(), 40u);
    Indices first(40);
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = i;  // what chance gives
    EXPECT_GT(kept(points, subset), 1.005 * kept(points, first)) << dimensions;
    EXPECT_EQ(subset_of(points, 40), subset);
  }
}

}  // namespace
}  // namespace roofscape::search
