// One image of integer activations with its padding around it: what convolutions run over.
#pragma once

#include <cstdint>

#include "analytics/engine/integer/staging.h"
#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// Sizes of a convolution and of its staged input.
struct ConvGeometry {
  op::Conv conv;
  std::int64_t channels, height, width;         // input
  std::int64_t filters, out_height, out_width;  // output
  std::int64_t kernel_height, kernel_width;
  std::int64_t staged_height, staged_width;  // input with padding

  explicit ConvGeometry(const Site& site);
  std::int64_t out_pixels() const { return out_height * out_width; }
  std::int64_t out_values() const { return out_pixels() * filters; }
  // Activations between the windows of two pixels, across and down; channels last.
  std::int64_t step_across() const { return conv.stride[1] * channels; }
  std::int64_t step_down() const { return conv.stride[0] * staged_width * channels; }
};

// Stages images of one layer's input, one after another, into the same memory, channels last or plane after plane.
class StagedImage {
 public:
  StagedImage(const Site& site, MacTile::Operand operand, Layout layout = Layout::kChannelsLast);
  // Bytes of memory to give, a multiple of 64; readers may read 64 bytes past the last activation.
  std::int64_t bytes() const;
  // Once, before the first image: fills the padding.
  void clear(std::byte* memory) const;
  // The n-th image of a batch of codes, in the same layout.
  void stage_image(const void* codes, std::int64_t n, std::byte* memory) const;
  const ConvGeometry& geometry() const { return geometry_; }
  std::int32_t zero() const { return zero_; }

 private:
  ConvGeometry geometry_;
  MacTile::Operand operand_;
  Element element_;
  std::int32_t zero_point_, zero_;
  // One plane of pixels with all channels, or as many planes as channels.
  std::int64_t planes_, pixel_channels_;
};

}  // namespace roofscape::engine
