#include "analytics/cost/ceilings.h"

#include <gtest/gtest.h>

#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

NumberFormat format(std::string_view name) { return *NumberFormat::parse(name); }

TEST(Holds, WhatIsExactThere) {
  const auto in = [](std::string_view narrow, std::string_view wide) { return holds(format(wide), format(narrow)); };
  for (const char* name : {"fp32", "fp16", "bf16", "int8", "uint4", "int32", "e4m3"})
    EXPECT_TRUE(in(name, name)) << name;
  EXPECT_TRUE(in("int4", "int8"));
  EXPECT_TRUE(in("uint8", "int8"));
  EXPECT_TRUE(in("int8", "uint8"));
  EXPECT_FALSE(in("int9", "int8"));
  EXPECT_TRUE(in("int8", "fp16"));
  EXPECT_TRUE(in("int12", "fp16"));
  EXPECT_FALSE(in("int13", "fp16"));
  EXPECT_TRUE(in("uint8", "bf16"));
  EXPECT_FALSE(in("int10", "bf16"));
  EXPECT_TRUE(in("int16", "fp32"));
  EXPECT_FALSE(in("int32", "fp32"));
  EXPECT_TRUE(in("bf16", "fp32"));
  EXPECT_TRUE(in("fp16", "fp32"));
  EXPECT_FALSE(in("fp16", "bf16"));
  EXPECT_FALSE(in("bf16", "fp16"));
  EXPECT_FALSE(in("fp32", "int8"));
  EXPECT_FALSE(in("fp32", "int32"));
  EXPECT_TRUE(in("bipolar", "int2"));
  EXPECT_TRUE(in("bipolar", "bipolar"));
  EXPECT_FALSE(in("int2", "bipolar"));
  EXPECT_FALSE(in("bipolar", "int1"));
  EXPECT_TRUE(in("log3", "int4"));  // 4, 2, 1
  EXPECT_FALSE(in("log3", "int3"));
  EXPECT_TRUE(in("log4", "fp16"));
  EXPECT_FALSE(in("log4r2", "fp16"));  // √2 has no end
  EXPECT_TRUE(in("log4r2", "fp32"));
  EXPECT_TRUE(in("log3", "log4"));
  EXPECT_FALSE(in("log3", "ulog4"));
  EXPECT_FALSE(in("int4", "log4"));
  EXPECT_TRUE(in("fp8_e4m3", "fp16"));
  EXPECT_TRUE(in("fp4", "fp8_e4m3"));
  EXPECT_FALSE(in("fp8_e5m2", "fp8_e4m3"));
  EXPECT_TRUE(in("mxfp4", "bf16"));
  EXPECT_FALSE(in("mxfp4", "fp16"));  // the shared exponent has 8 bits
  EXPECT_TRUE(in("mxfp4", "e2m1fn/16"));
  EXPECT_FALSE(in("e2m1fn/16", "mxfp4"));
  EXPECT_FALSE(in("int8", "mxint8"));
  EXPECT_FALSE(in("mxint8", "int8"));
  EXPECT_FALSE(in("uint4", "e2m5"));  // 15 lies beyond its exponents
}

TEST(Winograd, SuitsUngroupedThreeByThreeConvolutionsWithStrideOne) {
  const auto conv = [](op::Conv attributes, const Shape& weight) {
    Layer layer;
    layer.operation = attributes;
    layer.constants = {testing::filled(weight)};
    return layer;
  };
  EXPECT_TRUE(suits_winograd(conv({}, {8, 4, 3, 3})));
  EXPECT_FALSE(suits_winograd(conv({}, {8, 4, 1, 1})));
  EXPECT_FALSE(suits_winograd(conv({}, {8, 4, 5, 3})));
  EXPECT_FALSE(suits_winograd(conv({.stride = {2, 2}}, {8, 4, 3, 3})));
  EXPECT_FALSE(suits_winograd(conv({.dilation = {2, 2}}, {8, 4, 3, 3})));
  EXPECT_FALSE(suits_winograd(conv({.groups = 4}, {8, 1, 3, 3})));
  EXPECT_FALSE(suits_winograd(Layer{}));
}

