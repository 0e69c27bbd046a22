#include "analytics/arith/quantiser.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/arith/element.h"

namespace roofscape {
namespace {

// quantise() gives an int32, so an unsigned format of 32 bits would not fit.
constexpr std::int64_t kHighestCode = std::numeric_limits<std::int32_t>::max();

// The scale as stored: a normal float (so that dividing by it is exact enough everywhere), small enough that no code
// stands for infinity; a power of two at least as large as `scale` when asked for.
float storable_scale(double scale, const NumberFormat& format, bool power_of_two) {
  const double smallest = std::numeric_limits<float>::min();
  // Room for every code: of integers 2^bits, of others their largest element.
  const int reach = format.is_integer() ? format.bits() : std::max(top_exponent(format) + 1, 0);
  const double largest = std::ldexp(std::numeric_limits<float>::max(), -reach);
  const float nearest = static_cast<float>(std::clamp(scale, smallest, largest));
  if (!power_of_two) return nearest;
  const int most = std::ilogb(largest);
  if (scale <= smallest) return static_cast<float>(smallest);  // 2^-126
  const int floor = std::ilogb(scale);
  const int exponent = std::ldexp(1.0, floor) == scale ? floor : floor + 1;
  return std::ldexp(1.0F, std::min(exponent, most));
}

Quantiser symmetric_quantiser(NumberFormat format, double low, double high, bool power_of_two) {
  const double magnitude = format.is_signed() ? std::max(std::abs(low), std::abs(high)) : std::max(high, 0.0);
  const auto steps = static_cast<double>(std::max<std::int64_t>(std::min(format.highest(), kHighestCode), 1));
  const float scale = magnitude == 0 ? 1.0F : storable_scale(magnitude / steps, format, power_of_two);
  return {format, {scale}, {0}};
}

Quantiser affine_quantiser(NumberFormat format, double low, double high, bool power_of_two) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  if (high == low) return {format, {1.0F}, {0}};
  const std::int64_t lowest = format.lowest();
  const std::int64_t highest = std::min(format.highest(), kHighestCode);
  const float scale = storable_scale((high - low) / static_cast<double>(highest - lowest), format, power_of_two);
  const double zero = static_cast<double>(lowest) - std::nearbyint(low / static_cast<double>(scale));
  const double clipped = std::clamp(zero, static_cast<double>(lowest), static_cast<double>(highest));
  return {format, {scale}, {static_cast<std::int32_t>(clipped)}};
}

Quantiser element_quantiser(NumberFormat format, double low, double high, bool power_of_two) {
  if (format.is_fp32() || format.block() != 0) return {.format = format};
  const double magnitude = format.is_signed() ? std::max(std::abs(low), std::abs(high)) : std::max(high, 0.0);
  if (magnitude == 0) return {.format = format};
  return {format, {storable_scale(magnitude / largest_element(format), format, power_of_two)}, {0}};
}

// Formats in blocks: no scale of their own.
Status validate_blocks(const Quantiser& q) {
  if (q.axis < 0) return invalid_argument("{} needs the axis along which its blocks run", q.format.name());
  if (q.scale != std::vector<float>{1.0F} || !q.symmetric() || q.zero_point.size() != 1)
    return invalid_argument("{} finds its scales in the values; give scale 1 and zero point 0", q.format.name());
  return {};
}

Status validate_negative_scales(const Quantiser& q) {
  if (q.negative_scale.size() != q.scale.size())
    return invalid_argument("a quantiser has {} scales and {} for values below 0; give as many, or none",
                            q.scale.size(), q.negative_scale.size());
  if (!q.format.is_integer() || q.format.is_bipolar() || !q.format.is_signed() || !q.symmetric())
    return invalid_argument("{} cannot have a scale for each sign; signed integers with zero point 0 can",
                            q.format.name());
  for (const float scale : q.negative_scale)
    if (!std::isfinite(scale) || scale <= 0)
      return invalid_argument("a scale for values below 0 is {}; use a positive finite number", scale);
  return {};
}

}  // namespace

