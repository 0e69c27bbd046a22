#include "analytics/arith/element.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "analytics/base/status.h"

namespace roofscape {
namespace {

int exponent_bias(const NumberFormat& format) { return (1 << (format.exponent_bits() - 1)) - 1; }

// Formats of 8 bits and more without infinity keep the code of all ones for NaN.
bool has_nan_code(const NumberFormat& format) { return format.is_finite() && format.bits() >= 8; }

float round_to_float(float x, const NumberFormat& format) {
  const int mantissa = format.mantissa_bits();
  const double largest = largest_element(format);
  const double magnitude = std::min(static_cast<double>(std::abs(x)), largest);
  if (magnitude == 0) return 0;
  const int step_exponent = std::max(std::ilogb(magnitude), 1 - exponent_bias(format)) - mantissa;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(magnitude, -step_exponent)), step_exponent);
  return static_cast<float>(std::copysign(rounded, x)) + 0.0F;
}

// Powers counted from the largest, 1.
float power(int steps_down, const NumberFormat& format) {
  const double steps = format.base() == NumberFormat::Base::kTwo ? steps_down : steps_down / 2.0;
  return static_cast<float>(std::exp2(-steps));
}

int power_count(const NumberFormat& format) { return (1 << format.exponent_bits()) - 1; }

float round_to_power(float x, const NumberFormat& format) {
  if (x < 0 && !format.is_signed()) return 0;
  const double magnitude = std::abs(x);
  double below = 0;
  for (int i = power_count(format) - 1; i >= 0; --i) {
    const double above = power(i, format);
    if (magnitude < (below + above) / 2) break;
    below = above;
  }
  return static_cast<float>(std::copysign(below, x)) + 0.0F;
}

float round_to_integer(float x, const NumberFormat& format) {
  if (format.is_bipolar()) return x >= 0 ? 1.0F : -1.0F;
  const double clipped =
      std::clamp(static_cast<double>(x), static_cast<double>(format.lowest()), static_cast<double>(format.highest()));
  return static_cast<float>(std::nearbyint(clipped)) + 0.0F;
}

std::uint32_t float_bits(float element, const NumberFormat& format) {
  const std::uint32_t sign = std::signbit(element) ? 1U << (format.bits() - 1) : 0;
  const double magnitude = std::abs(static_cast<double>(element));
  if (magnitude == 0) return sign;
  const int bias = exponent_bias(format);
  const int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  // The hidden bit of a normal number carries into the exponent field, whose lowest value it raises to 1.
  const auto steps = static_cast<std::uint32_t>(std::ldexp(magnitude, format.mantissa_bits() - exponent));
  return sign | (steps + (static_cast<std::uint32_t>(exponent + bias - 1) << format.mantissa_bits()));
}

float float_of_bits(std::uint32_t bits, const NumberFormat& format) {
  const std::uint32_t magnitude = bits & ((1U << (format.bits() - 1)) - 1);
  const bool negative = (bits >> (format.bits() - 1)) != 0;
  const auto field = static_cast<int>(magnitude >> format.mantissa_bits());
  std::uint32_t steps = magnitude & ((1U << format.mantissa_bits()) - 1);
  if (field > 0) steps |= 1U << format.mantissa_bits();
  const int exponent = std::max(field, 1) - exponent_bias(format) - format.mantissa_bits();
  const auto value = static_cast<float>(std::ldexp(static_cast<double>(steps), exponent));
  return negative ? -value : value;
}

std::uint32_t power_bits(float element, const NumberFormat& format) {
  if (element == 0) return 0;
  const double steps = -std::log2(std::abs(static_cast<double>(element)));
  const auto down = std::lround(format.base() == NumberFormat::Base::kTwo ? steps : 2 * steps);
  const auto code = static_cast<std::uint32_t>(power_count(format) - down);
  return code | (element < 0 ? 1U << format.exponent_bits() : 0);
}

float power_of_bits(std::uint32_t bits, const NumberFormat& format) {
  const std::uint32_t code = bits & ((1U << format.exponent_bits()) - 1);
  if (code == 0) return 0;
  const float magnitude = power(power_count(format) - static_cast<int>(code), format);
  return (bits >> format.exponent_bits()) != 0 ? -magnitude : magnitude;
}

std::uint32_t integer_bits(float element, const NumberFormat& format) {
  if (format.is_bipolar()) return element > 0 ? 1 : 0;
  const auto code = static_cast<std::uint64_t>(static_cast<std::int64_t>(element));
  return static_cast<std::uint32_t>(code & ((std::uint64_t{1} << format.bits()) - 1));
}

float integer_of_bits(std::uint32_t bits, const NumberFormat& format) {
  if (format.is_bipolar()) return bits != 0 ? 1.0F : -1.0F;
  auto code = static_cast<std::int64_t>(bits);
  if (format.is_signed() && (bits >> (format.bits() - 1)) != 0) code -= std::int64_t{1} << format.bits();
  return static_cast<float>(code);
}

}  // namespace

float largest_element(const NumberFormat& format) {
  if (format.is_integer()) return static_cast<float>(format.highest());
  if (format.is_logarithmic()) return 1;
  const int mantissa = format.mantissa_bits();
  const int top = (1 << format.exponent_bits()) - (format.is_finite() ? 1 : 2) - exponent_bias(format);
  // Where NaN takes the last code, the one before it is the largest.
  const double missing = has_nan_code(format) ? 2 : 1;
  if (mantissa == 0 && has_nan_code(format)) return std::ldexp(1.0F, top - 1);
  return static_cast<float>(std::ldexp(2.0 - std::ldexp(missing, -mantissa), top));
}

int top_exponent(const NumberFormat& format) { return std::ilogb(largest_element(format)); }

float smallest_element(const NumberFormat& format) {
  if (format.is_integer()) return 1;
  if (format.is_logarithmic()) return power(power_count(format) - 1, format);
  return std::ldexp(1.0F, 1 - exponent_bias(format) - format.mantissa_bits());
}

int exponent_span(const NumberFormat& format) { return top_exponent(format) - std::ilogb(smallest_element(format)); }

float round_to_element(float x, const NumberFormat& format) {
  if (format.is_fp32()) return x;
  const float number = std::isnan(x) ? 0.0F : x;
  switch (format.kind()) {
    case NumberFormat::Kind::kFloat: return round_to_float(number, format);
    case NumberFormat::Kind::kInteger: return round_to_integer(number, format);
    case NumberFormat::Kind::kLogarithmic: return round_to_power(number, format);
  }
  return number;
}

std::uint32_t element_bits(float element, const NumberFormat& format) {
  if (format.is_fp32()) return std::bit_cast<std::uint32_t>(element);
  switch (format.kind()) {
    case NumberFormat::Kind::kFloat: return float_bits(element, format);
    case NumberFormat::Kind::kInteger: return integer_bits(element, format);
    case NumberFormat::Kind::kLogarithmic: return power_bits(element, format);
  }
  return 0;
}

float element_of_bits(std::uint32_t bits, const NumberFormat& format) {
  if (format.is_fp32()) return std::bit_cast<float>(bits);
  switch (format.kind()) {
    case NumberFormat::Kind::kFloat: return float_of_bits(bits, format);
    case NumberFormat::Kind::kInteger: return integer_of_bits(bits, format);
    case NumberFormat::Kind::kLogarithmic: return power_of_bits(bits, format);
  }
  return 0;
}

}  // namespace roofscape