const Layer kNoWeights{};

Layer dense_layer(std::vector<float> weights) {
  return {.name = "fc",
          .operation = op::Dense{},
          .inputs = {0},
          .constants = {make_tensor({2, 8}, std::move(weights))},
          .arithmetic = {},
          .storage = {},
          .output_shape = {2}};
}

TEST(Ceilings, PeaksForPrunedWeightsNeedTheirPattern) {
  v1::Platform p;
  testing::add_peak(&p, "int8", 1e12);
  testing::add_peak(&p, "int8", 2e12);
  p.mutable_compute(1)->set_sparsity("2:4");
  const Ceilings c = *Ceilings::create(p);
  const auto find = [&](const Layer& layer) { return c.at(c.find(format("int8"), format("int8"), layer)).name; };
  const Layer two_of_four = dense_layer({1, 0, 2, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 1, 1, 0});
  const Layer three_once = dense_layer({1, 0, 2, 5, 0, 0, 3, 4, 0, 0, 0, 0, 0, 1, 1, 0});
  EXPECT_EQ(find(two_of_four), "int8 x int8, weights 2:4");
  EXPECT_EQ(find(three_once), "int8 x int8");
  EXPECT_EQ(find(kNoWeights), "int8 x int8");
  EXPECT_EQ(c.at(c.fastest()).name, "int8 x int8");
  const DeclineTrail trail = c.declined(format("int8"), format("int8"), three_once, 1);
  ASSERT_EQ(trail.size(), 0U);  // an exact match
  EXPECT_EQ(c.declined(format("int8"), format("int4"), three_once, 1)[1].because,
            "weights have more than 2 of 4 neighbours other than 0");
  p.mutable_compute(1)->set_sparsity("4:2");
  EXPECT_THAT(Ceilings::create(p), StatusIs(Code::kInvalidArgument, HasSubstr("'4:2' is no pattern; use N:M")));
}

Layer with_scales(Layer layer, bool of_channels) {
  Quantiser quantiser{format("int8")};
  if (of_channels) quantiser = {format("int8"), {1.0F, 2.0F}, {0, 0}, 0};
  layer.arithmetic.weight = std::make_shared<const Quantiser>(std::move(quantiser));
  return layer;
}

TEST(Ceilings, PeaksForOneScaleATensorDeclineScalesOfChannels) {
  v1::Platform p;
  testing::add_peak(&p, "int8", 1e12);
  testing::add_peak(&p, "fp16", 1e10);
  p.mutable_compute(0)->set_weight_scales("per-tensor");
  const Ceilings c = *Ceilings::create(p);
  const auto find = [&](const Layer& layer) { return c.find(format("int8"), format("int8"), layer); };
  const Layer layer = dense_layer(std::vector<float>(16, 1.0F));
  EXPECT_EQ(c.at(find(with_scales(layer, false))).name, "int8 x int8, per tensor");
  const Layer of_channels = with_scales(layer, true);
  EXPECT_EQ(c.at(find(of_channels)).name, "fp16 x fp16");
  const DeclineTrail trail = c.declined(format("int8"), format("int8"), of_channels, find(of_channels));
  ASSERT_EQ(trail.size(), 1U);
  EXPECT_EQ(trail[0].because, "weights have a scale for each channel; it takes one for all of a tensor");
  p.mutable_compute(0)->set_weight_scales("per-row");
  EXPECT_THAT(Ceilings::create(p), StatusIs(Code::kInvalidArgument, HasSubstr("'per-row' are no scales of weights")));
}

TEST(Ceilings, OfTwoThatHoldThePairTheOneWithMoreAtWorkComputesIt) {
  v1::Platform p;
  testing::add_peak(&p, "int8", 3e12);
  testing::add_peak(&p, "fp16", 2e12);
  p.mutable_compute(0)->mutable_input_lane_count()->set_value(4);
  const Ceilings c = *Ceilings::create(p);
  const auto runs = [&](std::int64_t inputs) {
    Layer layer;
    layer.operation = op::Dense{};
    layer.constants = {testing::filled({2, inputs})};
    return c.at(c.find(format("int8"), format("int8"), layer)).name;
  };
  EXPECT_EQ(runs(8), "int8 x int8");
  EXPECT_EQ(runs(7), "int8 x int8");
  EXPECT_EQ(runs(5), "fp16 x fp16");  // 5 of 8 lanes
}

