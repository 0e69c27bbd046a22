#include "analytics/approx/channel_removal.h"

#include <gtest/gtest.h>

#include <numeric>

#include "analytics/approx/test_networks.h"

namespace roofscape::approx {
namespace {

// Moments whose element (i, j) of group g is a number of its own; totals count the columns through all groups.
std::shared_ptr<const SecondMoments> numbered(std::int64_t groups, std::int64_t columns) {
  auto moments = std::make_shared<SecondMoments>();
  moments->groups = groups;
  moments->columns = columns;
  moments->samples = 7;
  moments->sums.resize(static_cast<std::size_t>(groups * columns * columns));
  moments->totals.resize(static_cast<std::size_t>(groups * columns));
  std::iota(moments->sums.begin(), moments->sums.end(), 0.0);
  std::iota(moments->totals.begin(), moments->totals.end(), 0.0);
  return moments;
}

Draft pruned(Network network, const std::map<std::string, std::pair<std::int64_t, std::int64_t>>& moments,
             const std::string& layer) {
  Draft draft = testing::draft_of(std::move(network));
  draft.calibration.moments.clear();
  for (const auto& [name, sizes] : moments) draft.calibration.moments[name] = numbered(sizes.first, sizes.second);
  return apply_recipe(draft, {{layer, "prune_filters", {{"fraction", 0.5}}}}, 1).value();
}

// Columns of each group, and as many rows, fit what the layer's weight still has.
void expect_fit(const Draft& draft) {
  for (const auto& [name, moments] : draft.calibration.moments) {
    const Layer& layer = draft.network.layer(*draft.network.find(name));
    const Shape& weight = layer.weight()->shape();
    const auto* conv = layer.as<op::Conv>();
    EXPECT_EQ(moments->groups, conv ? conv->groups : 1) << name;
    EXPECT_EQ(moments->columns, element_count(weight) / weight[0]) << name;
    EXPECT_EQ(moments->sums.size(), static_cast<std::size_t>(moments->groups * moments->columns * moments->columns));
    EXPECT_EQ(moments->totals.size(), static_cast<std::size_t>(moments->groups * moments->columns));
    EXPECT_EQ(moments->samples, 7);
  }
}

TEST(ChannelRemoval, ReadersLoseTheColumnsOfTheirLostChannels) {
  const Draft draft =
      pruned(testing::chain_network(), {{"conv1", {1, 9}}, {"conv2", {1, 54}}, {"fc1", {1, 128}}}, "conv1");
  expect_fit(draft);
  EXPECT_EQ(*draft.calibration.moments_of("conv1")->totals.rbegin(), 8);
  // Runs of nine taps stay together, and rows go with columns.
  const SecondMoments& moments = *draft.calibration.moments_of("conv2");
  for (std::size_t i = 0; i < 27; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(moments.totals[i]) % 9, i % 9);
    for (std::size_t j = 0; j < 27; ++j)
      EXPECT_EQ(moments.sums[i * 27 + j], moments.totals[i] * 54 + moments.totals[j]);
  }
}

TEST(ChannelRemoval, FlattenedChannelsAreRunsOfColumns) {
  expect_fit(pruned(testing::chain_network(), {{"fc1", {1, 128}}, {"fc2", {1, 12}}}, "conv2"));
  expect_fit(pruned(testing::chain_network(), {{"fc1", {1, 128}}, {"fc2", {1, 12}}}, "fc1"));
  expect_fit(pruned(testing::residual_network(), {{"conv2", {1, 72}}, {"conv4", {1, 72}}, {"fc", {1, 8}}}, "conv1"));
}

TEST(ChannelRemoval, DepthwiseLayersLoseGroups) {
  const Draft draft = pruned(testing::branching_network(), {{"depthwise", {12, 9}}, {"mix", {1, 24}}}, "left");
  expect_fit(draft);
  const SecondMoments& moments = *draft.calibration.moments_of("depthwise");
  EXPECT_LT(moments.groups, 12);
  for (std::size_t i = 0; i < moments.totals.size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(moments.totals[i]) % 9, i % 9);
}

}  // namespace
}  // namespace roofscape::approx
