#include <gtest/gtest.h>

#include <cmath>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;
using ::roofscape::testing::RandomNetwork;
using ::testing::HasSubstr;

Shape shape_of(const Network& network, const std::string& layer) {
  return network.layer(*network.find(layer)).output_shape;
}
Shape weight_shape(const Network& network, const std::string& layer) {
  return network.layer(*network.find(layer)).weight()->shape();
}
Draft pruned(const Network& network, const std::string& layer, double fraction) {
  return apply_recipe(draft_of(network), {{layer, "prune_filters", {{"fraction", fraction}}}}, 1).value();
}
std::string why_not(const Network& network, const std::string& layer) {
  const Method* method = find_method("prune_filters").value();
  const MaybeDecline decline = method->applies(network, *network.find(layer));
  return decline ? decline->because : "";
}

TEST(PruneFilters, RemovesTheSmallestFiltersAndWhatReadsThem) {
  RandomNetwork n({1, 1, 1});
  const LayerId conv = n.add("conv", op::Conv{}, {n.last()},
                             {make_tensor({4, 1, 1, 1}, {2, -1, 3, 0.5F}), make_tensor({4}, {20, 10, 30, 5})});
  n.add("next", op::Conv{}, {conv}, {make_tensor({1, 4, 1, 1}, {200, 100, 300, 50})});
  const Network result = pruned(n.finish(), "conv", 0.5).network;
  const auto values = [&](const char* layer, std::size_t constant) {
    const auto span = result.layer(*result.find(layer)).constants[constant]->values();
    return std::vector<float>(span.begin(), span.end());
  };
  EXPECT_EQ(values("conv", 0), (std::vector<float>{2, 3}));
  EXPECT_EQ(values("conv", 1), (std::vector<float>{20, 30}));
  EXPECT_EQ(values("next", 0), (std::vector<float>{200, 300}));
}

TEST(PruneFilters, ShrinksThroughPoolAndFlatten) {
  const Network base = testing::chain_network();
  const Draft draft = pruned(base, "conv2", 0.5);
  EXPECT_EQ(weight_shape(draft.network, "conv2"), (Shape{4, 6, 3, 3}));
  EXPECT_EQ(weight_shape(draft.network, "fc1"), (Shape{12, 64}));
  EXPECT_LT(network_work(draft.network).macs, network_work(base).macs);
  EXPECT_LT(network_work(draft.network).stored_weight_bits, network_work(base).stored_weight_bits);
  EXPECT_EQ(draft.calibration.find("conv2")->channel_mean.size(), 4U);
  EXPECT_EQ(weight_shape(pruned(base, "fc1", 0.75).network, "fc2"), (Shape{5, 3}));
}

TEST(PruneFilters, KeepsAtLeastOneFilter) {
  EXPECT_EQ(weight_shape(pruned(testing::chain_network(), "conv1", 0.95).network, "conv1")[0], 1);
}

TEST(PruneFilters, ResidualJoinsShrinkTogether) {
  const Network network = testing::residual_network();
  const Network result = pruned(network, "conv3", 0.25).network;
  for (const char* layer : {"conv1", "conv3", "conv5", "add1", "add2"})
    EXPECT_EQ(shape_of(result, layer)[0], 6) << layer;
  EXPECT_EQ(weight_shape(result, "conv2"), (Shape{6, 6, 3, 3}));
  EXPECT_EQ(weight_shape(result, "conv4"), (Shape{10, 6, 3, 3}));
  EXPECT_EQ(weight_shape(result, "fc"), (Shape{4, 6}));
}

TEST(PruneFilters, OfCoupledLayersTheLargestFractionCounts) {
  const Draft draft = draft_of(testing::residual_network());
  for (const auto& [first, second] : {std::pair{0.25, 0.5}, std::pair{0.5, 0.25}, std::pair{0.5, 0.5}}) {
    const Network result =
        apply_recipe(
            draft,
            {{"conv1", "prune_filters", {{"fraction", first}}}, {"conv5", "prune_filters", {{"fraction", second}}}}, 1)
            .value()
            .network;
    EXPECT_EQ(shape_of(result, "add2")[0], 4);
  }
}

