#include "analytics/cost/layer_ceilings.h"

#include <gtest/gtest.h>

#include "analytics/cost/estimate.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

v1::LayerCeiling* add(v1::Platform& platform, const char* operation, const char* format) {
  v1::LayerCeiling* ceiling = platform.add_layer_ceilings();
  ceiling->set_operation(operation);
  ceiling->set_format(format);
  return ceiling;
}

Seconds bound(const v1::Platform& platform, const Network& network, const char* name, double images = 1) {
  const LayerCeilings ceilings = *LayerCeilings::create(platform);
  const LayerId id = *network.find(name);
  return ceilings.bound(network.layer(id), demand(network).layers[static_cast<std::size_t>(id)], images);
}

TEST(LayerCeilings, AddOperationsAndWeights) {
  const Network network = testing::small_network();
  v1::Platform platform;
  v1::LayerCeiling* dense = add(platform, "Gemm", "");
  dense->mutable_ops_per_second()->set_value(1e9);
  dense->mutable_weights_per_second()->set_value(1e8);
  const LayerId id = *network.find("fc");
  const double ops = demand(network).layers[static_cast<std::size_t>(id)].ops.value();
  const auto weights = static_cast<double>(network.layer(id).weight()->size());
  EXPECT_DOUBLE_EQ(bound(platform, network, "fc", 4).value(), 4 * ops / 1e9 + weights / 1e8);
  EXPECT_EQ(bound(platform, network, "conv1"), Seconds(0));
}

TEST(LayerCeilings, CountValuesWhereNothingIsComputed) {
  const Network network = testing::small_network();
  v1::Platform platform;
  add(platform, "MaxPool", "")->mutable_values_per_second()->set_value(1e6);
  EXPECT_DOUBLE_EQ(bound(platform, network, "pool", 2).value(), 2 * 8 * 8 * 8 / 1e6);
}

TEST(LayerCeilings, TheNarrowestFormatThatHoldsTheLayersCounts) {
  const Network plain = testing::small_network(), narrow = testing::quantised(plain, 8, 8);
  v1::Platform platform;
  add(platform, "Conv", "fp32")->mutable_ops_per_second()->set_value(4e9);
  add(platform, "Conv", "int8")->mutable_ops_per_second()->set_value(1e9);
  EXPECT_DOUBLE_EQ(bound(platform, narrow, "conv1") / bound(platform, plain, "conv1"), 4);
}

TEST(LayerCeilings, BoundTheTimeOfALayerAndOfTheNetwork) {
  const Network network = testing::small_network();
  v1::Platform platform = testing::cpu();
  const Estimate before = *estimate(network, platform, {});
  add(platform, "Relu", "")->mutable_ops_per_second()->set_value(1e3);
  const Estimate after = *estimate(network, platform, {});
  const double values = 8 * 16 * 16 + 16 * 8 * 8;  // of both functions, though they are fused
  EXPECT_GE(after.latency, Seconds(values / 1e3));
  EXPECT_LT(before.latency, Seconds(values / 1e3));
}

TEST(LayerCeilings, RefuseAFormatThatIsNone) {
  v1::Platform platform;
  add(platform, "Conv", "int");
  EXPECT_THAT(LayerCeilings::create(platform).status(), StatusIs(Code::kInvalidArgument, HasSubstr("int")));
}

}  // namespace
}  // namespace roofscape::cost
