// Integer convolutions over few channels, such as an image's one or three: pixels, not channels, fill the vector lanes.
//
// A register tile of matrix products has too few products a window and too few filters to be worth its staging there.
// Activations are staged as int16, channel after channel, so that the windows of neighbouring pixels begin at
// neighbouring activations; eight or sixteen pixels are summed at once, two products an instruction.
#pragma once

#include <cstdint>
#include <span>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// For op::Conv without groups, at most four channels and steps of one pixel across: "avx2-shallow" (none on
// other machines).
std::span<const Kernel* const> shallow_kernels();

// One row of output pixels of one image.
struct ShallowRow {
  const std::int16_t* input = nullptr;    // first activation of the first pixel's window, centred
  const std::int64_t* offsets = nullptr;  // of each product of a window, in activations; an even number of them
  std::int64_t pairs = 0;                 // half as many
  const std::int32_t* weights = nullptr;  // two int16 a pair: [block of filters][pair][filter]
  std::int64_t pixels = 0, filters = 0;
  const float* scale = nullptr;  // one a filter
  const float* bias = nullptr;
  bool relu = false;
  float* output = nullptr;  // [pixel][filter]
  std::int64_t room = 0;    // floats from `output` on that may be written: what lies behind the row is computed later
};

// Filters are taken in blocks of eight, and what is left.
inline constexpr std::int64_t kShallowBlock = 8;

}  // namespace roofscape::engine
