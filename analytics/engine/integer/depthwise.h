// Integer depthwise convolutions: one filter a channel, so that channels, not products, fill the vector lanes.
//
// A register tile of matrix products would leave most lanes idle here. Activations are staged as int16, channels last;
// each output pixel adds its window's products for eight channels at a time.
#pragma once

#include <cstdint>
#include <span>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// For op::Conv with as many groups as channels and filters: "avx2-depthwise", "portable-depthwise".
std::span<const Kernel* const> depthwise_kernels();

// One row of output pixels of one image.
struct DepthwiseRow {
  const std::int16_t* input = nullptr;    // first activation of the first pixel's window, centred
  std::int64_t pixel_stride = 0;          // activations between two windows
  const std::int64_t* offsets = nullptr;  // of each product of a window, in activations
  const std::int16_t* weights = nullptr;  // [product][channels], centred
  std::int64_t products = 0, channels = 0, pixels = 0;
  const float* scale = nullptr;  // one a channel
  const float* bias = nullptr;
  bool relu = false;
  int wrap_bits = 32;                 // of sums; 32: none is changed
  std::int64_t* overflows = nullptr;  // counts those that are; never null with fewer bits
  float* output = nullptr;            // [pixel][channel]
};

}  // namespace roofscape::engine
