// Removing filters equals keeping them and cutting every connection that reads them: the shrunk network computes what
// the whole one does with zeros in the weights of the readers. And what is refitted after real calibration is what the
// engine then computes.
#include <gtest/gtest.h>

#include <set>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_removal.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/engine.h"
#include "analytics/engine/testing.h"

namespace roofscape::approx {
namespace {

// The axis of a reader's weight along which its inputs lie.
std::size_t reading_axis(const Layer& layer) {
  return layer.as<op::ConvTranspose>() ? 0 : layer.as<op::Recurrent>() ? 2 : 1;
}

TensorPtr with_zeros(const Tensor& weight, std::size_t axis, const std::vector<std::int64_t>& group,
                     const std::set<std::int64_t>& removed) {
  std::vector<float> values(weight.values().begin(), weight.values().end());
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < weight.shape().size(); ++i) inner *= static_cast<std::size_t>(weight.shape()[i]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (removed.contains(group[i / inner % group.size()])) values[i] = 0;
  }
  return make_tensor(weight.shape(), std::move(values));
}

Network with_readers_cut(const Network& network, const ChannelGroups& groups, const std::set<std::int64_t>& removed) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (LayerId id = 0; id < network.size(); ++id) {
    for (std::size_t input = 0; input < network.layer(id).inputs.size(); ++input) {
      const auto value = groups.values.find(network.layer(id).inputs[input]);
      if (value == groups.values.end()) continue;
      if (flow_forwards(network, id, input, value->second.axis).kind != ChannelFlow::Kind::kEnd) continue;
      Layer& layer = layers[static_cast<std::size_t>(id)];
      layer.constants[0] = with_zeros(*layer.constants[0], reading_axis(layer), value->second.group, removed);
    }
  }
  return Network::create(std::move(layers), network.output()).value();
}

std::vector<float> outputs(const Network& network, std::uint64_t seed) {
  constexpr std::int64_t kImages = 3;
  Rng rng(seed);
  std::vector<float> images(static_cast<std::size_t>(kImages * element_count(network.input_shape())));
  for (float& value : images) value = static_cast<float>(rng.normal());
  return engine::Engine({.force_kernels = {"ref"}}).run(network, images, kImages).value();
}

TEST(PruneFilters, EqualsTheWholeNetworkWithItsReadersCut) {
  int compared = 0;
  for (const auto& [name, network] : testing::test_networks()) {
    for (LayerId id = 0; id < network.size(); ++id) {
      if (find_method("prune_filters").value()->applies(network, id)) continue;
      const ChannelGroups groups = find_channel_groups(network, id);
      Rng rng(static_cast<std::uint64_t>(id));
      for (int round = 0; round < 3; ++round) {
        std::set<std::int64_t> removed;
        for (std::size_t i = 1; i < groups.layer_groups.size(); ++i) {
          if (rng.below(2) == 0) removed.insert(groups.layer_groups[i]);
        }
        RS_ASSERT_OK_AND_ASSIGN(const Draft shrunk, remove_channels(testing::draft_of(network), groups, removed));
        const std::vector<float> expected = outputs(with_readers_cut(network, groups, removed), 5);
        const std::vector<float> actual = outputs(shrunk.network, 5);
        ASSERT_EQ(actual.size(), expected.size());
        for (std::size_t i = 0; i < actual.size(); ++i) {
          ASSERT_NEAR(actual[i], expected[i], 1e-4 * (1 + std::abs(expected[i])))
              << name << " layer " << network.layer(id).name;
        }
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 30);
}

// Row b of a constant becomes row a.
TensorPtr with_equal_rows(const Tensor& tensor, std::size_t a, std::size_t b) {
  std::vector<float> values(tensor.values().begin(), tensor.values().end());
  const std::size_t row = values.size() / static_cast<std::size_t>(tensor.shape()[0]);
  std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(a * row), row,
              values.begin() + static_cast<std::ptrdiff_t>(b * row));
  return make_tensor(tensor.shape(), std::move(values));
}

// By layer: the two filters that become equal.
using EqualFilters = std::map<std::string, std::pair<std::size_t, std::size_t>>;

Network with_equal_filters(const Network& network, const EqualFilters& equal) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (const auto& [name, filters] : equal)
    for (TensorPtr& constant : layers[static_cast<std::size_t>(*network.find(name))].constants)
      constant = with_equal_rows(*constant, filters.first, filters.second);
  return Network::create(std::move(layers), network.output()).value();
}

// More than any dot product has terms, or what is fitted to them holds for nothing else.
constexpr std::int64_t kImages = 512;

