#include "analytics/cost/by_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/load.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers
using roofscape::testing::StatusIs;
using ::testing::Contains;
using ::testing::HasSubstr;

const UniformFormats kFp32 = *parse_formats("fp32"), kInt8 = *parse_formats("int8");

Outline outline_of(double macs, double parameters = 0, double activations = 0, double layers = 0) {
  Outline outline;
  outline.macs = macs;
  outline.parameters = parameters;
  outline.activations = activations;
  outline.layers = layers;
  return outline;
}
const Outline kResNet50 = outline_of(4.1e9, 25.6e6, 11.1e6, 54);

Result<Estimate> price(const v1::Platform& platform, const Outline& outline = kResNet50, std::int64_t batch = 1) {
  return estimate_by_totals(outline, kFp32, platform, batch);
}

TEST(ByTotals, TakesTheTimeOfItsLargestRoof) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate estimate, price(cpu()));
  // 8.2e9 operations at 1e10 a second; 102 MB of weights and twice 44 MB of activations at 1e10 bytes a second, and of
  // those as much as layers without weights usually add.
  EXPECT_NEAR(estimate.latency.value(), 0.82, 1e-9);
  EXPECT_EQ(estimate.binding_roof, "compute fp32 x fp32");
  ASSERT_EQ(estimate.roof_times.size(), 3U);
  EXPECT_EQ(estimate.roof_times[1].roof, "memory DRAM, weights");
  EXPECT_NEAR(estimate.roof_times[1].time.value(), 25.6e6 * 4 / 1e10, 1e-9);
  EXPECT_EQ(estimate.roof_times[2].roof, "memory DRAM, activations");
  EXPECT_NEAR(estimate.roof_times[2].time.value(), 2 * 1.7 * 11.1e6 * 4 / 1e10, 1e-9);
  EXPECT_TRUE(estimate.layers.empty());
  EXPECT_FALSE(estimate.latency_interval);
  EXPECT_THAT(estimate.missing, Contains(HasSubstr("measurements of this class of hardware")));
  EXPECT_NEAR(estimate.energy->value(), 5 * 0.82, 1e-9);  // 5 W
  EXPECT_THAT(estimate.notes, Contains(HasSubstr("priced by totals, without layers: 4.1e+09 multiply-accumulates")));
}

TEST(ByTotals, NoPeakForSparseWeightsHoldsWeightsOfWhichNothingIsKnown) {
  v1::Platform platform = cpu();
  v1::ComputeCeiling& sparse = *platform.add_compute();
  sparse = platform.compute(0);
  sparse.set_sparsity("2:4");
  sparse.mutable_ops_per_second()->set_value(2 * sparse.ops_per_second().value());
  EXPECT_EQ(price(platform)->latency, price(cpu())->latency);
}

TEST(ByTotals, ReadsWeightsForEveryBatchWhereNoInnerMemoryKeepsThem) {
  v1::Platform platform = cpu();
  platform.clear_memory();
  add_memory(&platform, "SRAM", 1e9, 0);
  add_memory(&platform, "DRAM", 0, 1e8);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate kept, price(platform));
  EXPECT_EQ(kept.binding_roof, "compute fp32 x fp32");
  platform.mutable_memory(0)->set_activations_only(true);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate read, price(platform));
  EXPECT_EQ(read.binding_roof, "memory DRAM");
  EXPECT_NEAR(read.latency.value(), (25.6e6 + 224 * 224) * 4 / 1e8, 1e-9);  // the image beside them
}

TEST(ByTotals, ANetworkThatUsesEachWeightOnceIsDense) {
  RS_ASSERT_OK_AND_ASSIGN(const Traits perceptron, complete(outline_of(20e6, 20e6)));
  EXPECT_EQ(perceptron.layers, 5);
  EXPECT_NEAR(perceptron.input, 2000, 1e-9);
  EXPECT_NEAR(perceptron.activations, 5 * 2000, 1e-6);
  RS_ASSERT_OK_AND_ASSIGN(const Traits convolutions, complete(outline_of(20e6, 2e6)));
  EXPECT_EQ(convolutions.layers, 45);
  EXPECT_EQ(convolutions.input, 224 * 224);
}

TEST(ByTotals, SparseWeightsTakeLessWhereTheyAreSkipped) {
  v1::Platform platform = cpu();
  const auto load = [&](const Density& density) {
    return *load_of(*read_machine(platform), *complete(kResNet50), kFp32.weight, kFp32.activation, 1, density);
  };
  const Density sparse{.weights = 0.1, .activations = 0.5};
  const Load dense = load({});
  EXPECT_EQ(load(sparse).ops, dense.ops);
  EXPECT_NEAR(load(sparse).weights / dense.weights, 0.1 * 36 / 32, 1e-9);  // beside each, where it stands
  set(platform.mutable_unstructured_sparsity()->mutable_lane_count(), 4);
  EXPECT_NEAR(load(sparse).ops / dense.ops, 0.1, 1e-9);
  set(platform.mutable_zero_skipping()->mutable_lane_count(), 1);
  EXPECT_NEAR(load(sparse).ops / dense.ops, 0.05, 1e-9);
}

