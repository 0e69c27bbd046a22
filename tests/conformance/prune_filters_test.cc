// Removing filters equals keeping them and cutting every connection that reads them: the shrunk network computes what
// the whole one does with zeros in the weights of the readers.
#include <gtest/gtest.h>

#include <set>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_removal.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/engine/engine.h"

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

}  // namespace
}  // namespace roofscape::approx
