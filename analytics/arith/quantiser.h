// A quantiser maps real numbers onto the grid of a number format and back.
//
// Integers: q = clip(rint(x / scale) + zero_point, lowest, highest), x̂ = scale·(q − zero_point), with rint to the
// nearest even (ONNX QuantizeLinear's order: round, then add the zero point). One scale and zero point for the whole
// tensor (axis = kPerTensor) or one for each index along `axis`.
//
//   Quantiser q{NumberFormat::integer(8, Signedness::kUnsigned), {0.02f}, {0}};
//   float on_grid = q.fake(0.513f);                    // 0.52
//
// Division, not multiplication by a reciprocal, is the truth, so that exported networks agree elsewhere. Every fast
// path (quantise_fast.h, the engine's epilogues) equals these scalar functions bit for bit. NaN quantises as 0.0 does,
// infinities saturate.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analytics/arith/number_format.h"
#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape {

struct Quantiser {
  static constexpr int kPerTensor = -1;

  NumberFormat format;
  std::vector<float> scale{1.0F};           // positive and finite; size 1, or the size of the tensor along `axis`
  std::vector<std::int32_t> zero_point{0};  // same size as scale; representable in the format
  int axis = kPerTensor;

  bool per_channel() const { return axis != kPerTensor; }
  bool symmetric() const;  // every zero point is 0

  // Fails unless sizes agree, scales are positive and finite and zero points lie in the format's range. An unsigned
  // format has at most 31 bits here, so that every code is an int32.
  Status validate() const;
  // The naive scalar truth; `channel` is the index along `axis` (0 when per tensor). Integer formats only.
  std::int32_t quantise(float x, std::size_t channel = 0) const;
  float dequantise(std::int32_t q, std::size_t channel = 0) const;
  // dequantise(quantise(x)); the identity for fp32. Other float formats: scale·(x/scale rounded to the format), ties to
  // even, saturating at the largest finite value.
  float fake(float x, std::size_t channel = 0) const;

  void hash_into(Hasher& hasher) const;
  friend bool operator==(const Quantiser&, const Quantiser&) = default;
};
using QuantiserPtr = std::shared_ptr<const Quantiser>;

// A quantiser for [low, high] (low ≤ high, both finite). Symmetric ones of a signed format span ±max(|low|, |high|), of
// an unsigned one 0 … high; affine ones extend the range to hold 0 and represent it exactly. A range that holds nothing
// but 0 gives scale 1. Scales stay normal floats, small enough that no code stands for infinity.
// `power_of_two` rounds the scale up to the next power of two, so that the range still fits.
struct RangeOptions {
  bool symmetric = true;
  bool power_of_two = false;
};
Quantiser quantiser_for_range(NumberFormat format, float low, float high, RangeOptions options = {});

}  // namespace roofscape
