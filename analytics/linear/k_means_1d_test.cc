#include "analytics/linear/k_means_1d.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analytics/base/rng.h"

namespace roofscape::linear {
namespace {

// The plain recurrence over sorted values, O(k·n²) with O(n) a cost.
double best_loss(std::vector<std::pair<double, double>> points, std::size_t k) {
  std::sort(points.begin(), points.end());
  const std::size_t n = points.size();
  const auto cost = [&](std::size_t from, std::size_t to) {
    double weight = 0;
    double moment = 0;
    for (std::size_t i = from; i < to; ++i) {
      weight += points[i].second;
      moment += points[i].second * points[i].first;
    }
    double sum = 0;
    for (std::size_t i = from; i < to; ++i)
      sum += weight > 0 ? points[i].second * std::pow(points[i].first - moment / weight, 2) : 0;
    return sum;
  };
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  best[0] = 0;
  for (std::size_t cluster = 0; cluster < k; ++cluster) {
    std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
    for (std::size_t to = 0; to <= n; ++to)
      for (std::size_t from = 0; from <= to; ++from) next[to] = std::min(next[to], best[from] + cost(from, to));
    best = next;
  }
  return best[n];
}

// Loss when each value takes its nearest centre.
double measured_loss(std::span<const double> values, std::span<const double> weights, const Clusters& clusters) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += (weights.empty() ? 1 : weights[i]) *
           std::pow(values[i] - clusters.centres[nearest(clusters.centres, values[i])], 2);
  return sum;
}

RC_GTEST_PROP(KMeans1d, IsOptimal, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const std::size_t n = *rc::gen::inRange<std::size_t>(1, 25);
  // Whole numbers make ties, equal values and equal gaps; others do not.
  const bool whole = *rc::gen::arbitrary<bool>();
  const bool weighted = *rc::gen::arbitrary<bool>();
  std::vector<double> values, weights;
  std::vector<std::pair<double, double>> points;
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(whole ? static_cast<double>(rng.below(20)) : rng.normal());
    if (weighted) weights.push_back(whole ? static_cast<double>(rng.below(3)) : rng.uniform());
    points.emplace_back(values[i], weighted ? weights[i] : 1.0);
  }
  if (weighted && std::accumulate(weights.begin(), weights.end(), 0.0) == 0) weights[0] = points[0].second = 1;
  for (std::size_t k = 1; k <= n + 1; ++k) {
    const Clusters clusters = k_means_1d(values, weights, k);
    const double best = best_loss(points, k);
    RC_ASSERT(clusters.centres.size() <= k);
    RC_ASSERT(std::abs(clusters.loss - best) <= 1e-9 * (1 + best));
    RC_ASSERT(std::abs(measured_loss(values, weights, clusters) - best) <= 1e-9 * (1 + best));
    RC_ASSERT(std::is_sorted(clusters.centres.begin(), clusters.centres.end()));
  }
}

TEST(KMeans1d, EqualGapsGiveExactlyAsManyClustersAsAskedFor) {
  std::vector<double> values(256);
  std::iota(values.begin(), values.end(), -128.0);
  std::vector<std::pair<double, double>> points;
  for (const double value : values) points.emplace_back(value, 1.0);
  for (const std::size_t k : {2U, 3U, 5U, 7U, 100U, 129U, 200U, 255U, 256U}) {
    const Clusters clusters = k_means_1d(values, {}, k);
    EXPECT_EQ(clusters.centres.size(), k);
    // Runs of n values cost (n³ − n)/12; the best sizes differ by one at most.
    const double size = std::floor(256.0 / static_cast<double>(k));
    const double larger = 256 - size * static_cast<double>(k);
    const auto run = [](double count) { return (count * count * count - count) / 12; };
    EXPECT_NEAR(clusters.loss, (static_cast<double>(k) - larger) * run(size) + larger * run(size + 1), 1e-9) << k;
  }
}

TEST(KMeans1d, FewValuesAreTheirOwnCentresAndZeroWeightsDoNotCount) {
  const std::vector<double> values = {3, 1, 3, 7};
  EXPECT_EQ(k_means_1d(values, {}, 8).centres, (std::vector<double>{1, 3, 7}));
  EXPECT_EQ(k_means_1d(values, std::vector<double>{1, 1, 1, 0}, 8).centres, (std::vector<double>{1, 3}));
  EXPECT_EQ(k_means_1d(values, std::vector<double>{0, 0, 0, 0}, 8).centres, (std::vector<double>{1, 3, 7}));
  EXPECT_EQ(k_means_1d(values, std::vector<double>{1, 1, 2, 0}, 1).centres, (std::vector<double>{2.5}));
  EXPECT_TRUE(k_means_1d({}, {}, 3).centres.empty());
}

TEST(KMeans1d, NearestCentre) {
  const std::vector<double> centres = {-1, 0, 2};
  EXPECT_EQ(nearest(centres, -9), 0U);
  EXPECT_EQ(nearest(centres, -0.5), 0U);
  EXPECT_EQ(nearest(centres, 0.9), 1U);
  EXPECT_EQ(nearest(centres, 1.1), 2U);
  EXPECT_EQ(nearest(centres, 9), 2U);
}

}  // namespace
}  // namespace roofscape::linear
