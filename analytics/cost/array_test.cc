#include "analytics/cost/array.h"

#include <gtest/gtest.h>

#include "analytics/cost/ceilings.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

constexpr Array kDpuCore{.input_lanes = 16, .output_lanes = 16, .pixel_lanes = 8, .takes = Array::InputLanes::kWindow};
// 16 rows and 32 columns of fusion units; in 2 bits each of them takes 16 channels.
constexpr Array kFusion8{.input_lanes = 16, .output_lanes = 32, .takes = Array::InputLanes::kWindow};
constexpr Array kFusion2{.input_lanes = 256, .output_lanes = 32};
constexpr Array kEyeriss{.input_lanes = 12, .pixel_lanes = 14, .takes = Array::InputLanes::kKernelRows};

WorkOnArray conv(double channels, double filters, double size, double kernel, double groups = 1) {
  return {.groups = groups,
          .channels = channels,
          .filters = filters,
          .kernel_rows = kernel,
          .kernel_columns = kernel,
          .rows = size,
          .columns = size};
}

Layer conv_layer(const Shape& weight, const Shape& out, std::int64_t groups = 1) {
  Layer layer;
  layer.operation = op::Conv{.groups = groups};
  layer.constants = {testing::filled(weight)};
  layer.output_shape = out;
  return layer;
}

TEST(Array, RoundsOfADpuCore) {
  // AMD PG338: 8 rows x 16 channels x 16 filters a cycle.
  EXPECT_EQ(array_cycles(kDpuCore, conv(64, 64, 56, 3), 1), 7.0 * 56 * 4 * 4 * 9);
  EXPECT_EQ(array_cycles(kDpuCore, conv(64, 64, 55, 3), 1), 7.0 * 55 * 4 * 4 * 9);  // the last rows are not full
  EXPECT_EQ(array_cycles(kDpuCore, conv(24, 20, 56, 1), 1), 7.0 * 56 * 2 * 2);      // nor are channels and filters
  EXPECT_EQ(array_cycles(kDpuCore, conv(3, 64, 112, 7), 1), 14.0 * 112 * 4 * 10);   // 147 of the window in 10 rounds
  EXPECT_EQ(array_cycles(kDpuCore, conv(1, 1, 56, 3, 32), 1), 7.0 * 56 * 2 * 9);    // 16 groups on the diagonal
  EXPECT_EQ(array_cycles(kDpuCore, conv(64, 64, 56, 3), 4), 4.0 * 7 * 56 * 4 * 4 * 9);
}

// Compute cycles of the sweep of hsharma35/bitfusion for batch 16, of layers that its search of tiles does not change.
TEST(Array, CyclesOfBitFusion) {
  EXPECT_EQ(array_cycles(kFusion2, conv(128, 128, 32, 3), 16), 589824);   // CIFAR10 conv1
  EXPECT_EQ(array_cycles(kFusion2, conv(256, 256, 16, 3), 16), 294912);   // conv3
  EXPECT_EQ(array_cycles(kFusion2, conv(512, 512, 8, 3), 16), 294912);    // conv5
  EXPECT_EQ(array_cycles(kFusion8, conv(3, 128, 32, 3), 16), 131072);     // conv0, in 8 bits
  EXPECT_EQ(array_cycles(kFusion8, conv(256, 192, 14, 3), 16), 2709504);  // AlexNet conv3, 13 rounded to 14
  EXPECT_EQ(array_cycles(kFusion8, conv(192, 192, 14, 3), 16), 2032128);  // conv4
  EXPECT_EQ(array_cycles(kFusion8, conv(64, 64, 56, 3), 16), 3612672);    // ResNet-18
  EXPECT_EQ(array_cycles(kFusion8, conv(2048, 2048, 1, 1), 16), 131072);  // RNN
}

// SCALE-Sim's own golden traces and reports, 32 x 32.
TEST(Array, SystolicCyclesOfScaleSim) {
  const Array ws{.input_lanes = 32, .output_lanes = 32, .systolic = true};
  const Array os{.output_lanes = 32, .pixel_lanes = 32, .systolic = true};
  const Array is{.input_lanes = 32, .pixel_lanes = 32, .systolic = true};
  // It numbers cycles from 0 and prints the last one.
  const auto last_cycle = [](const Array& array, double positions, double inputs, double filters) {
    return array_cycles(array, {.channels = inputs, .filters = filters, .rows = positions}, 1) - 1;
  };
  EXPECT_EQ(last_cycle(ws, 3025, 363, 96), 112283);
  EXPECT_EQ(array_cycles(ws, conv(3, 96, 55, 11), 1) - 1, 112283);  // the same as a convolution
  EXPECT_EQ(last_cycle(os, 3025, 363, 96), 121124);
  EXPECT_EQ(last_cycle(os, 529, 2400, 256), 334831);
  EXPECT_EQ(last_cycle(os, 121, 2304, 384), 113567);
  EXPECT_EQ(last_cycle(os, 121, 3456, 384), 168863);
  EXPECT_EQ(last_cycle(os, 121, 3456, 256), 112575);
  // Those with a narrow memory, less the cycles that wait for it.
  EXPECT_EQ(last_cycle(os, 256, 256, 128), 52447 - 42272);
  EXPECT_EQ(last_cycle(ws, 256, 256, 128), 52447 - 41248);
  EXPECT_EQ(last_cycle(is, 256, 256, 128), 19984 - 5777);
}

