// Published facts that depend on a network's layers, not on its totals alone (facts_test.cc has those): each with its
// tolerance, priced as `roofscape estimate` does, with the calibration that ships.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/base/status_matchers.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/network/work.h"
#include "analytics/zoo/zoo.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

v1::Platform calibrated(const std::string& id) {
  for (const v1::Platform& platform : platforms::built_in_platforms()) {
    if (platform.id() != id) continue;
    v1::Platform whole = platform;
    const auto calibration = cost::resolve(platforms::built_in_calibration(), cost::calibration_key(platform));
    EXPECT_TRUE(calibration.ok() && calibration->has_value()) << id;
    *whole.mutable_calibration() = **calibration;
    return whole;
  }
  throw std::runtime_error("no platform " + id);
}

Network zoo_network(const char* id) { return *zoo::find(id)->build(); }
Network in_bytes(const Network& network) {
  return *cost::with_formats(network, {*NumberFormat::parse("int8"), *NumberFormat::parse("int8")});
}

cost::Estimate priced(const std::string& platform, const Network& network) {
  return *cost::estimate(network, calibrated(platform));
}

// The same network with one scale for each weight tensor.
Network per_tensor(const Network& network) {
  std::vector<Layer> layers;
  for (Layer layer : network.layers()) {
    if (layer.arithmetic.weight)
      layer.arithmetic.weight = std::make_shared<const Quantiser>(Quantiser{layer.arithmetic.weight->format});
    layers.push_back(std::move(layer));
  }
  return *Network::create(std::move(layers), network.output());
}

TEST(StructuralFacts, AnNpuForOneScaleATensorLeavesScalesOfChannelsToItsGpu) {
  const Network of_channels = in_bytes(zoo_network("mobilenet-v2"));
  const cost::Estimate slow = priced("stm32mp257-npu", of_channels);
  const cost::Estimate fast = priced("stm32mp257-npu", per_tensor(of_channels));
  const double fast_ms = fast.latency.value() * 1e3, slow_ms = slow.latency.value() * 1e3;
  EXPECT_NEAR(fast_ms, 11.9, 0.4 * 11.9);
  // Measured: 76.3 ms. Nothing like its shaders is among the measurements, so that this is a matter of size.
  EXPECT_GT(slow_ms / fast_ms, 76.3 / 11.9 / 4);
  EXPECT_LT(slow_ms / fast_ms, 76.3 / 11.9 * 4);
  ASSERT_FALSE(slow.notes.empty());
  EXPECT_THAT(slow.notes[0], StartsWith("int8 x int8 runs as fp16 x fp16 in layers 'stem.conv1'"));
  EXPECT_THAT(slow.layers[1].fallback[0].because, HasSubstr("a scale for each channel"));
  EXPECT_EQ(fast.layers[1].runs_as, "int8 x int8, per tensor");
}

// The convolutions within ResNet-50's bottlenecks, which pruning narrows; what they add to stays as wide.
std::vector<std::string> inner_convolutions(const Network& network) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers()) {
    const auto* conv = layer.as<op::Conv>();
    if (conv == nullptr || layer.weight()->shape()[2] != 3) continue;
    const Layer& before = network.layer(network.layer(layer.inputs[0]).inputs[0]);  // ReLU between
    names.push_back(before.name);
    names.push_back(layer.name);
  }
  return names;
}

TEST(StructuralFacts, FilterPruningGainsLessThanItSaves) {
  const Network whole = zoo_network("resnet-50");
  approx::Recipe recipe;
  for (const std::string& layer : inner_convolutions(whole))
    recipe.push_back({layer, "prune_filters", {{"fraction", 0.68}}});
  RS_ASSERT_OK_AND_ASSIGN(const approx::Draft pruned, approx::apply_recipe({whole, {}}, recipe, 1));
  const auto macs = [](const Network& network) { return static_cast<double>(network_work(network).macs); };
  const double saved = macs(whole) / macs(pruned.network);
  EXPECT_NEAR(saved, 3.3, 0.05);
  const double gain =
      priced("kv260-dpu", in_bytes(whole)).latency / priced("kv260-dpu", in_bytes(pruned.network)).latency;
  // Full lanes explain a part of what it does not gain.
  EXPECT_NEAR(gain, 1.7, 0.25 * 1.7);
}

}  // namespace
}  // namespace roofscape