// c is added to what a and b make together: none of the three may lose all its filters.
TEST(PruneFilters, CoupledLayersKeepAtLeastOneFilterEach) {
  RandomNetwork n({1, 4, 4});
  const LayerId input = n.last();
  const LayerId a = n.add("a", op::Conv{}, {input}, {make_tensor({3, 1, 1, 1}, {.1F, .2F, .3F})});
  const LayerId both = n.add("both", op::Concat{}, {a, n.conv("b", input, 1, 5, 1)});
  const LayerId c = n.add("c", op::Conv{}, {input}, {make_tensor({8, 1, 1, 1}, {0, 0, 0, 1, 1, 1, 1, 1})});
  n.conv("out", n.add("sum", op::Binary{}, {both, c}), 8, 2, 1);
  const Network network = n.finish();
  for (const char* criterion : {"magnitude", "second-order"}) {
    const Knobs knobs = {{"fraction", 0.95}, {"criterion", std::string(criterion)}};
    RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft_of(network), {{"c", "prune_filters", knobs}}, 1));
    EXPECT_EQ(shape_of(result.network, "a")[0], 1) << criterion;
    EXPECT_EQ(shape_of(result.network, "b")[0], 1) << criterion;
    EXPECT_EQ(shape_of(result.network, "c")[0], 2) << criterion;
  }
}

TEST(PruneFilters, ScoresSumOverTheGroup) {
  // Filter 0 is small in one layer and large in the other; filter 1 is middling in both and has the smaller sum.
  RandomNetwork n({1, 1, 1});
  const LayerId input = n.last();
  const LayerId a = n.add("a", op::Conv{}, {input}, {make_tensor({2, 1, 1, 1}, {1, 2})});
  const LayerId b = n.add("b", op::Conv{}, {input}, {make_tensor({2, 1, 1, 1}, {10, 3})});
  const LayerId sum = n.add("sum", op::Binary{}, {a, b});
  n.add("out", op::Conv{}, {sum}, {make_tensor({1, 2, 1, 1}, {1, 1})});
  const Network result = pruned(n.finish(), "a", 0.5).network;
  EXPECT_EQ(result.layer(*result.find("a")).weight()->values()[0], 1.0F);
  EXPECT_EQ(result.layer(*result.find("b")).weight()->values()[0], 10.0F);
}

TEST(PruneFilters, FollowsConcatDepthwiseAffineAndConstants) {
  const Network result = pruned(testing::branching_network(), "right", 0.5).network;  // 7 → 4
  EXPECT_EQ(shape_of(result, "concat")[0], 9);
  EXPECT_EQ(shape_of(result, "depthwise")[0], 18);
  EXPECT_EQ(result.layer(*result.find("depthwise")).as<op::Conv>()->groups, 9);
  EXPECT_EQ(result.layer(*result.find("norm")).constants[0]->shape(), (Shape{18}));
  EXPECT_EQ(result.layer(*result.find("prelu")).constants[0]->shape(), (Shape{18, 1, 1}));
  EXPECT_EQ(weight_shape(result, "mix"), (Shape{4, 18, 1, 1}));
  EXPECT_EQ(weight_shape(result, "left"), (Shape{5, 3, 3, 3}));
}

TEST(PruneFilters, FollowsTransposesMeansAndTransposedConvolutions) {
  const Network turned = pruned(testing::transposing_network(), "conv1", 0.5).network;  // 9 → 5
  EXPECT_EQ(shape_of(turned, "rows"), (Shape{25, 5}));
  EXPECT_EQ(weight_shape(turned, "fc1"), (Shape{6, 5}));
  EXPECT_EQ(weight_shape(pruned(testing::transposing_network(), "fc1", 0.5).network, "fc2"), (Shape{3, 3}));
  const Network decoded = pruned(testing::decoding_network(), "up1", 0.5).network;
  EXPECT_EQ(weight_shape(decoded, "up1"), (Shape{4, 3, 2, 2}));
  EXPECT_EQ(weight_shape(decoded, "up2"), (Shape{3, 1, 2, 2}));
  EXPECT_EQ(shape_of(decoded, "slice"), (Shape{3, 8, 8}));
  EXPECT_EQ(weight_shape(decoded, "down"), (Shape{2, 3, 3, 3}));
  const Network sequence = pruned(testing::recurrent_network(), "embed", 0.5).network;
  EXPECT_EQ(weight_shape(sequence, "lstm"), (Shape{1, 16, 4}));
}

