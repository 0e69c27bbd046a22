// Rounding many values to the elements of a float or logarithmic format, without branches, so that compilers fill
// vectors with them. Equal to round_to_element bit for bit; used by quantise_fast.cc alone.
#pragma once

#include <span>

#include "analytics/arith/number_format.h"

namespace roofscape {

// results[i] = scale·round_to_element(values[i] / scale), made finite. `wide_vectors` allows AVX2 where it exists.
void fake_elements(std::span<const float> values, const NumberFormat& format, float scale, std::span<float> results,
                   bool wide_vectors);

}  // namespace roofscape
