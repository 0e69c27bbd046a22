#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/linear/mask.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;

Network one_layer(std::vector<float> weights) {
  NetworkBuilder builder;
  const auto count = static_cast<std::int64_t>(weights.size());
  const LayerId input = builder.input({count});
  return builder.finish(builder.add("fc", op::Dense{}, {input}, {make_tensor({1, count}, std::move(weights)), nullptr}))
      .value();
}

Layer pruned(const Network& network, double fraction, const Knobs& integer = {}) {
  Recipe recipe = {{"fc", "prune", {{"fraction", fraction}}}};
  if (!integer.empty()) recipe.push_back({"fc", "integer", integer});
  const Draft result = apply_recipe(draft_of(network), recipe, 1).value();
  return result.network.layer(*result.network.find("fc"));
}

std::vector<float> weights_of(const Layer& layer) {
  return {layer.constants[0]->values().begin(), layer.constants[0]->values().end()};
}

TEST(Prune, RemovesTheSmallestMagnitudesAndOfEqualOnesTheFirst) {
  const Network network = one_layer({3, -1, 1, -2, 1, 0.5F, 4, 1});
  EXPECT_EQ(weights_of(pruned(network, 0.25)), (std::vector<float>{3, 0, 1, -2, 1, 0, 4, 1}));
  EXPECT_EQ(weights_of(pruned(network, 0.5)), (std::vector<float>{3, 0, 0, -2, 0, 0, 4, 1}));
  EXPECT_EQ(weights_of(pruned(network, 0.1)), weights_of(network.layer(1)));  // floor(0.8) = 0
}

TEST(Prune, CountsWeightsThatAreZeroAlready) {
  EXPECT_EQ(weights_of(pruned(one_layer({0, 0, 1, 2}), 0.5)), (std::vector<float>{0, 0, 1, 2}));
}

TEST(Prune, NaNIsNoReasonToCrash) {
  const float nan = std::nanf("");
  const std::vector<float> result = weights_of(pruned(one_layer({nan, 1, nan, 2, nan}), 0.4));
  EXPECT_EQ(result[1], 0.0F);
  EXPECT_EQ(result[3], 0.0F);
}

TEST(Prune, LeavesExactlyTheWantedNumber) {
  Rng rng(8);
  std::vector<float> weights(1000);
  for (float& w : weights) w = static_cast<float>(rng.below(20)) + 1;  // many ties
  const Network network = one_layer(weights);
  for (int percent = 5; percent <= 95; percent += 5) {
    const std::vector<float> result = weights_of(pruned(network, percent / 100.0));
    EXPECT_EQ(std::count(result.begin(), result.end(), 0.0F), static_cast<int>(std::floor(percent / 100.0 * 1000)));
  }
}

TEST(Prune, LeavesZerosOutOnlyWhereThatIsSmaller) {
  Rng rng(9);
  std::vector<float> weights(1000);
  for (float& w : weights) w = static_cast<float>(rng.normal()) + 5;
  const Network network = one_layer(weights);
  EXPECT_EQ(pruned(network, 0.02).storage.encoding, Storage::Encoding::kDense);
  const Layer half = pruned(network, 0.5);
  EXPECT_EQ(half.storage.encoding, Storage::Encoding::kBitmap);
  EXPECT_EQ(stored_bits(half), 1000 + 500 * 32);
  // Two bits a weight leave a bitmap nothing to gain at a quarter of zeros.
  EXPECT_EQ(pruned(network, 0.25, {{"weight_bits", 2.0}}).storage.encoding, Storage::Encoding::kDense);
  EXPECT_EQ(pruned(network, 0.5, {{"weight_bits", 8.0}}).storage.encoding, Storage::Encoding::kBitmap);
  // Where few weights are left, gaps between them take fewer bits than a flag for each.
  EXPECT_EQ(pruned(network, 0.95).storage.encoding, Storage::Encoding::kRelative);
}

TEST(Prune, PatternsKeepNOfEveryM) {
  const Draft draft = draft_of(testing::chain_network());
  for (const char* criterion : {"magnitude", "second-order", "exact"}) {
    const Knobs knobs = {{"pattern", std::string("2:4")}, {"criterion", std::string(criterion)}};
    const Draft result = apply_recipe(draft, {{"conv2", "prune", knobs}, {"fc1", "prune", knobs}}, 1).value();
    for (const char* name : {"conv2", "fc1"}) {
      const Layer& layer = result.network.layer(*result.network.find(name));
      EXPECT_EQ(layer.storage.encoding, Storage::Encoding::kGroups);
      for (const WeightMatrix& matrix : weight_matrices(result, layer))
        EXPECT_TRUE(linear::obeys(linear::nonzero_mask(matrix.values), {2, 4})) << name << " " << criterion;
    }
  }
}

TEST(Prune, WhatOutputsMissFallsFromMagnitudeToSecondOrderToExact) {
  const Draft draft = draft_of(testing::chain_network());
  for (const char* name : {"conv2", "fc1"}) {
    const Layer& before = draft.network.layer(*draft.network.find(name));
    const auto error = [&](const char* criterion) {
      const Draft result = apply_recipe(draft, {{name, "prune", {{"criterion", std::string(criterion)}}}}, 1).value();
      const auto now = weight_matrices(result, result.network.layer(*result.network.find(name)));
      const auto then = weight_matrices(draft, before);
      return linear::quadratic_form(linear::difference(now[0].values, then[0].values), then[0].gram());
    };
    EXPECT_LT(error("second-order"), error("magnitude") / 2) << name;
    EXPECT_LE(error("exact"), error("second-order")) << name;
  }
}

TEST(Prune, OneBudgetIsKeptByTheNetworkAsAWhole) {
  const Draft draft = draft_of(testing::chain_network());
  for (const char* criterion : {"magnitude", "second-order"}) {
    Recipe recipe;
    for (const char* name : {"conv1", "conv2", "fc1", "fc2"})
      recipe.push_back({name, "prune", {{"budget", std::string("network")}, {"criterion", std::string(criterion)}}});
    const Draft result = apply_recipe(draft, recipe, 1).value();
    double removed = 0;
    double all = 0;
    std::set<double> shares;
    for (const Layer& layer : result.network.layers()) {
      if (!layer.has_weight()) continue;
      const double zeros = static_cast<double>(layer.weight()->size() - layer.weight()->nonzero_count());
      removed += zeros;
      all += static_cast<double>(layer.weight()->size());
      shares.insert(zeros / static_cast<double>(layer.weight()->size()));
    }
    EXPECT_NEAR(removed / all, 0.5, 0.01) << criterion;
    EXPECT_GT(shares.size(), 1U) << criterion;
  }
}

}  // namespace
}  // namespace roofscape::approx
