#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/packed/packed.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;

// A dense layer of one row.
Network row_network(const std::vector<float>& weights) {
  NetworkBuilder b;
  const auto columns = static_cast<std::int64_t>(weights.size());
  const LayerId fc = b.add("fc", op::Dense{}, {b.input({columns})}, {make_tensor({1, columns}, weights), nullptr});
  return b.finish(fc).value();
}

Layer ternary(const Network& network, Knobs knobs) {
  knobs.insert({"bias_correction", false});
  const Draft result = apply_recipe(draft_of(network), {{"fc", "ternary", knobs}}, 1).value();
  return result.network.layer(*result.network.find("fc"));
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - b[i], 2);
  return sum;
}

// Every choice of the weights that stay, each sign at its mean or both at theirs.
double least_error(const std::vector<float>& weights, bool two_scales) {
  double best = std::numeric_limits<double>::infinity();
  for (unsigned kept = 0; kept < (1U << weights.size()); ++kept) {
    double error = 0, sum[2] = {}, count[2] = {};
    for (std::size_t i = 0; i < weights.size(); ++i) {
      error += std::pow(weights[i], 2);
      if ((kept >> i & 1) == 0) continue;
      const int side = two_scales && weights[i] < 0 ? 1 : 0;
      sum[side] += std::abs(weights[i]);
      ++count[side];
    }
    for (const int side : {0, 1})
      if (count[side] > 0) error -= sum[side] * sum[side] / count[side];
    best = std::min(best, error);
  }
  return best;
}

TEST(Ternary, TheExactThresholdLeavesTheLeastError) {
  Rng rng(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<float> weights(9);
    for (float& weight : weights) weight = static_cast<float>(rng.normal() + 0.5);
    const Network network = row_network(weights);
    for (const bool two_scales : {false, true}) {
      const Layer layer = ternary(network, {{"scales", std::string(two_scales ? "asymmetric" : "symmetric")}});
      EXPECT_NEAR(squared_distance(layer.weight()->values(), weights), least_error(weights, two_scales), 1e-5);
    }
  }
}

TEST(Ternary, TheRuleCutsBothSignsAtOneThreshold) {
  // 0.7 of the mean magnitude, 1, is 0.7.
  const Network network = row_network({2, 1, 0.6F, -0.8F, -0.6F});
  const Knobs rule = {{"threshold", std::string("twn")}};
  EXPECT_THAT(ternary(network, rule).weight()->values(),
              ::testing::Pointwise(::testing::FloatEq(), std::vector<float>{3.8F / 3, 3.8F / 3, 0, -3.8F / 3, 0}));
  Knobs two = rule;
  two["scales"] = std::string("asymmetric");
  EXPECT_THAT(ternary(network, two).weight()->values(), ::testing::ElementsAre(1.5F, 1.5F, 0, -0.8F, 0));
}

TEST(Ternary, ASecondScaleIsStoredButNoIntegerArithmetic) {
  const Network network = row_network({2, 1, 0.6F, -0.8F, -0.6F});
  const Layer one = ternary(network, {}), two = ternary(network, {{"scales", std::string("asymmetric")}});
  EXPECT_EQ(packed::count_bits(two).value(), packed::count_bits(one).value() + 32);
  EXPECT_TRUE(one.arithmetic.weight->one_scale());
  EXPECT_FALSE(two.arithmetic.weight->one_scale());
}

}  // namespace
}  // namespace roofscape::approx