Ceilings t4() {
  v1::Platform p;
  testing::add_peak(&p, "fp32", 8e12);
  testing::add_peak(&p, "int4", 260e12);
  testing::add_peak(&p, "fp16", 65e12);
  testing::add_peak(&p, "int8", 130e12);
  return *Ceilings::create(p);
}

TEST(Ceilings, PickTheFastestThatHoldsThePair) {
  const Ceilings c = t4();
  const auto runs = [&](std::string_view w, std::string_view a) {
    const int at = c.find(format(w), format(a), kNoWeights);
    return at < 0 ? std::string("none") : c.at(at).name;
  };
  EXPECT_EQ(runs("int4", "uint4"), "int4 x int4");
  EXPECT_EQ(runs("int2", "uint3"), "int4 x int4");
  EXPECT_EQ(runs("int4", "uint8"), "int8 x int8");
  EXPECT_EQ(runs("int9", "uint8"), "fp16 x fp16");
  EXPECT_EQ(runs("int16", "uint8"), "fp32 x fp32");
  EXPECT_EQ(runs("int4", "fp32"), "fp32 x fp32");
  EXPECT_EQ(runs("bf16", "bf16"), "fp32 x fp32");
  EXPECT_EQ(runs("int32", "int8"), "none");
}

TEST(Ceilings, SayWhyTheOthersDeclined) {
  const Ceilings c = t4();
  const auto trail = [&](std::string_view w, std::string_view a) {
    std::vector<std::string> out;
    for (const Decline& d : c.declined(format(w), format(a), kNoWeights, c.find(format(w), format(a), kNoWeights)))
      out.push_back(d.who + ": " + d.because);
    return out;
  };
  EXPECT_EQ(trail("int8", "uint8"), std::vector<std::string>{});
  EXPECT_EQ(trail("fp32", "fp32"), std::vector<std::string>{});
  EXPECT_EQ(trail("int4", "uint8"), (std::vector<std::string>{"int4 x uint8: the platform states no peak for it",
                                                              "int4 x int4: activations are uint8; it takes int4"}));
  EXPECT_EQ(trail("int8", "fp16"), (std::vector<std::string>{"int8 x fp16: the platform states no peak for it",
                                                             "int4 x int4: weights are int8; it takes int4",
                                                             "int8 x int8: activations are fp16; it takes int8"}));
}

TEST(Ceilings, ASlowNarrowPeakIsPassedOver) {
  v1::Platform p;  // int8 slower than fp32, as measured on some CPUs
  testing::add_peak(&p, "fp32", 1e10);
  testing::add_peak(&p, "int8", 0.8e10);
  const Ceilings c = *Ceilings::create(p);
  const int at = c.find(format("int8"), format("int8"), kNoWeights);
  EXPECT_EQ(c.at(at).name, "fp32 x fp32");
  const DeclineTrail trail = c.declined(format("int8"), format("int8"), kNoWeights, at);
  ASSERT_EQ(trail.size(), 1U);
  EXPECT_EQ(trail[0].because, "fp32 x fp32 is faster here");
}

TEST(Ceilings, RefuseWhatIsNoFormatOrNoPeak) {
  v1::Platform p;
  testing::add_peak(&p, "int99", 1e10);
  EXPECT_THAT(Ceilings::create(p), StatusIs(Code::kInvalidArgument, HasSubstr("'int99' is not a number format")));
  p.clear_compute();
  testing::add_peak(&p, "int8", 0);
  EXPECT_THAT(Ceilings::create(p), StatusIs(Code::kInvalidArgument, HasSubstr("the peak for int8 x int8 is 0")));
}

}  // namespace
}  // namespace roofscape::cost
