// From an exact integer sum to the layer's fp32 result: the one definition, for every integer kernel and for ref.
//
//   y = float(acc)·scale + bias,   scale = input scale · weight scale of the output channel
//
// Each of the four operations (conversion, product of scales, product, sum) rounds once, to nearest even; no
// multiply-add may be contracted. A vector kernel does the same operations: cvtdq2ps, mulps, addps.
#pragma once

#include <cstdint>

namespace roofscape::engine {

inline float integer_result(std::int64_t accumulator, float scale, float bias) {
  const float product = static_cast<float>(accumulator) * scale;
  return product + bias;
}

}  // namespace roofscape::engine
