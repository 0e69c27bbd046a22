// Formats in blocks (NumberFormat::in_blocks): neighbouring values along one axis share a power of two that is found
// from the values themselves, as OCP's microscaling (MX) defines it.
//
//   const NumberFormat mxfp4 = NumberFormat::parse("mxfp4").value();
//   quantise_blocks(values, /*dimensions=*/{16, 64}, mxfp4, /*axis=*/1, values);   // two blocks of 32 a row
//
// The last block of an axis may be shorter. Quantising what is quantised changes nothing.
#pragma once

#include <cstdint>
#include <span>

#include "analytics/arith/number_format.h"

namespace roofscape {

// The shared exponent of a block whose largest magnitude is `largest` (finite): ⌊log2 largest⌋ − top_exponent; for
// logarithmic elements that of the smallest power of two to which `largest` rounds down or equal. Within E8M0's −127 …
// 127; 0 for a block of zeros.
int shared_exponent(float largest, const NumberFormat& format);

// Values of a row-major tensor, each block along `axis` on its own scale 2^shared_exponent. Infinities saturate, NaN
// becomes 0. `results` may be `values` itself.
void quantise_blocks(std::span<const float> values, std::span<const std::int64_t> dimensions,
                     const NumberFormat& format, int axis, std::span<float> results);

// Blocks of a tensor of `dimensions` along `axis`: each has one stored exponent.
std::int64_t block_count(std::span<const std::int64_t> dimensions, const NumberFormat& format, int axis);

}  // namespace roofscape
