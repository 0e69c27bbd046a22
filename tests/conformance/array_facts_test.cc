// What the ceilings of fixed arrays and overlays say by themselves, without calibration, against published
// measurements.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/zoo.h"
#include "platforms/library.h"

namespace roofscape {
namespace {

cost::Estimate priced(std::string_view platform, std::string_view network, std::string_view formats,
                      std::int64_t batch) {
  const auto all = platforms::built_in_platforms();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.id() == platform; });
  const Network whole = *zoo::find(network)->build();
  return *cost::estimate(*cost::with_formats(whole, *cost::parse_formats(formats)), *found, {.batch = batch});
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Row {
  const char* network;
  double images_per_second;
};

double median_error(std::string_view platform, std::int64_t batch, const std::vector<Row>& rows) {
  std::vector<double> errors;
  for (const Row& row : rows)
    errors.push_back(
        std::abs(priced(platform, row.network, "int8", batch).throughput_per_second / row.images_per_second - 1));
  return median(errors);
}

// Vitis AI 2.5, model zoo: several threads, end to end.
TEST(ArrayFacts, DpuCoresRunNetworksAsFastAsMeasured) {
  EXPECT_LE(median_error("kv260-dpu", 1,
                         {{"resnet-50", 98.21},
                          {"resnet-101", 51.07},
                          {"resnet-18", 239.61},
                          {"vgg-16", 21.72},
                          {"mobilenet-v1", 425.57},
                          {"mobilenet-v2", 336.82},
                          {"googlenet", 227.17},
                          {"inception-v3", 67.38}}),
            0.15);
  EXPECT_LE(median_error("zcu104-dpu", 2,
                         {{"resnet-50", 175.39},
                          {"resnet-101", 94.71},
                          {"resnet-18", 437.02},
                          {"vgg-16", 37.10},
                          {"mobilenet-v1", 783.96},
                          {"mobilenet-v2", 609.18},
                          {"googlenet", 412.79},
                          {"inception-v3", 121.49}}),
            0.3);
}

// QuTiBench measured on a ZCU104 15.0, 16.6 and 30.5 ms for 1, 2 and 4 images.
TEST(ArrayFacts, DpuCoresShortenNoSingleImage) {
  const double one = priced("kv260-dpu", "resnet-50", "int8", 1).latency.value();
  const double of_two = priced("zcu104-dpu", "resnet-50", "int8", 1).latency.value();
  EXPECT_DOUBLE_EQ(of_two, one);
  EXPECT_LE(priced("zcu104-dpu", "resnet-50", "int8", 2).latency.value(), 1.1 * one);
  EXPECT_NEAR(priced("zcu104-dpu", "resnet-50", "int8", 4).latency.value(), 2 * one, 0.2 * one);
  EXPECT_NEAR(priced("kv260-dpu", "vgg-16", "int8", 4).throughput_per_second,
              priced("kv260-dpu", "vgg-16", "int8", 1).throughput_per_second, 1e-6);
}

// Chen et al., JSSC 2017, table 5, in time for each multiplication: their AlexNet has two columns.
TEST(ArrayFacts, EyerissConvolves) {
  const cost::Estimate e = priced("eyeriss-v1", "alexnet", "int16", 4);
  double seconds = 0, macs = 0;
  for (const cost::LayerEstimate& layer : e.layers)
    if (layer.operation == "Conv") seconds += layer.time.value(), macs += layer.ops / 2;
  EXPECT_NEAR(seconds / macs, 115.3e-3 / 2.66e9, 0.3 * 115.3e-3 / 2.66e9);
}

// 35 steps fetch 3.38 MB of weights of the state each over 34 GB/s, and 9.9 MB of others come once.
TEST(ArrayFacts, TpuFetchesTheStatesWeightsInEveryStep) {
  EXPECT_NEAR(priced("tpu-v1", "lstm-ptb-2x650", "int8", 1).latency.value(), 3.8e-3, 0.1e-3);
}

// A part of the batch stays on the chip, if not all of it.
TEST(ArrayFacts, TpuDoesNotSlowDownWithTheBatch) {
  double before = 0;
  for (std::int64_t batch = 1; batch <= 128; batch *= 2) {
    const double rate = priced("tpu-v1", "resnet-50", "int8", batch).throughput_per_second;
    EXPECT_GE(rate, before) << batch;
    before = rate;
  }
}

// Its buffer feeds 16 x 32 fusion units: each byte many times, in time and energy the same ones.
TEST(ArrayFacts, BitFusionPaysForWhatItsUnitsReadAgain) {
  const cost::Estimate e = priced("bitfusion", "resnet-18", "int8", 4);
  for (const cost::LayerEstimate& layer : e.layers) {
    if (layer.operation != "Conv") continue;
    const double once = 4.5e-12 * (layer.weight_bytes + layer.activation_bytes).value();
    EXPECT_GE(layer.energy_parts.memory[0].value(), 5 * once) << layer.layer;
  }
}

// On one device a narrower format is never slower.
TEST(ArrayFacts, NarrowerFormatsAreNeverSlowerOnBitFusion) {
  double before = 1e300;
  for (const char* formats : {"int16", "int8 x int16", "int8", "int4 x int8", "int4", "int2 x int4", "int2"}) {
    const double time = priced("bitfusion", "resnet-50", formats, 4).latency.value();
    EXPECT_LE(time, before) << formats;
    before = time;
  }
}

}  // namespace
}  // namespace roofscape
