#include <gtest/gtest.h>

#include "analytics/approx/cascade.h"
#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::residual_network;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

const op::Select& select_of(const Network& network) { return *network.layer(network.output()).as<op::Select>(); }

// Features that are the one-hot label itself, in both halves.
Draft telling_draft() {
  Draft draft = draft_of(residual_network());
  auto features = std::make_shared<ExitFeatures>();
  features->columns = 8;
  draft.calibration.labels.clear();
  for (int i = 0; i < 64; ++i) {
    const int label = i / 2 % 4;
    draft.calibration.labels.push_back(label);
    for (int c = 0; c < 8; ++c) features->values.push_back(c == label ? 1.0F : 0.0F);
  }
  draft.calibration.images = 64;
  draft.calibration.exit_features["add1"] = features;
  return draft;
}

TEST(EarlyExit, AHeadThatKnowsTheLabelLetsAllImagesLeave) {
  const Draft draft = telling_draft();
  const Network exiting = apply_recipe(draft, {{"add1", "early_exit", {{"ridge", 0.0}}}}, 1).value().network;
  EXPECT_EQ(exiting.output_shape(), draft.network.output_shape());
  EXPECT_EQ(select_of(exiting).leaving, 1);
  EXPECT_FLOAT_EQ(select_of(exiting).confidence, 0.9F);
  const Layer& select = exiting.layer(exiting.output());
  EXPECT_EQ(exiting.layer(select.inputs[1]).name, draft.network.layer(draft.network.output()).name);
  const Layer& head = exiting.layer(select.inputs[0]);
  EXPECT_EQ(head.weight()->shape(), (Shape{4, 8}));
  // Each class weighs its own feature most.
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t c = 0; c < 4; ++c)
      if (c != k) {
        EXPECT_GT(head.weight()->values()[8 * k + k], head.weight()->values()[8 * k + c] + 1);
      }
}

TEST(EarlyExit, FewerImagesLeaveTheMoreConfidenceIsAsked) {
  const Draft draft = draft_of(residual_network(), 3);
  double before = 1;
  for (const double confidence : {0.3, 0.6, 0.9, 0.99}) {
    const Network exiting =
        apply_recipe(draft, {{"add1", "early_exit", {{"confidence", confidence}}}}, 1).value().network;
    EXPECT_LE(select_of(exiting).leaving, before);
    before = select_of(exiting).leaving;
  }
  EXPECT_LT(before, 1);
}

TEST(EarlyExit, TheHeadOfAnIntegerNetworkIsInteger) {
  const Recipe recipe = {{"conv2", "integer", {}}, {"add1", "early_exit", {}}};
  const Network exiting = apply_recipe(draft_of(residual_network()), recipe, 1).value().network;
  const Layer& head = exiting.layer(exiting.layer(exiting.output()).inputs[0]);
  EXPECT_EQ(head.arithmetic.weight->format.name(), "int8");
  EXPECT_TRUE(head.arithmetic.input(0)->format.is_integer());
}

TEST(EarlyExit, SaysWhatItLacks) {
  Draft draft = draft_of(residual_network());
  draft.calibration.exit_features.clear();
  EXPECT_THAT(apply_recipe(draft, {{"add1", "early_exit", {}}}, 1).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("calibration kept no features of layer 'add1'")));
  EXPECT_THAT(apply_recipe(draft, {{"fc", "early_exit", {}}}, 1).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("it is the network's output")));
  draft = draft_of(residual_network());
  draft.calibration.labels.assign(16, -1);
  EXPECT_THAT(apply_recipe(draft, {{"add1", "early_exit", {}}}, 1).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("0 calibration images have labels")));
  EXPECT_THAT(
      apply_recipe(draft_of(residual_network()), {{"add1", "early_exit", {}}, {"conv2", "early_exit", {}}}, 1).status(),
      StatusIs(Code::kFailedPrecondition, HasSubstr("has an early exit already")));
}

TEST(Cascade, HoldsBothNetworksAndSharesWhatIsEqual) {
  const Draft draft = draft_of(chain_network());
  const Network small = apply_recipe(draft, {{"conv2", "integer", {{"weight_bits", 2.0}}}}, 1).value().network;
  const Network& large = draft.network;
  RS_ASSERT_OK_AND_ASSIGN(const Network both, cascade(small, large, {.confidence = 0.8F, .leaving = 0.25}));
  EXPECT_EQ(select_of(both).leaving, 0.25);
  // conv1, relu and pool are one; conv2 and what follows are there twice.
  EXPECT_EQ(both.size(), 2 * large.size() - 4 + 1);
  EXPECT_TRUE(both.find("conv2_2").has_value());
  EXPECT_EQ(both.layer_keys()[static_cast<std::size_t>(both.layer(both.output()).inputs[0])], small.key());
  EXPECT_EQ(both.layer_keys()[static_cast<std::size_t>(both.layer(both.output()).inputs[1])], large.key());
  EXPECT_THAT(cascade(small, residual_network(), {}).status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("takes [1, 8, 8], the large one [3, 8, 8]")));
}

TEST(Cascade, CountsTheImagesThatLeave) {
  const std::vector<float> scores = {3, 0, 1, 0, 0, 9, 0, 0};  // 0.95, 0.73, 1 − 1e-4, 0.5
  EXPECT_EQ(share_leaving(scores, 2, 0.9F, false), 0.5);
  EXPECT_EQ(share_leaving(scores, 2, 0.5F, false), 1);
  EXPECT_EQ(share_leaving(scores, 2, 2, true), 0.5);
}

}  // namespace
}  // namespace roofscape::approx