float round_by(float x, Rounding rounding) {
  switch (rounding) {
    case Rounding::kHalfEven: return std::nearbyint(x);
    case Rounding::kHalfUp: return std::round(x);
    case Rounding::kHalfDown: {
      const float whole = std::trunc(x);
      return std::abs(x - whole) > 0.5F ? whole + std::copysign(1.0F, x) : whole;
    }
    case Rounding::kCeil: return std::ceil(x);
    case Rounding::kFloor: return std::floor(x);
    case Rounding::kAwayFromZero: return x < 0 ? std::floor(x) : std::ceil(x);
    case Rounding::kTowardsZero: return std::trunc(x);
  }
  return x;
}

bool Quantiser::symmetric() const {
  return std::all_of(zero_point.begin(), zero_point.end(), [](std::int32_t z) { return z == 0; });
}

Status Quantiser::validate() const {
  if (axis < kPerTensor) return invalid_argument("a quantiser's axis is {}; use -1 (whole tensor) or more", axis);
  if (format.block() != 0) return validate_blocks(*this);
  if (scale.empty() || scale.size() != zero_point.size() || (!per_channel() && scale.size() != 1)) {
    return invalid_argument("a quantiser has {} scales and {} zero points; {}", scale.size(), zero_point.size(),
                            per_channel() ? "give one of each for each channel" : "give one of each");
  }
  if (format.is_integer() && format.highest() > kHighestCode) {
    return invalid_argument("{} cannot be quantised to; use at most 31 bits unsigned or 32 bits signed", format.name());
  }
  for (std::size_t i = 0; i < scale.size(); ++i) {
    if (!std::isfinite(scale[i]) || scale[i] <= 0) {
      return invalid_argument("scale {} of a quantiser is {}; use a positive finite number", i, scale[i]);
    }
    const std::int64_t lowest = format.is_integer() ? format.lowest() : 0;
    const std::int64_t highest = format.is_integer() ? format.highest() : 0;
    if (zero_point[i] < lowest || zero_point[i] > highest) {
      return invalid_argument("zero point {} of a quantiser is {}; {} holds {} to {}", i, zero_point[i], format.name(),
                              lowest, highest);
    }
  }
  return one_scale() ? Status() : validate_negative_scales(*this);
}

std::int32_t Quantiser::quantise(float x, std::size_t channel) const {
  RS_CHECK(has_codes());
  const float steps = std::isnan(x) ? 0.0F : x / scale_of(x < 0, channel);
  if (format.is_bipolar()) return steps >= 0 ? 1 : -1;
  const std::int64_t lowest = format.lowest();
  const std::int64_t highest = std::min(format.highest(), kHighestCode);
  const auto zero = static_cast<float>(zero_point[channel]);
  const double code = zero_point_first ? static_cast<double>(round_by(steps + zero, rounding))
                                       : static_cast<double>(round_by(steps, rounding)) + zero_point[channel];
  return static_cast<std::int32_t>(std::clamp(code, static_cast<double>(lowest), static_cast<double>(highest)));
}

float Quantiser::dequantise(std::int32_t q, std::size_t channel) const {
  return scale_of(q < 0, channel) * static_cast<float>(std::int64_t{q} - zero_point[channel]);
}

float Quantiser::fake(float x, std::size_t channel) const {
  RS_CHECK(format.block() == 0);
  if (has_codes()) return dequantise(quantise(x, channel), channel);
  if (format.is_fp32()) return x;
  const float rounded = scale[channel] * round_to_element(x / scale[channel], format);
  constexpr float kLargest = std::numeric_limits<float>::max();
  return std::clamp(rounded, -kLargest, kLargest);
}

void Quantiser::hash_into(Hasher& hasher) const {
  hasher.add("quantiser");
  format.hash_into(hasher);
  hasher.add_range(std::span<const float>(scale)).add_range(std::span<const std::int32_t>(zero_point)).add(axis);
  // Added later, and only where they say something, so that older addresses stay.
  if (rounding != Rounding::kHalfEven || zero_point_first) hasher.add("rounding").add(rounding).add(zero_point_first);
  if (!one_scale()) hasher.add("negative scales").add_range(std::span<const float>(negative_scale));
}

Quantiser quantiser_for_range(NumberFormat format, float low, float high, RangeOptions options) {
  RS_CHECK(std::isfinite(low) && std::isfinite(high) && low <= high);
  if (!format.is_integer() || format.block() != 0) {
    return element_quantiser(format, low, high, options.power_of_two);
  }
  return options.symmetric ? symmetric_quantiser(format, low, high, options.power_of_two)
                           : affine_quantiser(format, low, high, options.power_of_two);
}

}  // namespace roofscape
