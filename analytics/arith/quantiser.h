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
//
// Other formats have no codes here: x̂ = scale·(x/scale rounded to an element of the format, element.h). Formats in
// blocks find their scales in the values themselves, so they quantise whole tensors only (fake_quantise_tensor); their
// `axis` is the one along which blocks run, and `scale` is 1.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analytics/arith/number_format.h"
#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape {

// How integers round; all but the first occur in QONNX files only.
enum class Rounding : std::uint8_t {
  kHalfEven,  // to the nearest, ties to even
  kHalfUp,    // to the nearest, ties away from 0
  kHalfDown,  // to the nearest, ties towards 0
  kCeil,
  kFloor,
  kAwayFromZero,
  kTowardsZero,
};
// x as a whole number.
float round_by(float x, Rounding rounding);

struct Quantiser {
  static constexpr int kPerTensor = -1;

  NumberFormat format;
  std::vector<float> scale{1.0F};           // positive and finite; size 1, or the size of the tensor along `axis`
  std::vector<std::int32_t> zero_point{0};  // same size as scale; representable in the format
  int axis = kPerTensor;
  Rounding rounding = Rounding::kHalfEven;
  // QONNX's order, rint(x / scale + zero_point): ties fall otherwise where a zero point is odd.
  bool zero_point_first = false;
  // Of values below 0, where theirs is another: empty, or as many as there are scales. For weights in signed integers
  // with zero point 0 (ternary weights of two scales); sums of their codes are not the values' sums.
  std::vector<float> negative_scale{};

  // Whether values have integer codes: quantise() may be called.
  bool has_codes() const { return format.is_integer() && format.block() == 0; }
  bool per_channel() const { return axis != kPerTensor && format.block() == 0; }
  bool symmetric() const;                                    // every zero point is 0
  bool one_scale() const { return negative_scale.empty(); }  // for values of both signs

  // Fails unless sizes agree, scales are positive and finite and zero points lie in the format's range. An unsigned
  // format has at most 31 bits here, so that every code is an int32.
  Status validate() const;
  // The naive scalar truth; `channel` is the index along `axis` (0 when per tensor). Integer formats only.
  std::int32_t quantise(float x, std::size_t channel = 0) const;
  float dequantise(std::int32_t q, std::size_t channel = 0) const;
  // dequantise(quantise(x)); the identity for fp32; else scale·round_to_element(x / scale), finite. Not for blocks.
  float fake(float x, std::size_t channel = 0) const;

  void hash_into(Hasher& hasher) const;
  // Scale of a channel's values of one sign.
  float scale_of(bool negative, std::size_t channel) const {
    return negative && !one_scale() ? negative_scale[channel] : scale[channel];
  }
  friend bool operator==(const Quantiser&, const Quantiser&) = default;
};
using QuantiserPtr = std::shared_ptr<const Quantiser>;

// A quantiser for [low, high] (low ≤ high, both finite). Formats without codes map the larger magnitude onto their
// largest element; fp32 and formats in blocks have scale 1. Integers: symmetric ones of a signed format span
// ±max(|low|, |high|), of an unsigned one 0 … high; affine ones extend the range to hold 0 and represent it exactly. A
// range that holds nothing but 0 gives scale 1. Scales stay normal floats, small enough that no code stands for
// infinity. `power_of_two` rounds the scale up to the next power of two, so that the range still fits.
struct RangeOptions {
  bool symmetric = true;
  bool power_of_two = false;
};
Quantiser quantiser_for_range(NumberFormat format, float low, float high, RangeOptions options = {});

}  // namespace roofscape