TEST(ByTotals, SaysWhatItAssumed) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate estimate, price(cpu(), outline_of(4.1e9)));
  EXPECT_THAT(estimate.notes, Contains(HasSubstr("parameters are not given")));
  EXPECT_THAT(estimate.notes, Contains(HasSubstr("activations are not given")));
  EXPECT_THAT(estimate.notes, Contains(HasSubstr("the input is not given: 224 x 224")));
  EXPECT_THAT(estimate.notes, Contains(HasSubstr("layers are not given: 45")));
  EXPECT_THAT(estimate.missing, Contains(HasSubstr("launch_seconds_per_layer")));
  EXPECT_GT(left_open(Given::kMacs), left_open(Given::kParameters));
  EXPECT_GT(left_open(Given::kParameters), left_open(Given::kActivations));
}

TEST(ByTotals, ReportsEnergyOfOperationsBytesAndStaticPower) {
  v1::Platform platform = cpu();
  platform.clear_compute();
  add_peak(&platform, "fp32", 1e10, 1e-11);
  set(platform.mutable_memory(0)->mutable_energy_joules_per_byte(), 1e-10);
  set(platform.mutable_static_watts(), 2);
  set(platform.mutable_system_static_watts(), 30);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate estimate, price(platform));
  const double dynamic = 8.2e9 * 1e-11 + (25.6e6 + 2 * 1.7 * 11.1e6) * 4 * 1e-10;
  EXPECT_NEAR(estimate.energy->value(), dynamic + 2 * 0.82, 1e-9);
  EXPECT_NEAR(estimate.energy_parts.idle.value(), 2 * 0.82, 1e-9);
  EXPECT_NEAR(estimate.wall_energy->value(), dynamic + 32 * 0.82, 1e-9);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate of_eight, price(platform, kResNet50, 8));
  EXPECT_LT(*of_eight.energy, *estimate.energy);  // weights are fetched once for all of them
}

TEST(ByTotals, RefusesWhatTotalsDoNotGive) {
  EXPECT_THAT(price(fpga()), StatusIs(Code::kFailedPrecondition, HasSubstr("platform 'fpga' is a streaming design: its "
                                                                           "units follow from a network's layers")));
  EXPECT_THAT(price(cpu(), outline_of(-1)),
              StatusIs(Code::kInvalidArgument, HasSubstr("macs is -1; it must be positive")));
  EXPECT_THAT(price(cpu(), kResNet50, 0), StatusIs(Code::kInvalidArgument, HasSubstr("batch is 0")));
  v1::Platform bytes = cpu();
  bytes.mutable_compute(0)->set_weight("int8");
  bytes.mutable_compute()->RemoveLast();
  EXPECT_THAT(price(bytes), StatusIs(Code::kFailedPrecondition, HasSubstr("has no peak that holds fp32 x fp32")));
}

// Roofs of layers add up to at least what roofs of their totals ask, and not to much more where the layers are alike.
RC_GTEST_PROP(ByTotalsLaws, TotalsOfAStructureTakeAboutItsTime, ()) {
  const auto channels = *rc::gen::element<std::int64_t>(4, 16, 64), size = *rc::gen::element<std::int64_t>(8, 32);
  const Network network = small_network(channels, size);
  const Traits traits = traits_of(network);
  v1::Platform platform = cpu();
  platform.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_value(*rc::gen::element(1e8, 1e10, 1e12));
  Outline outline = outline_of(traits.macs, traits.parameters, traits.activations, traits.layers);
  outline.input = traits.input;
  const double by_totals = estimate_by_totals(outline, kFp32, platform, 1)->latency.value();
  const double by_layers = estimate(network, platform)->latency.value();
  RC_ASSERT(by_totals <= by_layers * 2);
  RC_ASSERT(by_layers <= by_totals * 4);
}

RC_GTEST_PROP(ByTotalsLaws, HigherCeilingsAreNeverSlower, ()) {
  v1::Platform platform = cpu();
  add_memory(&platform, "L2", *rc::gen::element(1e5, 1e7, 1e9), *rc::gen::element(0.0, 1e10, 1e11));
  platform.mutable_memory()->SwapElements(0, 1);
  set(platform.mutable_launch_seconds_per_layer(), *rc::gen::element(1e-6, 1e-3));
  const Outline outline = outline_of(*rc::gen::element(1e6, 1e8, 1e10), *rc::gen::element(0.0, 1e5, 1e8));
  const auto batch = *rc::gen::element<std::int64_t>(1, 32);
  const Estimate before = *estimate_by_totals(outline, kInt8, platform, batch);
  for (const RoofTime& roof : before.roof_times) RC_ASSERT(before.latency.value() >= roof.time.value() * (1 - 1e-12));
  v1::Platform faster = platform;
  const auto raise = [](v1::Figure* figure) { figure->set_value(figure->value() * *rc::gen::element(1.0, 3.0)); };
  for (auto& peak : *faster.mutable_compute()) raise(peak.mutable_ops_per_second());
  for (auto& level : *faster.mutable_memory())
    if (level.has_bandwidth_bytes_per_second()) raise(level.mutable_bandwidth_bytes_per_second());
  const Estimate after = *estimate_by_totals(outline, kInt8, faster, batch);
  RC_ASSERT(after.latency.value() <= before.latency.value() * (1 + 1e-12));
}

}  // namespace
}  // namespace roofscape::cost