Draft calibrated(Network network) {
  Rng rng(11);
  const Dataset data = engine::testing::random_dataset(rng, network.input_shape(), kImages, 4);
  Calibration calibration = engine::calibrate(network, data, {}, {}, nullptr, {.second_moments = true}).value();
  return {std::move(network), std::move(calibration)};
}

// Two convolutions side by side and a depthwise one behind them.
Network concat_network() {
  testing::RandomNetwork n({2, 6, 6}, 9);
  const LayerId input = n.last();
  const LayerId left = n.relu(n.conv("left", input, 2, 3, 3));
  const LayerId both = n.add("concat", op::Concat{}, {left, n.relu(n.conv("right", input, 2, 5, 1))});
  const LayerId mixed = n.conv("mix", n.relu(n.conv("depthwise", both, 8, 8, 3, 8)), 8, 4, 1);
  n.dense("fc", n.flatten(mixed, 144), 144, 3);
  return n.finish();
}

void expect_lossless(const Network& network, const std::string& layer, double fraction) {
  const Draft draft = calibrated(network);
  const Knobs knobs = {{"fraction", fraction}, {"criterion", std::string("second-order")}, {"reconstruct", true}};
  RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft, {{layer, "prune_filters", knobs}}, 1));
  EXPECT_EQ(result.network.layer(*result.network.find(layer)).weight()->shape()[0],
            network.layer(*network.find(layer)).weight()->shape()[0] - 1);
  // Images between 0 and 1, as those of calibration are.
  Rng rng(12);
  std::vector<float> images(static_cast<std::size_t>(3 * element_count(network.input_shape())));
  for (float& value : images) value = static_cast<float>(rng.uniform());
  const engine::Engine engine({.force_kernels = {"ref"}});
  const std::vector<float> expected = engine.run(network, images, 3).value();
  const std::vector<float> actual = engine.run(result.network, images, 3).value();
  for (std::size_t i = 0; i < actual.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], 1e-4 * (1 + std::abs(expected[i]))) << layer;
}

TEST(PruneFilters, OneOfTwoEqualFiltersLeavesWithoutLossThroughEveryKindOfJoin) {
  expect_lossless(with_equal_filters(testing::chain_network(), {{"conv1", {1, 4}}}), "conv1", 1.0 / 6);
  expect_lossless(with_equal_filters(testing::chain_network(), {{"conv2", {0, 7}}}), "conv2", 1.0 / 8);
  expect_lossless(
      with_equal_filters(testing::residual_network(), {{"conv1", {2, 5}}, {"conv3", {2, 5}}, {"conv5", {2, 5}}}),
      "conv3", 1.0 / 8);
  expect_lossless(with_equal_filters(concat_network(), {{"right", {1, 3}}, {"depthwise", {4, 6}}}), "right", 1.0 / 5);
}

// Σ of the squared differences of what `layer` computes on the calibration images.
double error_at(const Network& a, const Network& b, const std::string& layer) {
  Rng rng(11);
  const Dataset data = engine::testing::random_dataset(rng, a.input_shape(), kImages, 4);
  std::vector<float> images(static_cast<std::size_t>(kImages * element_count(a.input_shape())));
  prepare_images(data, {}, {0, kImages}, images);
  const auto values = [&](const Network& network) {
    const LayerId end = *network.find(layer);
    std::vector<Layer> layers(network.layers().begin(), network.layers().begin() + end + 1);
    const Network front = Network::create(std::move(layers), end).value();
    return engine::Engine({.force_kernels = {"ref"}}).run(front, images, kImages).value();
  };
  const std::vector<float> one = values(a);
  const std::vector<float> other = values(b);
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += std::pow(static_cast<double>(one[i] - other[i]), 2);
  return sum;
}

TEST(PruneFilters, ReconstructionLowersTheErrorOnTheCalibrationImages) {
  const Draft draft = calibrated(testing::chain_network());
  for (const auto& [layer, reader] :
       {std::pair{"conv1", "conv2"}, std::pair{"conv2", "fc1"}, std::pair{"fc1", "fc2"}}) {
    for (const char* criterion : {"magnitude", "second-order"}) {
      Knobs knobs = {{"fraction", 0.5}, {"criterion", std::string(criterion)}};
      RS_ASSERT_OK_AND_ASSIGN(const Draft plain, apply_recipe(draft, {{layer, "prune_filters", knobs}}, 1));
      knobs["reconstruct"] = true;
      RS_ASSERT_OK_AND_ASSIGN(const Draft refitted, apply_recipe(draft, {{layer, "prune_filters", knobs}}, 1));
      EXPECT_LT(error_at(draft.network, refitted.network, reader), error_at(draft.network, plain.network, reader))
          << layer << " " << criterion;
    }
  }
}

}  // namespace
}  // namespace roofscape::approx
