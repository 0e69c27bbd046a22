// Prices that were once wrong on the platforms that ship, with all that was learned of them, against what is published
// or follows from published figures. The laws beside this file ask for the same kinds of all networks and platforms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/estimate.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/shipped.h"

namespace roofscape {
namespace {

using conformance::build;
using conformance::calibrated_platform;
using conformance::calibrated_platforms;
using conformance::pricer_of;

constexpr cost::EstimateOptions::Unsupported kAny = cost::EstimateOptions::Unsupported::kDoesNotFit;

cost::Estimate priced(const std::string& id, const std::string& network, const std::string& formats,
                      std::int64_t batch = 1) {
  return *pricer_of(calibrated_platform(id)).estimate(build(network, formats), {.batch = batch, .unsupported = kAny});
}

double seconds(const std::string& id, const std::string& network, const std::string& formats, std::int64_t batch = 1) {
  return priced(id, network, formats, batch).latency.value();
}

// Xilinx/finn-examples and the posts of FINN, at the clocks of their boards. What is learned of other designs may not
// carry the mechanism away from them.
TEST(KnownPrices, StreamingDesignsAreLearnedTowardWhatWasBuilt) {
  struct Built {
    const char *platform, *network, *formats;
    double megahertz, images_per_second;
  };
  for (const Built& built : {Built{"alveo-u250", "mobilenet-v1", "int4", 206, 1813.1},
                             {"alveo-u250", "resnet-50", "bipolar x int2", 178, 2972.5},
                             {"zcu104", "mobilenet-v1", "int4", 185, 450}}) {
    v1::Platform board = calibrated_platform(built.platform);
    board.mutable_fpga()->mutable_clock_hertz()->set_value(built.megahertz * 1e6);
    const auto rate = [&](const v1::Platform& of) {
      return *pricer_of(of).estimate(build(built.network, built.formats));
    };
    const cost::Estimate learned = rate(board);
    board.clear_calibration();
    const double before = rate(board).throughput_per_second / built.images_per_second;
    const double after = learned.throughput_per_second / built.images_per_second;
    EXPECT_LT(std::abs(std::log(after)), std::log(1.6)) << built.network << " on " << built.platform;
    // The row of the U250 does not say that it was at 206 MHz, and counts as one at the platform's clock.
    constexpr double kNotSaid = 250.0 / 206;
    EXPECT_LE(std::abs(std::log(after)), std::abs(std::log(before)) + std::log(kNotSaid))
        << built.network << " on " << built.platform << ": " << before << " without, " << after << " with";
    EXPECT_LE(learned.throughput_interval->low, built.images_per_second) << built.network;
    EXPECT_GE(learned.throughput_interval->high, built.images_per_second) << built.network;
  }
}

// Vitis AI 2.5, model zoo: one thread takes 10.6 ms. One core has no batch, and two of them shorten no single image:
// threads bring it from 94 to 99 images a second.
TEST(KnownPrices, DpuCoresTakeOneImageEach) {
  EXPECT_NEAR(seconds("kv260-dpu", "resnet-50", "int8"), 10.6e-3, 0.2 * 10.6e-3);
  for (const char* network : {"resnet-50", "vgg-16"})
    EXPECT_NEAR(seconds("kv260-dpu", network, "int8", 4) / seconds("kv260-dpu", network, "int8"), 4, 0.24) << network;
  EXPECT_GE(seconds("zcu104-dpu", "resnet-50", "int8"), 0.9 * seconds("kv260-dpu", "resnet-50", "int8"));
}

// NVIDIA T4: 65 Tflop/s of fp16 and 130 Top/s of int8; what has no peak of its own runs as fp32.
TEST(KnownPrices, FormatsOfAT4GoByTheArithmeticThatRuns) {
  const auto of = [](const char* formats) { return seconds("nvidia-t4", "resnet-50", formats); };
  EXPECT_LE(of("fp16") / of("int8"), 2);
  for (const char* formats : {"int16", "bf16"}) {
    EXPECT_LE(of(formats), of("fp32")) << formats;
    EXPECT_GE(of(formats), 0.5 * of("fp32")) << formats;
  }
  // Both are computed as int8 × int8 from the same bytes.
  EXPECT_NEAR(seconds("nvidia-t4", "vgg-11", "int4 x int8") / seconds("nvidia-t4", "vgg-11", "log4 x int8"), 1, 0.01);
}

// A board without an engine is what its family is: between its engines, and not far from any of them.
TEST(KnownPrices, ABoardWithoutAnEngineIsNearItsEngines) {
  for (const char* network : {"mobilenet-v1", "mobilenet-v2", "resnet-50"})
    for (const char* formats : {"fp32", "int8"}) {
      const cost::Interval<Seconds> board = *priced("raspberry-pi-4", network, formats).latency_interval;
      for (const char* engine : {"raspberry-pi-4-tflite", "raspberry-pi-4-ncnn", "raspberry-pi-4-xnnpack"}) {
        EXPECT_GE(seconds(engine, network, formats), board.low.value())
            << network << " in " << formats << ", " << engine;
        EXPECT_LE(seconds(engine, network, formats), board.high.value())
            << network << " in " << formats << ", " << engine;
      }
    }
  EXPECT_GE(seconds("raspberry-pi-4", "resnet-8", "fp32") / seconds("raspberry-pi-4", "resnet-8", "int8"), 1.45);
}

// 0.3 G multiply-accumulates against 4.1 G, at batch 1.
TEST(KnownPrices, AMobileNetTakesNoLongerThanAResNet50) {
  for (const char* id : {"nvidia-t4", "nvidia-a100", "nvidia-h200", "jetson-orin-nano"})
    EXPECT_LE(seconds(id, "mobilenet-v2", "int8"), seconds(id, "resnet-50", "int8")) << id;
}

// Intel's optimisation manual: 16 bytes a cycle and core of the L3 cache, 28 cores at 2.7 GHz.
TEST(KnownPrices, SumsPassThroughTheCacheOfAXeon) {
  constexpr double kBandwidth = 16 * 28 * 2.7e9;
  int seen = 0;
  for (const cost::LayerEstimate& layer : priced("xeon-8280", "resnet-50", "int8").layers) {
    if (layer.operation != "Add") continue;
    ++seen;
    EXPECT_GE(layer.time.value() * 1.001, layer.activation_bytes.value() / kBandwidth) << layer.layer;
  }
  EXPECT_EQ(seen, 16);
}

// Jouppi et al., ISCA 2017, section 2: 256 values a cycle at 700 MHz beside the matrix unit.
TEST(KnownPrices, PoolsOfATpuAreNotMadeByItsMultipliers) {
  int seen = 0;
  for (const cost::LayerEstimate& layer : priced("tpu-v1", "resnet-50", "int8").layers) {
    if (layer.operation.find("Pool") == std::string::npos) continue;
    ++seen;
    EXPECT_LE(layer.ops / layer.time.value(), 256 * 700e6 * 1.001) << layer.layer;
  }
  EXPECT_EQ(seen, 2);
}

TEST(KnownPrices, ABandwidthThatIsMissingIsSaid) {
  int seen = 0;
  for (const v1::Platform& of : calibrated_platforms()) {
    if (of.has_fpga()) continue;
    const cost::Estimate estimate = *pricer_of(of).estimate(build("resnet-8", "int8"), {.unsupported = kAny});
    for (const v1::MemoryLevel& level : of.memory()) {
      if (level.has_bandwidth_bytes_per_second()) continue;
      ++seen;
      const std::string what = "bandwidth_bytes_per_second of memory '" + level.name() + "'";
      EXPECT_TRUE(std::any_of(estimate.missing.begin(), estimate.missing.end(),
                              [&](const std::string& text) { return text.starts_with(what); }))
          << of.id() << ": " << level.name();
    }
  }
  EXPECT_GT(seen, 0);
}

// Six matrices of 4 × 250 × 250 bytes for the state, read over 34 GB/s in each of 300 steps, and the others once.
TEST(KnownPrices, BothDirectionsFetchTheirStatesWeightsInEveryStep) {
  constexpr double kState = 6 * 4 * 250.0 * 250 * 300 / 34e9;
  const double taken = seconds("tpu-v1", "lstm-timit-3x250-bi", "int8");
  EXPECT_GE(taken, kState);
  EXPECT_LE(taken, 1.1 * kState);
}

// One array whatever the width: fewer bits may not take longer.
TEST(KnownPrices, NarrowerFormatsAreNoSlowerOnAnArray) {
  int arrays = 0;
  for (const v1::Platform& of : calibrated_platforms()) {
    if (cost::calibration_key(of).device_class != "array") continue;
    ++arrays;
    double before = HUGE_VAL;
    for (const char* formats : {"int8", "int4", "bipolar"}) {
      const double time = pricer_of(of).estimate(build("resnet-8", formats), {.unsupported = kAny})->latency.value();
      EXPECT_LE(time, before * (1 + 1e-9)) << formats << " on " << of.id();
      before = time;
    }
  }
  EXPECT_GT(arrays, 5);
}

// The slow clock halves the rate and not the work. QuTiBench (2021): idle it takes 253 mW.
TEST(KnownPrices, ASlowClockTakesNoSeventeenTimesTheEnergy) {
  for (const char* network : {"resnet-8", "mobilenet-v2"}) {
    const cost::Estimate fast = priced("edge-tpu", network, "int8"), slow = priced("edge-tpu-slow", network, "int8");
    EXPECT_EQ(fast.energy_basis, slow.energy_basis) << network;
    EXPECT_GE(*slow.energy / *fast.energy, 1) << network;
    EXPECT_LE(*slow.energy / *fast.energy, 2) << network;
    EXPECT_GE(fast.energy->value() * fast.throughput_per_second, 0.253) << network;
  }
}

// 9.6 MB of activations against 640 KiB of SRAM, and 1.44 MiB against 264 KiB.
TEST(KnownPrices, WhatCannotFitDoesNot) {
  for (const char* id : {"stm32l4r5-x-cube-ai", "stm32l4r5-tflm"})
    EXPECT_EQ(priced(id, "resnet-50", "fp32").fit, cost::Fit::kNo) << id;
  const cost::Estimate small = priced("rp2040-tflm", "mobilenet-v2", "int8");
  EXPECT_EQ(small.fit, cost::Fit::kNo);
  EXPECT_EQ(small.does_not_fit, "needs 1505280 bytes for activations; memory 'SRAM' holds 270336");
}

// Products of single bits have no use for a multiplier.
TEST(KnownPrices, XnorLayersTakeNoDspBlocks) {
  for (const char* id : {"pynq-z1", "zcu104", "alveo-u250"})
    for (const char* network : {"tfc", "cnv-50"})
      EXPECT_EQ(priced(id, network, "bipolar").resources->dsp, 0) << network << " on " << id;
}

// From 1.69 s to 5.8 h was one of them: 12,400 times. The widest are of streaming designs far larger than those that
// were measured, and of one accelerator that is alone in its class.
TEST(KnownPrices, NoIntervalSpansAThousandTimes) {
  for (const char* network : {"resnet-8", "mobilenet-v2", "resnet-50", "vgg-16", "bert-base-128"})
    for (const char* formats : {"fp32", "int8"})
      for (const v1::Platform& of : calibrated_platforms()) {
        const auto estimate = pricer_of(of).estimate(build(network, formats), {.unsupported = kAny});
        ASSERT_TRUE(estimate.ok()) << of.id();
        if (!estimate->latency_interval) continue;
        EXPECT_LE(estimate->latency_interval->high, estimate->latency_interval->low * 1000)
            << network << " in " << formats << " on " << of.id();
      }
}

}  // namespace
}  // namespace roofscape