// Processing elements at work on AlexNet: Chen et al., JSSC 2017, table 5.
TEST(Array, ElementsOfEyerissThatHaveWork) {
  const auto at_work = [](double size, double kernel) {
    const WorkOnArray layer = conv(4, 8, size, kernel);
    return layer.macs() / array_cycles(kEyeriss, layer, 1);
  };
  EXPECT_NEAR(at_work(55, 11), 154, 3);  // the last of four strips has 13 rows
  EXPECT_EQ(at_work(27, 5), 135);
  EXPECT_EQ(at_work(13, 3), 156);
  EXPECT_EQ(at_work(224, 3), 168);
  EXPECT_EQ(at_work(1, 1), 168);
}

TEST(Array, LanesWithoutWorkCount) {
  const Array of{.input_lanes = 16, .output_lanes = 16};
  const auto filled = [&](std::int64_t outputs, std::int64_t inputs, std::int64_t groups = 1) {
    return share_filled(of, conv_layer({outputs, inputs, 3, 3}, {outputs, 8, 8}, groups), 1);
  };
  EXPECT_EQ(filled(64, 32), 1);
  EXPECT_EQ(filled(64, 24), 24.0 / 32);
  EXPECT_EQ(filled(17, 24), 24.0 / 32 * 17 / 32);
  EXPECT_EQ(filled(64, 4), 4.0 / 16);      // fewer channels than lanes
  EXPECT_EQ(filled(4, 64), 4.0 / 16);      // fewer filters
  EXPECT_EQ(filled(64, 1, 64), 1.0 / 16);  // on the diagonal alone
  EXPECT_EQ(filled(64, 8, 8), 8.0 / 16);
  EXPECT_EQ(share_filled({.input_lanes = 128}, conv_layer({16, 16, 3, 3}, {16, 8, 8}), 1), 16.0 / 128);
  EXPECT_EQ(share_filled({}, conv_layer({17, 3, 3, 3}, {17, 8, 8}), 1), 1);
  EXPECT_EQ(share_filled(of, Layer{}, 1), 1);
  // Fewer channels are never slower.
  double before = 0;
  for (std::int64_t channels = 1; channels <= 80; ++channels) {
    const double time = static_cast<double>(channels) / filled(16, channels);
    EXPECT_GE(time, before * (1 - 1e-12)) << channels;
    before = time;
  }
}

TEST(Array, RecurrentLayersAreTwoProducts) {
  Layer lstm;
  lstm.operation = op::Recurrent{};
  lstm.constants = {testing::filled({1, 32, 20}), testing::filled({1, 32, 8})};
  lstm.output_shape = {5, 1, 8};
  const ArrayProducts work = work_on_array(lstm);
  ASSERT_EQ(work.size(), 2U);
  EXPECT_EQ(work[0].macs(), 5 * 32 * 20);
  EXPECT_EQ(work[1].macs(), 5 * 32 * 8);
  EXPECT_EQ(share_filled({.input_lanes = 16}, lstm, 1), 28.0 / 48);
  // A systolic array fills anew for every step of the state.
  const Array ws{.input_lanes = 16, .output_lanes = 16, .systolic = true};
  EXPECT_EQ(array_cycles(ws, work[0], 1), 2 * 2 * (2 * 16 + 16 + 5 - 2));
  EXPECT_EQ(array_cycles(ws, work[1], 1), 5 * 2 * (2 * 16 + 16 + 1 - 2));
}

// A batch amortises what it takes to fill a systolic array, and nothing else.
TEST(Array, ABatchNeverTakesLongerAnImage) {
  for (const Array& array : {Array{.input_lanes = 32, .output_lanes = 32, .systolic = true},
                             Array{.output_lanes = 32, .pixel_lanes = 8, .systolic = true}, kDpuCore, kEyeriss}) {
    double before = 1e300;
    for (double images = 1; images <= 64; images *= 2) {
      const double an_image = array_cycles(array, conv(30, 50, 7, 3), images) / images;
      EXPECT_LE(an_image, before);
      before = an_image;
    }
  }
}

TEST(Array, RefusesLanesThatDoNotGoTogether) {
  const auto created = [](double input, double output, double pixel, const std::string& use, bool systolic) {
    v1::ComputeCeiling given;
    if (input > 0) given.mutable_input_lane_count()->set_value(input);
    if (output > 0) given.mutable_output_lane_count()->set_value(output);
    if (pixel > 0) given.mutable_pixel_lane_count()->set_value(pixel);
    given.set_input_lane_use(use);
    given.set_systolic(systolic);
    return Array::create(given);
  };
  EXPECT_TRUE(created(16, 16, 8, "window", false).ok());
  EXPECT_TRUE(created(0, 0, 0, "", false).ok());
  EXPECT_THAT(created(32.5, 0, 0, "", false),
              StatusIs(Code::kInvalidArgument, HasSubstr("32.5 is no number of lanes")));
  EXPECT_THAT(created(16, 0, 0, "rows", false), StatusIs(Code::kInvalidArgument, HasSubstr("'rows' is nothing")));
  EXPECT_THAT(created(0, 16, 0, "window", false), StatusIs(Code::kInvalidArgument, HasSubstr("without input lanes")));
  EXPECT_THAT(created(12, 4, 0, "kernel-rows", false), StatusIs(Code::kInvalidArgument, HasSubstr("no output lanes")));
  EXPECT_THAT(created(16, 0, 0, "", true), StatusIs(Code::kInvalidArgument, HasSubstr("two kinds of lanes")));
}

}  // namespace
}  // namespace roofscape::cost
