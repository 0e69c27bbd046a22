#include "analytics/cost/features.h"

#include <algorithm>
#include <cmath>

namespace roofscape::cost {
namespace {

constexpr std::array<std::string_view, kFeatures> kNames = {
    "one",
    "macs",
    "macs above 1e7",
    "macs above 1e8",
    "macs above 1e9",
    "macs above 5e9",
    "parameters a mac",
    "parameters a mac above e^-5",
    "activations a mac",
    "activations a mac above e^-5",
    "batch",
    "batch above 4",
    "batch x macs",
    "input",
    "input above e^12",
    "detects",
    "segments",
    "layers",
    "macs of the batch above 1e8",
    "macs of the batch above 1e9",
    "macs of the batch above 1e10",
    "macs of the batch above 1e11",
    "activations of the batch above 1e5",
    "activations of the batch above 1e6",
    "activations of the batch above 1e7",
    "parameters above 1e5",
    "parameters above 1e6",
    "macs an activation above 32",
    "macs an activation above 256",
    "macs an activation above 1024",
    "plain",
    "separable",
    "grouped",
    "concat",
    "hybrid",
    "transformer",
    "fp32",
    "fp16",
    "int8 x int16",
    "int8",
    "int4",
    "int8 x separable",
    "fp16 x separable",
    "int8 x macs",
    "fp16 x macs",
    "weights exceed the room",
    "by how much",
    "fetch: one",
    "traffic: one",
    "traffic: batch",
    "traffic: activations of the batch",
    "traffic: plain",
    "traffic: separable",
    "traffic: grouped",
    "traffic: concat",
    "traffic: hybrid",
    "traffic: transformer",
    "launch: one",
    "launch: batch",
    "launch: layers",
};

double above(double value, double knee) { return std::max(0.0, value - knee); }

// Scales that bring each feature to a size of about 1, so that one variance of coefficients serves all.
constexpr double kKindScale = 0.7, kTaskScale = 0.5;

}  // namespace

std::string_view precision_name(Precision precision) {
  constexpr std::array<std::string_view, kPrecisions> kPrecisionNames = {"fp32", "fp16", "int8 x int16", "int8",
                                                                         "int4"};
  return kPrecisionNames[static_cast<std::size_t>(precision)];
}

Precision precision_of(const NumberFormat& weight, const NumberFormat& activation) {
  const int widest = std::max(weight.bits(), activation.bits());
  const bool integers = weight.is_integer() && activation.is_integer();
  if (widest > 16) return Precision::kSingle;
  if (integers && widest > 8 && weight.bits() <= 8) return Precision::kMixed;
  if (!integers || widest > 8) return Precision::kHalf;
  return widest > 4 ? Precision::kByte : Precision::kNarrow;
}

std::span<const std::string_view> feature_names() { return kNames; }

std::array<double, kFeatures> features(const Traits& traits, const Load& load, double batch) {
  const double macs = std::log(traits.macs);
  const double weights = std::log(traits.parameters) - macs, written = std::log(traits.activations) - macs;
  const double images = std::log(batch), input = std::log(traits.input);
  const double size = (macs - 20) / 2;
  const auto share = [&](Precision p) { return load.precisions[static_cast<std::size_t>(p)]; };
  const bool separable = traits.kind == NetworkKind::kSeparable;
  const bool overflows = load.room > 0 && load.weights.value() > load.room;
  std::array<double, kFeatures> out{};
  std::size_t at = 0;
  const auto put = [&](double value) { out[at++] = value; };
  put(1);
  put(size);
  for (const double knee : {1e7, 1e8, 1e9, 5e9}) put(above(macs, std::log(knee)) / 2);
  put((weights + 5) / 1.5);
  put(above(weights, -5) / 1.5);
  put(written + 6);
  put(above(written, -5));
  put(images / 2);
  put(above(images, std::log(4.0)) / 2);
  put(images * size / 3);
  put(input - 11);
  put(above(input, 12));
  put(traits.detects ? kTaskScale : 0);
  put(traits.segments ? kTaskScale : 0);
  put(std::log(traits.layers / usual_layers(traits.kind)));
  for (const double knee : {1e8, 1e9, 1e10, 1e11}) put(above(macs + images, std::log(knee)) / 2);
  for (const double knee : {1e5, 1e6, 1e7}) put(above(std::log(traits.activations) + images, std::log(knee)) / 2);
  for (const double knee : {1e5, 1e6}) put(above(std::log(traits.parameters), std::log(knee)) / 2);
  for (const double knee : {32.0, 256.0, 1024.0}) put(above(-written, std::log(knee)) / 2);
  const auto put_kinds = [&] {
    for (std::size_t k = 0; k < kNetworkKinds; ++k) put(k == static_cast<std::size_t>(traits.kind) ? kKindScale : 0);
  };
  put_kinds();
  for (std::size_t p = 0; p < kPrecisions; ++p) put(kKindScale * load.precisions[p]);
  put(separable ? kTaskScale * share(Precision::kByte) : 0);
  put(separable ? kTaskScale * share(Precision::kHalf) : 0);
  put(share(Precision::kByte) * size / 2);
  put(share(Precision::kHalf) * size / 2);
  put(overflows ? 1 : 0);
  put(overflows ? std::log(load.weights.value() / load.room) : 0);
  put(1);
  put(1);
  put(images / 3);
  put((std::log(traits.activations) + images - 16) / 3);
  put_kinds();
  put(1);
  put(images / 3);
  put(std::log(traits.layers / 50) / 2);
  return out;
}

std::array<double, kMachineFeatures> machine_features(const Load& load) {
  return {(std::log(load.ops / load.compute / OpsPerSecond(1)) - 27) / 4};
}

}  // namespace roofscape::cost
