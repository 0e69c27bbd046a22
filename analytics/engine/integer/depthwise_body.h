// The loop of depthwise convolutions; included by depthwise_<name>.cc alone, each compiled for its instruction set.
#pragma once

#include <cstring>

#include "analytics/engine/integer/depthwise.h"
#include "analytics/engine/integer/epilogue.h"

namespace roofscape::engine {
namespace {  // internal to each including file: every one is compiled with flags of its own

constexpr std::int64_t kChannels = 8;  // at a time
using Shorts = std::int16_t __attribute__((vector_size(2 * kChannels)));
using Ints = std::int32_t __attribute__((vector_size(4 * kChannels)));

inline void wrap(const DepthwiseRow& row, Ints& sums) {
  const int shift = 32 - row.wrap_bits;
  const Ints kept = (sums << shift) >> shift;
  const Ints changed = kept != sums;  // −1 where true
  for (std::int64_t i = 0; i < kChannels; ++i) *row.overflows -= changed[i];
  sums = kept;
}

inline void finish(const DepthwiseRow& row, std::int64_t c, std::int32_t sum, float* out) {
  const float result = integer_result(sum, row.scale[c], row.bias[c]);
  out[c] = row.relu && !(result > 0) ? 0.0F : result;
}

inline void depthwise_row(const DepthwiseRow& row) {
  for (std::int64_t pixel = 0; pixel < row.pixels; ++pixel) {
    const std::int16_t* input = row.input + pixel * row.pixel_stride;
    float* out = row.output + pixel * row.channels;
    std::int64_t c = 0;
    for (; c + kChannels <= row.channels; c += kChannels) {
      Ints sums{};
      for (std::int64_t p = 0; p < row.products; ++p) {
        Shorts x, w;
        std::memcpy(&x, input + row.offsets[p] + c, sizeof x);
        std::memcpy(&w, row.weights + p * row.channels + c, sizeof w);
        sums += __builtin_convertvector(x, Ints) * __builtin_convertvector(w, Ints);
      }
      if (row.wrap_bits < 32) wrap(row, sums);
      for (std::int64_t i = 0; i < kChannels; ++i) finish(row, c + i, sums[i], out);
    }
    for (; c < row.channels; ++c) {
      std::int32_t sum = 0;
      for (std::int64_t p = 0; p < row.products; ++p)
        sum += std::int32_t{input[row.offsets[p] + c]} * std::int32_t{row.weights[p * row.channels + c]};
      if (row.wrap_bits < 32) {
        Ints alone = {sum};
        wrap(row, alone);
        sum = alone[0];
      }
      finish(row, c, sum, out);
    }
  }
}

}  // namespace
}  // namespace roofscape::engine