TEST(PruneFilters, SaysWhyItDeclines) {
  EXPECT_THAT(why_not(testing::chain_network(), "fc2"), HasSubstr("outputs of the network"));
  EXPECT_THAT(why_not(testing::branching_network(), "depthwise"), HasSubstr("tied to the channels that it reads"));
  EXPECT_THAT(why_not(testing::product_network(), "query"), HasSubstr("layer 'product' mixes the channels"));
  EXPECT_THAT(why_not(testing::recurrent_network(), "lstm"), HasSubstr("LSTM has no filters"));

  RandomNetwork n({2, 4, 4});
  const LayerId conv = n.conv("conv", n.last(), 2, 4, 1);
  const LayerId input_sum = n.add("sum", op::Binary{}, {n.conv("same", conv, 4, 2, 1), 0});
  const LayerId grouped = n.conv("grouped", n.conv("wide", input_sum, 2, 8, 1), 8, 8, 1, 2);
  const LayerId soft = n.add("softmax", op::Softmax{0}, {n.conv("scored", grouped, 8, 3, 1)});
  const LayerId some = n.add("some", op::Gather{0, {0, 2}, {2}}, {n.conv("picked", soft, 3, 4, 1)});
  const LayerId shuffled = n.add("shuffle", op::Reshape{{8, 24}}, {n.conv("mixed", some, 2, 12, 1)});
  n.dense("fc", n.flatten(shuffled, 192), 192, 2);
  const Network network = n.finish();
  EXPECT_THAT(why_not(network, "same"), HasSubstr("layer 'input' is the network's input"));
  EXPECT_THAT(why_not(network, "wide"), HasSubstr("layer 'grouped' has 2 groups"));
  EXPECT_THAT(why_not(network, "scored"), HasSubstr("layer 'softmax' normalises over the channels"));
  EXPECT_THAT(why_not(network, "picked"), HasSubstr("layer 'some' gathers some of the channels"));
  EXPECT_THAT(why_not(network, "mixed"), HasSubstr("layer 'shuffle' reshapes [12, 4, 4] to [8, 24], which splits"));
  EXPECT_EQ(why_not(network, "conv"), "");
}

TEST(PruneFilters, FiltersThatAReshapeJoinsLeaveTogether) {
  RandomNetwork n({2, 4, 4});
  const LayerId joined = n.add("join", op::Reshape{{4, 3, 16}}, {n.conv("conv", n.last(), 2, 12, 1)});
  n.dense("fc", n.flatten(joined, 192), 192, 2);
  const Network network = n.finish();
  Draft draft = pruned(network, "conv", 0.25);
  EXPECT_EQ(shape_of(draft.network, "join"), (Shape{3, 3, 16}));
  EXPECT_EQ(weight_shape(draft.network, "fc"), (Shape{2, 144}));
  // A second step counts from the filters that were there at first.
  const Method* method = find_method("prune_filters").value();
  const Knobs half = complete_knobs(method->info(), {{"fraction", 0.5}}).value();
  RS_ASSERT_OK_AND_ASSIGN(draft, method->apply(draft, *network.find("conv"), half, 1));
  EXPECT_EQ(shape_of(draft.network, "join"), (Shape{2, 3, 16}));
}

TEST(PruneFilters, QuantisersAlongTheChannelsShrinkToo) {
  Draft draft =
      apply_recipe(draft_of(testing::chain_network()), {{"conv1", "integer", {}}, {"conv2", "integer", {}}}, 1).value();
  const Method* method = find_method("prune_filters").value();
  const Knobs half = complete_knobs(method->info(), {{"fraction", 0.5}}).value();
  RS_ASSERT_OK_AND_ASSIGN(const Draft result, method->apply(draft, *draft.network.find("conv1"), half, 1));
  EXPECT_EQ(result.network.layer(*result.network.find("conv1")).arithmetic.weight->scale.size(), 3U);
  EXPECT_EQ(result.network.layer(*result.network.find("conv2")).arithmetic.weight->scale.size(), 8U);
}

