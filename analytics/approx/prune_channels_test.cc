#include <gtest/gtest.h>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;
using ::roofscape::testing::RandomNetwork;
using ::testing::HasSubstr;

Shape weight_shape(const Network& network, const std::string& layer) {
  return network.layer(*network.find(layer)).weight()->shape();
}
Draft pruned(const Network& network, const std::string& layer, const Knobs& knobs) {
  return apply_recipe(draft_of(network), {{layer, "prune_channels", knobs}}, 1).value();
}
std::string why_not(const Network& network, const std::string& layer) {
  const MaybeDecline decline = find_method("prune_channels").value()->applies(network, *network.find(layer));
  return decline ? decline->because : "";
}

TEST(PruneChannels, RemovesWhatTheLayerWeighsLeastAndTheFiltersThatMakeIt) {
  RandomNetwork n({1, 1, 1});
  const LayerId conv = n.add("conv", op::Conv{}, {n.last()},
                             {make_tensor({4, 1, 1, 1}, {2, -1, 3, 0.5F}), make_tensor({4}, {20, 10, 30, 5})});
  n.add("next", op::Conv{}, {conv}, {make_tensor({2, 4, 1, 1}, {1, 5, -6, 2, 1, 0, 1, 3})});
  const Network result = pruned(n.finish(), "next", {{"fraction", 0.5}}).network;
  const auto values = [&](const char* layer, std::size_t constant) {
    const auto span = result.layer(*result.find(layer)).constants[constant]->values();
    return std::vector<float>(span.begin(), span.end());
  };
  // Σ|w| of the columns: 2, 5, 7, 5; of equal ones the first leaves.
  EXPECT_EQ(values("conv", 0), (std::vector<float>{3, 0.5F}));
  EXPECT_EQ(values("conv", 1), (std::vector<float>{30, 5}));
  EXPECT_EQ(values("next", 0), (std::vector<float>{-6, 2, 1, 3}));
}

TEST(PruneChannels, AFlattenedChannelIsARunOfColumns) {
  const Network result = pruned(testing::chain_network(), "fc1", {{"fraction", 0.25}}).network;
  EXPECT_EQ(weight_shape(result, "fc1"), (Shape{12, 96}));
  EXPECT_EQ(weight_shape(result, "conv2"), (Shape{6, 6, 3, 3}));
}

TEST(PruneChannels, FollowsJoinsConcatDepthwiseAndRecurrentReaders) {
  const Network joined = pruned(testing::residual_network(), "conv4", {{"fraction", 0.25}}).network;
  for (const char* layer : {"conv1", "conv3", "conv5"}) EXPECT_EQ(weight_shape(joined, layer)[0], 6) << layer;
  EXPECT_EQ(weight_shape(joined, "conv2"), (Shape{6, 6, 3, 3}));
  const Network mixed = pruned(testing::branching_network(), "mix", {{"fraction", 0.5}}).network;
  EXPECT_EQ(weight_shape(mixed, "mix")[1], 12);
  EXPECT_EQ(weight_shape(mixed, "left")[0] + weight_shape(mixed, "right")[0], 6);
  EXPECT_EQ(weight_shape(mixed, "depthwise")[0], 12);
  EXPECT_EQ(weight_shape(pruned(testing::recurrent_network(), "lstm", {{"fraction", 0.5}}).network, "embed")[0], 4);
  EXPECT_EQ(weight_shape(pruned(testing::decoding_network(), "down", {{"fraction", 0.5}}).network, "up1")[1], 3);
}

TEST(PruneChannels, OfReadersOfTheSameChannelsTheLargestFractionCounts) {
  const Draft draft = draft_of(testing::residual_network());
  for (const auto& [first, second] : {std::pair{0.25, 0.5}, std::pair{0.5, 0.25}, std::pair{0.5, 0.5}}) {
    const Recipe recipe = {{"conv2", "prune_channels", {{"fraction", first}}},
                           {"conv4", "prune_channels", {{"fraction", second}}},
                           {"conv5", "prune_filters", {{"fraction", 0.5}}}};
    RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft, recipe, 1));
    EXPECT_EQ(weight_shape(result.network, "fc")[1], 4);
  }
}

// What second order asks is the same from either side.
TEST(PruneChannels, SecondOrderMeansTheSameAsForFilters) {
  const Draft draft = draft_of(testing::chain_network());
  for (const bool reconstruct : {false, true}) {
    const Knobs knobs = {{"fraction", 0.5}, {"criterion", std::string("second-order")}, {"reconstruct", reconstruct}};
    RS_ASSERT_OK_AND_ASSIGN(const Draft channels, apply_recipe(draft, {{"conv2", "prune_channels", knobs}}, 1));
    RS_ASSERT_OK_AND_ASSIGN(const Draft filters, apply_recipe(draft, {{"conv1", "prune_filters", knobs}}, 1));
    EXPECT_EQ(channels.network.design_key(), filters.network.design_key());
  }
}

TEST(PruneChannels, SaysWhyItDeclines) {
  EXPECT_THAT(why_not(testing::chain_network(), "conv1"), HasSubstr("layer 'input' is the network's input"));
  EXPECT_THAT(why_not(testing::chain_network(), "Relu_1"), HasSubstr("Relu does not weigh channels"));
  EXPECT_THAT(why_not(testing::branching_network(), "depthwise"), HasSubstr("each of its filters reads one channel"));
  EXPECT_THAT(why_not(testing::recurrent_network(), "fc"), HasSubstr("'lstm' mixes the channels"));
  RandomNetwork n({2, 4, 4});
  n.dense("fc", n.flatten(n.conv("grouped", n.conv("wide", n.last(), 2, 8, 1), 8, 8, 1, 2), 128), 128, 2);
  EXPECT_THAT(why_not(n.finish(), "grouped"), HasSubstr("cannot be removed: it has 2 groups"));
}

}  // namespace
}  // namespace roofscape::approx
