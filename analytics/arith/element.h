// The values that a format has at scale 1, "elements": rounding to them, and their bits in a file.
//
//   round_to_element(5.3F, NumberFormat::finite(2, 1));       // 6: E2M1 holds 0, .5, 1, 1.5, 2, 3, 4, 6
//   element_bits(6.0F, NumberFormat::finite(2, 1));           // 0b0111
//
// Plain scalar truth; quantise_fast.h does many at once and gives the same bits.
#pragma once

#include <cstdint>

#include "analytics/arith/number_format.h"

namespace roofscape {

// The largest element. Floats: (2 − 2^-m)·2^emax, less what infinity and NaN take; logarithmic formats: 1.
float largest_element(const NumberFormat& format);
// ⌊log2⌋ of it: what a shared exponent is counted from (MX's emax).
int top_exponent(const NumberFormat& format);
// The smallest positive element of a float (2^(1 − bias − m)) or logarithmic format.
float smallest_element(const NumberFormat& format);

// Steps from the smallest power of a logarithmic format to its largest, in powers of two: by how much a shift moves.
int exponent_span(const NumberFormat& format);

// The nearest element; beyond the largest, the largest; NaN as 0, and zeros without a sign. Floats: ties to even
// (to the larger magnitude where there is no mantissa). Logarithmic formats: nearest in value, so that the border lies
// halfway between two powers, ties to the larger magnitude. Bipolar: +1 for x ≥ 0, else -1. Integers: ties to even.
float round_to_element(float x, const NumberFormat& format);

// An element as format.bits() bits: sign, exponent, mantissa; logarithmic formats: sign, then 0 for zero or k + 1 for
// the k-th power from below; integers: two's complement; bipolar: 1 for +1. fp32: its own 32 bits.
std::uint32_t element_bits(float element, const NumberFormat& format);
float element_of_bits(std::uint32_t bits, const NumberFormat& format);

}  // namespace roofscape
