// Published facts that estimates of the platforms that ship must reproduce, each with its tolerance. Of most of them
// the calibration that ships has learned from rows like them, so this asks whether it still says what it has seen. Of
// the Cortex-A78AE, M0+ and M85 it has seen no row: there the figures of their files and what their class has in common
// must do.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/load.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape {
namespace {

using cost::NetworkKind;
using cost::Outline;

const Outline kMobileNetV1{.macs = 0.569e9,
                           .parameters = 4.24e6,
                           .activations = 5.1e6,
                           .input = 224 * 224,
                           .layers = 28,
                           .kind = NetworkKind::kSeparable};
const Outline kMobileNetV2{.macs = 0.3e9,
                           .parameters = 3.47e6,
                           .activations = 6.7e6,
                           .input = 224 * 224,
                           .layers = 53,
                           .kind = NetworkKind::kSeparable};
const Outline kResNet50{.macs = 4.1e9, .parameters = 25.6e6, .activations = 11.1e6, .input = 224 * 224, .layers = 54};

const v1::Platform& platform(const std::string& id) {
  for (const v1::Platform& candidate : platforms::built_in_platforms())
    if (candidate.id() == id) return candidate;
  throw std::runtime_error("no platform " + id);
}

struct Asked {
  std::string weight = "fp32", activation = "fp32";
  double batch = 1;
  bool layer = false;  // a single layer, called again and again
};

// Seconds for one image.
double seconds(const std::string& id, const Outline& outline, const Asked& asked) {
  const cost::Machine machine = *cost::read_machine(platform(id));
  cost::CalibrationKey key = cost::calibration_key(platform(id));
  if (asked.layer) {
    key.device_class += " layer";
    key.platform += " layer";
  }
  const auto message = cost::resolve(platforms::built_in_calibration(), key);
  EXPECT_TRUE(message.ok() && message->has_value()) << id;
  const auto calibration = *cost::PlatformCalibration::create(**message);
  const cost::Traits traits = *cost::complete(outline);
  const cost::Load load = *cost::load_of(machine, traits, *NumberFormat::parse(asked.weight),
                                         *NumberFormat::parse(asked.activation), asked.batch);
  return calibration.predict(traits, load, asked.batch).time.value() / asked.batch;
}

// Geometric mean over the two MobileNets of how many times faster `narrow` is than `wide`.
double gain(const std::string& id, const Asked& wide, const Asked& narrow) {
  double product = 1;
  for (const Outline* network : {&kMobileNetV1, &kMobileNetV2})
    product *= seconds(id, *network, wide) / seconds(id, *network, narrow);
  return std::sqrt(product);
}

const Asked kFp32{}, kFp16{"fp16", "fp16"}, kInt8{"int8", "int8"}, kW8A16{"int8", "int16"};

TEST(Facts, IntegersOverFloatsOnArmCores) {
  EXPECT_NEAR(gain("raspberry-pi-4-tflite", kFp32, kInt8), 2.6, 0.2 * 2.6);    // Cortex-A72
  EXPECT_NEAR(gain("firefly-rk3588s-cpu", kFp32, kInt8), 2.3, 0.2 * 2.3);      // Cortex-A76
  EXPECT_GT(gain("jetson-agx-orin-cpu", kFp32, kInt8), 1.5);                   // Cortex-A78AE: 1.5, estimated as more
  EXPECT_NEAR(gain("jetson-agx-xavier-cpu", kFp32, kInt8), 0.81, 0.2 * 0.81);  // Carmel: slower
}

TEST(Facts, HexagonGainsByNarrowWeightsAndActivationsTogether) {
  for (const char* id :
       {"qcs8275-hexagon", "qcs8550-hexagon", "snapdragon-8-gen-3-hexagon", "snapdragon-x-elite-hexagon"}) {
    const double both = seconds(id, kResNet50, kFp16) / seconds(id, kResNet50, kInt8);
    EXPECT_GE(both, 0.9 * 2.0) << id;
    EXPECT_LE(both, 1.1 * 4.7) << id;
    const double weights = gain(id, kFp16, kW8A16);
    EXPECT_GE(weights, 0.9 * 1.0) << id;
    EXPECT_LE(weights, 1.1 * 1.7) << id;
  }
}

// A 3 × 3 convolution of TensorRT's benchmark.
Outline convolution(double channels, double side) {
  const double weights = channels * channels * 9;
  return {.macs = weights * side * side,
          .parameters = weights,
          .activations = channels * side * side,
          .input = side * side,
          .layers = 1};
}
Outline depthwise_convolution(double channels, double side) {
  Outline layer = convolution(channels, side);
  layer.macs /= channels;
  layer.parameters /= channels;
  layer.kind = NetworkKind::kSeparable;
  return layer;
}

double median_gain(Outline (*layer)(double, double), const Asked& narrow) {
  std::vector<double> gains;
  for (const double channels : {32.0, 64.0, 128.0, 256.0})
    for (const double side : {5.0, 8.0, 12.0})
      for (const double batch : {1.0, 32.0, 64.0, 128.0}) {
        const Asked wide{.batch = batch, .layer = true};
        const Asked other{narrow.weight, narrow.activation, batch, true};
        gains.push_back(seconds("nvidia-v100", layer(channels, side), wide) /
                        seconds("nvidia-v100", layer(channels, side), other));
      }
  std::nth_element(gains.begin(), gains.begin() + static_cast<std::ptrdiff_t>(gains.size() / 2), gains.end());
  return gains[gains.size() / 2];
}

TEST(Facts, ConvolutionsOfAV100GainFarLessThanItsPeaksPromise) {
  EXPECT_NEAR(median_gain(convolution, kFp16), 2.1, 0.4 * 2.1);            // its peaks say 8
  EXPECT_NEAR(median_gain(convolution, kInt8), 2.0, 0.4 * 2.0);            // and 4
  EXPECT_NEAR(median_gain(depthwise_convolution, kInt8), 1.2, 0.2 * 1.2);  // depthwise, next to nothing
}

// Clock cycles for each multiply-accumulate of MLPerf Tiny's ResNet-8.
double cycles(const std::string& id) {
  const Outline network{.macs = 12.5e6, .parameters = 78e3, .input = 32 * 32, .layers = 10};
  const auto& cores = platform(id).cores();
  return seconds(id, network, kInt8) * cores.clock_hertz().value() / network.macs;
}

TEST(Facts, CyclesOfMicrocontrollersForAMultiplication) {
  EXPECT_NEAR(cycles("rp2040-tflm"), 10, 0.3 * 10);            // Cortex-M0+: 8 to 12
  EXPECT_NEAR(cycles("stm32l4r5-x-cube-ai"), 1.9, 0.3 * 1.9);  // Cortex-M4: 1.4 to 2.4
  EXPECT_NEAR(cycles("stm32h7a3-x-cube-ai"), 1.1, 0.3 * 1.1);  // Cortex-M7: 0.9 to 1.3
  EXPECT_NEAR(cycles("ra8m1-cmsis-nn"), 0.65, 0.5 * 0.65);     // Cortex-M85: 0.33 to 0.96
  EXPECT_NEAR(cycles("stm32l4r5-tflm"), 7.1, 0.4 * 7.1);       // the same Cortex-M4 with an old engine: 4.6 to 9.6
}

// MLPerf Inference states the power of the whole system at the wall: of a server with one such card several hundred
// watts. What a platform says of itself is the device's.
TEST(Facts, PowerAtTheWallIsNoPowerOfADevice) {
  for (const v1::Platform& platform : platforms::built_in_platforms())
    for (const v1::Figure& figure : {platform.peak_watts(), platform.static_watts()})
      EXPECT_EQ(figure.source().find("wall"), std::string::npos) << platform.id();
  EXPECT_EQ(platform("nvidia-a100-pcie-80gb").peak_watts().value(), 300);
  EXPECT_EQ(platform("nvidia-t4").peak_watts().value(), 70);
}

TEST(Facts, FloatConvolutionsMayPassTheNominalPeak) {
  double nominal = 0, winograd = 0;
  for (const v1::ComputeCeiling& ceiling : platform("nvidia-v100").compute())
    if (ceiling.weight() == "fp32")
      (ceiling.algorithm() == "winograd" ? winograd : nominal) = ceiling.ops_per_second().value();
  // The benchmark's fastest 3 × 3 convolution reaches 1.41 times the nominal peak.
  EXPECT_GE(winograd, 1.41 * nominal);
}

}  // namespace
}  // namespace roofscape
