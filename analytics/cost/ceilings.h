// The arithmetic peaks of a platform, and which of them computes a given pair of formats.
//
//   Ceilings ceilings = *Ceilings::create(platform);
//   int at = ceilings.find(int4, uint8, layer);   // the fastest peak whose formats hold both: "int8 x int8"
//   ceilings.declined(int4, uint8, layer, at);    // why not the others: "int4 x int4: activations are uint8 …"
//
// A format holds another if every value of it is exact there: int8 holds int4 and (as units take both) uint8, fp16
// holds int8, fp32 holds int16 and bf16. Taking the fastest peak that holds the pair, not the narrowest, keeps two
// promises: raising any peak is never slower, and neither is narrowing a format. One exception is a fact of engines: a
// Winograd peak is for layers that are in floats themselves, so that a 3x3 convolution in integers may be slower.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/arith/number_format.h"
#include "analytics/arith/sparsity_pattern.h"
#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/cost/array.h"
#include "analytics/cost/features.h"
#include "analytics/network/layer.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

struct Ceiling {
  std::string name;  // "int8 x int8": weights, activations; with a pattern, "int8 x int8, weights 2:4"
  NumberFormat weight, activation;
  std::optional<SparsityPattern> sparsity;  // that weights must keep; none: any weights
  bool per_tensor = false;                  // only for weights with one scale
  Array array;                              // its multipliers; any layer fills one that is not stated
  bool winograd = false;                    // only for ungrouped 3x3 convolutions with stride 1, and only in floats
  OpsPerSecond rate;
  Precision precision = Precision::kSingle;  // of its arithmetic
  double stretch = 1;  // by which measurements say its arithmetic is slower than the platform's arithmetic at large
  std::optional<JoulesPerOp> energy;
};

// Whether every value of `narrow` is exact in `wide`, up to one scale. Signed and unsigned integers of one width hold
// each other: arithmetic units that take the one take the other. Powers of two are shifted ones to integers; blocks
// with a shared exponent need units for such blocks, or floats with 8 exponent bits.
bool holds(const NumberFormat& wide, const NumberFormat& narrow);

class Ceilings {
 public:
  // Fails on a format that is none.
  static Result<Ceilings> create(const v1::Platform& platform);

  // The highest peak first.
  const std::vector<Ceiling>& all() const { return all_; }
  const Ceiling& at(int index) const { return all_[static_cast<std::size_t>(index)]; }
  // Index of the fastest that holds both formats, and whose pattern the layer's weights keep, or -1: of those that
  // differ in their arrays, for so many images.
  int find(const NumberFormat& weight, const NumberFormat& activation, const Layer& layer, double images = 1) const;
  // Whether one of them holds both formats, and takes the layer and its weights.
  bool computes(int index, const NumberFormat& weight, const NumberFormat& activation, const Layer& layer) const;
  // Whether some peak takes weights of the format's own width.
  bool reads(const NumberFormat& weight) const;
  // Width of the narrowest weights that hold the format and that some peak takes; 0: none does.
  int narrowest_read(const NumberFormat& weight) const;
  // Index of the fastest that any layer and any weights reach; 0 where there is none.
  int fastest() const;
  // Sets what measurements say of each: `stretch_of(ceiling)`.
  template <typename StretchOf>
  void set_stretches(const StretchOf& stretch_of) {
    for (Ceiling& ceiling : all_) ceiling.stretch = stretch_of(ceiling);
  }
  // The highest rate of those that any layer in these formats reaches, or of all where none holds them.
  OpsPerSecond fastest_rate(const NumberFormat& weight, const NumberFormat& activation) const;
  // The same, each with its rate divided by so many.
  Ceilings slowed(double times) const;
  // Why what would be faster or closer to the formats than `chosen` was not taken; empty for an exact match.
  DeclineTrail declined(const NumberFormat& weight, const NumberFormat& activation, const Layer& layer,
                        int chosen) const;

 private:
  std::vector<Ceiling> all_;
};

// Whether it has weights with a scale for each channel.
bool has_channel_scales(const Layer& layer);

// Whether Winograd's algorithm computes it: an ungrouped, undilated 3x3 convolution with stride 1.
bool suits_winograd(const Layer& layer);

// "int4 x uint8"
std::string pair_name(const NumberFormat& weight, const NumberFormat& activation);

}  // namespace roofscape::cost
