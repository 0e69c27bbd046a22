// The numbers on which calibrated efficiency depends, all of them of the network and of what is asked of it, none of a
// ceiling (but for one: whether the weights fit the innermost memory): so raising a ceiling is never slower.
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
  // What efficiency is learned against.
  Seconds ideal() const { return std::max(compute, fetch) + launch; }
};

inline constexpr std::size_t kFeatures = 47;
inline constexpr std::size_t kMachineFeatures = 3;
// Of the features, those that tell how far the weights exceed the room: their coefficients are never negative.
inline constexpr std::size_t kFirstOverflowFeature = 45;

std::span<const std::string_view> feature_names();
std::array<double, kFeatures> features(const Traits& traits, const Load& load, double batch);
// ln of memory over ideal time, its excess above 0, and ln of operations a second in the ideal time.
std::array<double, kMachineFeatures> machine_features(const Load& load);

}  // namespace roofscape::cost
