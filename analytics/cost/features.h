// What a network's time is made of, and the numbers on which the calibrated efficiency of each part depends. All of
// them are of the network and of what is asked of it, none of a ceiling (but for two: whether the weights fit the
// innermost memory, and the peak, which is kept in bounds): so raising a ceiling is never slower.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "analytics/arith/number_format.h"
#include "analytics/base/units.h"
#include "analytics/cost/traits.h"

namespace roofscape::cost {

// In what a layer is computed: as coarse as measurements are.
enum class Precision : std::uint8_t {
  kSingle,  // floats of more than 16 bits
  kHalf,    // everything between
  kMixed,   // weights of at most 8 bits, activations of 9 to 16
  kByte,    // integers of 5 to 8 bits
  kNarrow,  // of at most 4
};
inline constexpr std::size_t kPrecisions = 5;
// "fp32", "fp16", "int8 x int16", "int8", "int4"
std::string_view precision_name(Precision precision);
Precision precision_of(const NumberFormat& weight, const NumberFormat& activation);

// A time is the sum of these, each stretched by a factor of its own.
enum class Part : std::uint8_t {
  kArithmetic,  // operations at their ceilings
  kFetch,       // weights that do not stay inside
  kTraffic,     // activations through the outermost memory
  kLaunch,      // starting layers, and the host's share of a batch
};
inline constexpr std::size_t kParts = 4;

// What a network asks of one machine, added up over its layers.
struct Load {
  Ops ops;                                       // of the batch
  Seconds compute;                               // Σ operations / ceiling of each layer
  Seconds memory;                                // of what passes through the outermost memory
  Seconds launch;                                // starting layers, and the host's share of a batch
  Bytes weights;                                 // as stored
  double room = 0;                               // bytes of the innermost memory that is known; 0: none
  std::array<double, kPrecisions> precisions{};  // shares of `ops`
  Seconds fetch;                                 // of weights that do not stay inside: the least of `memory`
  // In the order of Part.
  std::array<Seconds, kParts> parts() const { return {compute, fetch, memory - fetch, launch}; }
};

// Where the features of each part begin: those of arithmetic, then one of fetching, those of traffic and of launches.
inline constexpr std::array<std::size_t, kParts + 1> kFirstFeature = {0, 47, 48, 57, 60};
inline constexpr std::size_t kFeatures = kFirstFeature.back();
inline constexpr std::size_t kMachineFeatures = 1;
// Of the features, those that tell how far the weights exceed the room: their coefficients are never negative.
inline constexpr std::size_t kFirstOverflowFeature = 45, kOverflowFeatures = 2;

std::span<const std::string_view> feature_names();
std::array<double, kFeatures> features(const Traits& traits, const Load& load, double batch);
// ln of the operations a second that the ceilings allow, around 27 and a quarter as large.
std::array<double, kMachineFeatures> machine_features(const Load& load);

}  // namespace roofscape::cost