Knobs second_order(double fraction, bool reconstruct) {
  return {{"fraction", fraction}, {"criterion", std::string("second-order")}, {"reconstruct", reconstruct}};
}

TEST(PruneFilters, SecondOrderRemovesALargeFilterThatNobodyMisses) {
  RandomNetwork n({1, 1, 1});
  const LayerId conv = n.add("conv", op::Conv{}, {n.last()}, {make_tensor({3, 1, 1, 1}, {90, 1, 2})});
  n.add("next", op::Conv{}, {conv}, {make_tensor({1, 3, 1, 1}, {0.001F, 5, 7})});
  Draft draft = draft_of(n.finish());
  const auto left = [&](const Knobs& knobs) {
    const Draft result = apply_recipe(draft, {{"conv", "prune_filters", knobs}}, 1).value();
    const auto values = result.network.layer(*result.network.find("conv")).weight()->values();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(left({{"fraction", 0.34}}), (std::vector<float>{90, 2}));
  EXPECT_EQ(left(second_order(0.34, false)), (std::vector<float>{1, 2}));
  EXPECT_EQ(left(second_order(0.34, true)), (std::vector<float>{1, 2}));
  // With a filter that is always 0 the reader's weights do not count.
  auto moments = std::make_shared<SecondMoments>();
  *moments = {.columns = 3, .samples = 2, .sums = {1, 0, 0, 0, 0, 0, 0, 0, 1}, .totals = {0, 0, 0}};
  draft.calibration.moments["next"] = moments;
  EXPECT_EQ(left(second_order(0.34, true)), (std::vector<float>{90, 2}));
}

// Readers whose outputs are large do not outvote the others: each counts as a share of what it gives out.
TEST(PruneFilters, ReadersOfAnySizeCount) {
  RandomNetwork n({1, 1, 1});
  const LayerId conv = n.add("conv", op::Conv{}, {n.last()}, {make_tensor({2, 1, 1, 1}, {1, 1})});
  const LayerId large = n.add("large", op::Conv{}, {conv}, {make_tensor({1, 2, 1, 1}, {700, 900})});
  const LayerId small = n.add("small", op::Conv{}, {conv}, {make_tensor({1, 2, 1, 1}, {0.02F, 0})});
  n.add("sum", op::Binary{}, {large, small});
  Draft draft = draft_of(n.finish());
  auto moments = std::make_shared<SecondMoments>();
  *moments = {.columns = 2, .samples = 4, .sums = {4, 0, 0, 4}, .totals = {0, 0}};
  draft.calibration.moments["large"] = draft.calibration.moments["small"] = moments;
  for (const bool reconstruct : {false, true}) {
    RS_ASSERT_OK_AND_ASSIGN(const Draft result,
                            apply_recipe(draft, {{"conv", "prune_filters", second_order(0.5, reconstruct)}}, 1));
    EXPECT_EQ(result.network.layer(*result.network.find("large")).weight()->values()[0], 700.0F);
  }
}

TEST(PruneFilters, SecondOrderShrinksEveryStructureAsMagnitudeDoes) {
  for (const auto& [name, network] : testing::test_networks()) {
    for (const Layer& layer : network.layers()) {
      if (!why_not(network, layer.name).empty()) continue;
      const Network plain = pruned(network, layer.name, 0.4).network;
      for (const bool reconstruct : {false, true}) {
        RS_ASSERT_OK_AND_ASSIGN(
            const Draft result,
            apply_recipe(draft_of(network), {{layer.name, "prune_filters", second_order(0.4, reconstruct)}}, 1));
        for (LayerId id = 0; id < plain.size(); ++id)
          EXPECT_EQ(result.network.layer(id).output_shape, plain.layer(id).output_shape) << name << " " << layer.name;
      }
    }
  }
}

TEST(PruneFilters, ReadersThatAreTooWideForMomentsAreNamed) {
  RandomNetwork n({1, 4, 4});
  n.dense("fc", n.flatten(n.conv("conv", n.last(), 1, 257, 3), 4112), 4112, 2);
  const Network network = n.finish();
  const Method* method = find_method("prune_filters").value();
  const auto why = [&](const Knobs& given) {
    const Knobs knobs = complete_knobs(method->info(), given).value();
    const MaybeDecline decline = method->accepts(network, *network.find("conv"), knobs);
    return decline ? decline->because : "";
  };
  EXPECT_THAT(why(second_order(0.5, false)),
              HasSubstr("of layer 'fc', which reads its filters: its dot products have 4112 terms"));
  EXPECT_THAT(why({{"reconstruct", true}}), HasSubstr("kept for at most 4096"));
  EXPECT_EQ(why({}), "");
}

// Filters of the layers with a step, before and after.
std::pair<std::int64_t, std::int64_t> filters(const Network& before, const Network& after,
                                              const std::vector<std::string>& layers) {
  std::pair<std::int64_t, std::int64_t> sum;
  for (const std::string& layer : layers) {
    sum.first += weight_shape(before, layer)[0];
    sum.second += weight_shape(after, layer)[0];
  }
  return sum;
}

TEST(PruneFilters, OneBudgetIsKeptByTheNetworkAsAWhole) {
  const std::vector<std::pair<Network, std::vector<std::string>>> cases = {
      {testing::chain_network(), {"conv1", "conv2", "fc1"}},
      {testing::residual_network(), {"conv1", "conv2", "conv3", "conv4", "conv5"}},
      {testing::branching_network(), {"left", "right", "mix"}}};
  for (const auto& [network, layers] : cases) {
    for (const char* criterion : {"magnitude", "second-order"}) {
      for (const bool reconstruct : {false, true}) {
        Knobs knobs = second_order(0.4, reconstruct);
        knobs["criterion"] = std::string(criterion);
        Recipe each, together;
        for (const std::string& layer : layers) each.push_back({layer, "prune_filters", knobs});
        knobs["budget"] = std::string("network");
        for (const std::string& layer : layers) together.push_back({layer, "prune_filters", knobs});
        RS_ASSERT_OK_AND_ASSIGN(const Draft by_layer, apply_recipe(draft_of(network), each, 1));
        RS_ASSERT_OK_AND_ASSIGN(const Draft by_network, apply_recipe(draft_of(network), together, 1));
        const auto [all, left] = filters(network, by_network.network, layers);
        const std::int64_t budget = filters(network, by_layer.network, layers).second;
        // Coupled layers lose several filters at once.
        EXPECT_LE(left, budget) << criterion << reconstruct;
        EXPECT_GE(left, budget - 3) << criterion << reconstruct;
        EXPECT_LT(left, all);
      }
    }
  }
}

TEST(PruneFilters, ABudgetTakesFromTheLayerThatLosesLeast) {
  RandomNetwork n({1, 1, 1});
  const LayerId a = n.add("a", op::Conv{}, {n.last()}, {make_tensor({4, 1, 1, 1}, {1, 1, 1, 1})});
  const LayerId b = n.add("b", op::Conv{}, {a},
                          {make_tensor({4, 4, 1, 1}, std::vector<float>{9, .01F, .01F, .01F, 9, .01F, .01F, .01F, 9,
                                                                        .01F, .01F, .01F, 9, .01F, .01F, .01F})});
  n.add("c", op::Conv{}, {b}, {make_tensor({1, 4, 1, 1}, {5, 5, 5, 5})});
  Draft draft = draft_of(n.finish());
  auto white = std::make_shared<SecondMoments>();
  white->columns = 4;
  white->samples = 9;
  white->totals.assign(4, 0);
  white->sums = {9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9};
  draft.calibration.moments["b"] = draft.calibration.moments["c"] = white;
  for (const bool reconstruct : {false, true}) {
    Knobs knobs = second_order(0.25, reconstruct);
    knobs["budget"] = std::string("network");
    RS_ASSERT_OK_AND_ASSIGN(const Draft result,
                            apply_recipe(draft, {{"a", "prune_filters", knobs}, {"b", "prune_filters", knobs}}, 1));
    EXPECT_EQ(weight_shape(result.network, "a")[0], 2);
    EXPECT_EQ(weight_shape(result.network, "b")[0], 4);
  }
}

}  // namespace
}  // namespace roofscape::approx
