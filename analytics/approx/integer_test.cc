#include <gtest/gtest.h>

#include "analytics/approx/bias_correction.h"
#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::recurrent_network;
using ::roofscape::testing::residual_network;

Layer quantised(const Network& network, const std::string& layer, const Knobs& knobs) {
  const Draft draft = draft_of(network);
  const Draft result = apply_recipe(draft, {{layer, "integer", knobs}}, 1).value();
  return result.network.layer(*result.network.find(layer));
}

TEST(Integer, FormatsFollowTheKnobsAndTheSignOfTheValues) {
  const Layer conv2 = quantised(chain_network(), "conv2", {{"weight_bits", 4.0}, {"activation_bits", 6.0}});
  EXPECT_EQ(conv2.arithmetic.weight->format.name(), "int4");
  EXPECT_EQ(conv2.arithmetic.weight->axis, 0);
  EXPECT_EQ(conv2.arithmetic.weight->scale.size(), 8U);
  // It reads a MaxPool of made-up values that go below 0.
  EXPECT_EQ(conv2.arithmetic.input(0)->format.name(), "int6");
  const Layer fc2 = quantised(chain_network(), "fc2", {{"granularity", std::string("tensor")}});
  EXPECT_EQ(fc2.arithmetic.input(0)->format.name(), "uint8");  // after a Relu
  EXPECT_FALSE(fc2.arithmetic.weight->per_channel());
  const Layer affine = quantised(chain_network(), "conv2", {{"activation_scheme", std::string("affine")}});
  EXPECT_EQ(affine.arithmetic.input(0)->format.name(), "uint8");
  EXPECT_GT(affine.arithmetic.input(0)->zero_point[0], 0);
}

TEST(Integer, ThirtyTwoBitsLeaveOneSideAlone) {
  const Layer weights = quantised(chain_network(), "conv2", {{"activation_bits", 32.0}});
  EXPECT_TRUE(weights.arithmetic.weight);
  EXPECT_FALSE(weights.arithmetic.input(0));
  const Layer inputs = quantised(chain_network(), "conv2", {{"weight_bits", 32.0}});
  EXPECT_FALSE(inputs.arithmetic.weight);
  EXPECT_TRUE(inputs.arithmetic.input(0));
}

TEST(Integer, AddHasAQuantiserForEachOperand) {
  const Layer add = quantised(residual_network(), "add1", {{"activation_bits", 8.0}});
  ASSERT_EQ(add.arithmetic.inputs.size(), 2U);
  EXPECT_EQ(add.arithmetic.input(0)->format.name(), "int8");
  EXPECT_EQ(add.arithmetic.input(1)->format.name(), "uint8");
  EXPECT_FALSE(add.arithmetic.weight);
}

TEST(Integer, RecurrentWeightsShareOneGrid) {
  const Layer lstm = quantised(recurrent_network(), "lstm", {});
  EXPECT_EQ(lstm.arithmetic.weight->axis, 1);
  EXPECT_EQ(lstm.arithmetic.weight->scale.size(), 16U);
}

// The mean of Wq·x + b' over values of the given channel means equals that of W·x + b.
TEST(BiasCorrection, TakesBackTheMeanShiftOfADenseLayer) {
  Rng rng(3);
  Layer layer;
  layer.operation = op::Dense{};
  const TensorPtr original = testing::random_tensor({3, 4}, rng);
  layer.constants = {testing::random_tensor({3, 4}, rng), testing::random_tensor({3}, rng)};
  ValueStatistics input;
  input.channel_mean = {1, -2, 0.5, 3};
  const TensorPtr bias = corrected_bias(layer, *original, input);
  for (std::size_t o = 0; o < 3; ++o) {
    double before = layer.constants[1]->values()[o];
    double after = bias->values()[o];
    for (std::size_t i = 0; i < 4; ++i) {
      before += original->values()[4 * o + i] * input.channel_mean[i];
      after += layer.constants[0]->values()[4 * o + i] * input.channel_mean[i];
    }
    EXPECT_NEAR(after, before, 1e-5);
  }
}

TEST(BiasCorrection, FollowsGroupsAndAddsAMissingBias) {
  Layer layer;
  op::Conv conv;
  conv.groups = 2;
  layer.operation = conv;
  // Four filters in two groups of two input channels each, one tap; only the last filter's second weight changes by 1.
  const TensorPtr original = make_tensor({4, 2, 1, 1}, std::vector<float>(8, 0.0F));
  std::vector<float> changed(8, 0.0F);
  changed[7] = 1;
  layer.constants = {make_tensor({4, 2, 1, 1}, changed)};
  ValueStatistics input;
  input.channel_mean = {10, 20, 30, 40};
  const TensorPtr bias = corrected_bias(layer, *original, input);
  EXPECT_EQ(bias->shape(), (Shape{4}));
  EXPECT_EQ(std::vector<float>(bias->values().begin(), bias->values().end()), (std::vector<float>{0, 0, 0, -40}));
}

TEST(BiasCorrection, TransposedAndRecurrentLayers) {
  Layer up;
  op::ConvTranspose transposed;
  transposed.stride = {2, 1};
  up.operation = transposed;
  up.constants = {make_tensor({1, 2, 1, 2}, {1, 1, 0, 0}), nullptr};
  ValueStatistics input;
  input.channel_mean = {6};
  const TensorPtr bias = corrected_bias(up, *make_tensor({1, 2, 1, 2}, {0, 0, 0, 0}), input);
  EXPECT_EQ(std::vector<float>(bias->values().begin(), bias->values().end()), (std::vector<float>{-6, 0}));

  Layer gru;
  gru.operation = op::Recurrent{};
  gru.constants = {make_tensor({1, 2, 1}, {1, 2}), make_tensor({1, 2, 1}, {0, 0}), make_tensor({1, 4}, {1, 1, 1, 1})};
  const TensorPtr gates = corrected_bias(gru, *make_tensor({1, 2, 1}, {0, 0}), input);
  EXPECT_EQ(gates->shape(), (Shape{1, 4}));
  EXPECT_EQ(std::vector<float>(gates->values().begin(), gates->values().end()), (std::vector<float>{-5, -11, 1, 1}));
}

}  // namespace
}  // namespace roofscape::approx
