#include "analytics/cost/array_traffic.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "analytics/cost/estimate.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using testing::filled;

constexpr double kSlack = 1 + 1e-12;

struct Counted {
  const char* row;
  Array array;
  double positions, inputs, filters;
  double input_reads, weight_reads, sum_writes;
};

constexpr Array kWeightsStay{.input_lanes = 32, .output_lanes = 32, .systolic = true};
constexpr Array kSumsStay{.output_lanes = 32, .pixel_lanes = 32, .systolic = true};
constexpr Array kInputsStay{.input_lanes = 32, .pixel_lanes = 32, .systolic = true};

// SCALE-Sim v3 (scalesim-project/SCALE-Sim@1d62b68a2c, test/general/golden_trace_*), 32 x 32: sram_ifmap_reads,
// sram_filter_reads and sram_ofmap_writes. Where sums stay its report has 34,816 writes: beside the 32 x 32 results of
// each of the 32 folds, its counter (systolic_compute_os.py) adds 32 + 32 once more. Its DRAM receives the 32,768 that
// there are.
TEST(ArrayTraffic, AccessesOfScaleSim) {
  const Counted rows[] = {
      {"calc ws, AlexNet conv1", kWeightsStay, 3025, 363, 96, 3294225, 34848, 3484800},
      {"user is, 256 x 256 x 128", kInputsStay, 256, 256, 128, 65536, 262144, 262144},
      {"user os, 256 x 256 x 128", kSumsStay, 256, 256, 128, 262144, 262144, 32768},
      {"user ws, 256 x 256 x 128", kWeightsStay, 256, 256, 128, 262144, 32768, 262144},
  };
  for (const Counted& row : rows) {
    const WorkOnArray work{.channels = row.inputs, .filters = row.filters, .rows = row.positions};
    const ArrayAccesses of = array_accesses(row.array, stays_in(row.array), work, 1);
    EXPECT_EQ(of.inputs, row.input_reads) << row.row;
    EXPECT_EQ(of.weights, row.weight_reads) << row.row;
    EXPECT_EQ(of.sums_written, row.sum_writes) << row.row;
    EXPECT_EQ(of.sums_read, of.sums_written - row.positions * row.filters) << row.row;
  }
}

TEST(ArrayTraffic, GroupsStepsAndImagesMultiply) {
  const WorkOnArray one{.channels = 40, .filters = 70, .rows = 9};
  WorkOnArray many = one;
  many.groups = 3;
  many.repeats = 5;
  const auto of = [](const WorkOnArray& work, double images) {
    return array_accesses(kWeightsStay, Stays::kWeights, work, images);
  };
  EXPECT_EQ(of(one, 1).inputs, 9 * 40 * 3);
  EXPECT_EQ(of(one, 1).sums_written, 9 * 70 * 2);
  EXPECT_EQ(of(many, 1).inputs, 15 * of(one, 1).inputs);
  EXPECT_EQ(of(many, 1).weights, 15 * of(one, 1).weights);
  EXPECT_EQ(of(one, 4).inputs, 4 * of(one, 1).inputs);
  EXPECT_EQ(of(one, 4).weights, of(one, 1).weights);  // once for all
}

// A convolution of 64 channels and 96 filters with 3 x 3 kernels over 8 x 8 positions in bytes: 576 inputs of each sum.
constexpr double kPositions = 64, kInputs = 576, kFilters = 96;

LayerDemand convolution() {
  LayerDemand layer;
  layer.kind = LayerDemand::Kind::kMatrix;
  layer.weight_bytes = Bytes(kInputs * kFilters);
  layer.input_bytes = Bytes(64 * kPositions);
  layer.output_bytes = Bytes(kFilters * kPositions);
  layer.input_bits = 8;
  layer.products = ArrayProducts(
      {.channels = 64, .filters = kFilters, .kernel_rows = 3, .kernel_columns = 3, .rows = 8, .columns = 8});
  return layer;
}

Passing traffic(const Array& array, double images = 1, const Memory& memory = {}) {
  const LayerDemand layer = convolution();
  return array_traffic(array, layer, memory, {layer.weight_bytes, layer.activation_bytes() * images}, images);
}

TEST(ArrayTraffic, SumsThatAreNotFinishedTakeFourBytesEachWay) {
  const Passing of = traffic(kWeightsStay);
  EXPECT_EQ(of.weights.value(), kInputs * kFilters);
  const double inputs = kPositions * kInputs * 3, sums = kPositions * kFilters * 17 * 2 * 4;  // 18 rounds of inputs
  EXPECT_EQ(of.activations.value(), inputs + sums + kPositions * kFilters);
  EXPECT_EQ(traffic(kSumsStay).weights.value(), kInputs * kFilters * 2);
  EXPECT_EQ(traffic(kSumsStay).activations.value(), inputs + kPositions * kFilters);
}

