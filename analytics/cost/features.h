// What a network's time is made of, and the numbers on which the calibrated efficiency of each part depends. All of
// them are of the network and of what is asked of it, none of its name and none of a ceiling (but for two: whether the
// weights fit the innermost memory, and the width of the peak, which are kept in bounds): so raising a ceiling is never
// slower, and twice the clock is twice the rate of arithmetic.
#pragma once

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
  Ops ops;                                     // of the batch, or as many as the ceilings do in that time
  std::array<Seconds, kPrecisions> compute{};  // Σ operations / ceiling of each layer, by the arithmetic that runs
  Seconds fetch;                               // of weights that do not stay inside, through the outermost memory
  Seconds traffic;                             // of activations through it
  Seconds launch;                              // starting layers, and the host's share of a batch
  Bytes weights;                               // as stored
  double room = 0;                             // bytes of the innermost memory that is known; 0: none
  Hertz clock = kUsualClock;                   // of the machine
  bool overlaps = false;                       // memories are filled while the arithmetic works

  // The clock of a machine that states none.
  static constexpr Hertz kUsualClock{1e9};
  Seconds arithmetic() const;
  // Of that time; 0 where there is none.
  double share(Precision precision) const;
  // In the order of Part. What overlaps is one part, of what takes longest.
  std::array<Seconds, kParts> parts() const;
};

// What a feature says, and so which variance its coefficient has (analytics/calibrate/variances.h).
enum class Aspect : std::uint8_t {
  kLevel,      // 1: how far behind its ceiling a part stays in any case
  kSize,       // logarithms of what a network asks for, around what is usual
  kTask,       // what an input is, and what is made of the last layer
  kKind,       // shares of kinds of networks: 1 for its own
  kPrecision,  // shares of precisions
  kOverflow,   // how far the weights exceed the room: coefficients are never negative
  kReduction,  // how many products are added into one activation: of single layers only
  kPeak,       // operations a cycle of the ceiling: a wider one takes back at most what it gives
};
inline constexpr std::size_t kAspects = 8;

// One row of the table in features.cc. Features of one part stand together, and in it those of one aspect.
struct Feature {
  std::string_view name;
  Part part;
  Aspect aspect;
  // Between which its coefficient stays, so that more work never takes less time, a larger batch never gives fewer
  // images a second, and less room or a lower peak is never faster.
  double least, most;
};
inline constexpr std::size_t kFeatures = 56;
std::span<const Feature> feature_table();

// Moves coefficients, one a feature, into their bounds.
void keep_bounds(std::span<double> coefficients);

// Features of `part` and `aspect`, as a range of indices.
struct FeatureRange {
  std::size_t first = 0, count = 0;
};
FeatureRange features_of(Part part);
FeatureRange features_of(Part part, Aspect aspect);

// The feature of a ceiling's width.
double width_feature(OpsPerSecond rate, Hertz clock);

std::array<double, kFeatures> features(const Traits& traits, const Load& load, double batch);

}  // namespace roofscape::cost