TEST(ArrayTraffic, OtherArraysKeepWhatAsksForLeast) {
  const auto all = [](const Passing& of) { return (of.weights + of.activations).value(); };
  const Array three{.input_lanes = 32, .output_lanes = 32, .pixel_lanes = 32};
  EXPECT_LE(all(traffic(three)), all(traffic(kWeightsStay)));
  // With enough positions at once weights are rarely read anew, so that sums stay. Their rows come in one round.
  EXPECT_EQ(traffic(three).weights.value(), kInputs * kFilters * 8);
  // One position after the other, they would be read for each; so they stay.
  const Array two{.input_lanes = 32, .output_lanes = 32};
  EXPECT_EQ(traffic(two, 64).weights.value(), kInputs * kFilters);
}

TEST(ArrayTraffic, SomeArraysReadEachByteOnce) {
  const LayerDemand layer = convolution();
  for (const Array& array : {Array{}, Array{.output_lanes = 32},
                             Array{.input_lanes = 12, .pixel_lanes = 14, .takes = Array::InputLanes::kKernelRows}}) {
    EXPECT_EQ(traffic(array).weights, layer.weight_bytes);
    EXPECT_EQ(traffic(array).activations, layer.activation_bytes());
  }
}

TEST(ArrayTraffic, AMemoryHasNothingToReadAgainOfWhatItDoesNotHold) {
  const LayerDemand layer = convolution();
  const Array three{.input_lanes = 32, .output_lanes = 32, .pixel_lanes = 32};
  Memory activations;
  activations.activations_only = true;
  EXPECT_EQ(traffic(three, 1, activations).weights, layer.weight_bytes);
  EXPECT_EQ(traffic(three, 1, activations).activations, traffic(kWeightsStay).activations);
  Memory weights;
  weights.weights_only = true;
  EXPECT_EQ(traffic(three, 1, weights).activations, layer.activation_bytes());
  EXPECT_EQ(traffic(three, 1, weights).weights, layer.weight_bytes);
}

RC_GTEST_PROP(ArrayTraffic, IsNeverLessThanOnceAndNeverMoreForAnImageOfABatch, ()) {
  const auto lanes = [] { return *rc::gen::elementOf(std::vector<std::int64_t>{0, 1, 3, 16, 100}); };
  Array array{.input_lanes = lanes(), .output_lanes = lanes(), .pixel_lanes = lanes()};
  array.systolic = array.kinds_of_lanes() == 2 && *rc::gen::arbitrary<bool>();
  const double images = *rc::gen::inRange(1, 9);
  const LayerDemand layer = convolution();
  const Passing one = traffic(array, images), two = traffic(array, 2 * images);
  RC_ASSERT(one.weights >= layer.weight_bytes);
  RC_ASSERT(one.activations >= layer.activation_bytes() * images);
  RC_ASSERT(two.weights + two.activations >= one.weights + one.activations);
  RC_ASSERT((two.weights + two.activations).value() <= 2 * kSlack * (one.weights + one.activations).value());
}

v1::Platform with_array(double inner_bandwidth, bool lanes) {
  v1::Platform p;
  p.set_id("array");
  p.set_device_class(v1::ASIC);
  testing::add_peak(&p, "fp32", 1e12, 1e-12);
  if (lanes) {
    testing::set(p.mutable_compute(0)->mutable_input_lane_count(), 16);
    testing::set(p.mutable_compute(0)->mutable_output_lane_count(), 4);
  }
  testing::add_memory(&p, "SRAM", 1e8, inner_bandwidth, 1e-12);
  testing::add_memory(&p, "DRAM", 0, 1e12, 1e-10);
  return p;
}

// Time and energy count the same bytes.
TEST(ArrayTraffic, IsPricedInTimeAndInEnergy) {
  const Network network = testing::small_network();
  const v1::Platform p = with_array(1e9, true);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, p));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate once, estimate(network, with_array(1e9, false)));
  const LayerEstimate& conv2 = e.layers[4];
  EXPECT_EQ(conv2.binding_roof, "memory SRAM");
  const double bytes = conv2.energy_parts.memory[0].value() / 1e-12;
  EXPECT_NEAR(conv2.time.value(), bytes / 1e9, 1e-12 * bytes / 1e9);
  EXPECT_GT(bytes, 2 * once.layers[4].energy_parts.memory[0].value() / 1e-12);
  // What comes from farther out is as before.
  EXPECT_EQ(conv2.energy_parts.memory[1], once.layers[4].energy_parts.memory[1]);
}

// Of two peaks the slower one may read less.
TEST(ArrayTraffic, APeakThatWaitsForMemoryGivesWayToAnother) {
  v1::Platform p = with_array(1e9, true);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate narrow, estimate(testing::small_network(), p));
  testing::add_peak(&p, "fp32", 9e11, 1e-12);
  testing::set(p.mutable_compute(1)->mutable_input_lane_count(), 256);
  testing::set(p.mutable_compute(1)->mutable_output_lane_count(), 256);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate wide, estimate(testing::small_network(), p));
  EXPECT_LT(wide.layers[4].time, narrow.layers[4].time);
}

}  // namespace
}  // namespace roofscape::cost
