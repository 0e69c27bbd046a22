// Integer convolutions and matrix products on micro-kernels (mac_tile.h): what fits them, and the kernels themselves.
//
// One kernel for each micro-kernel and operation, with the micro-kernel's id. Activations come in as codes, channels
// last; each image is staged with its padding, and every output pixel is then a few runs of consecutive activations:
// no im2col. Results leave as fp32 or, with a fused quantiser, as codes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analytics/base/decline.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/mac_tile.h"
#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// Kernels for op::Conv, one a micro-kernel, in the order of mac_tiles().
std::span<const Kernel* const> tiled_conv_kernels();
// Likewise for op::Dense.
std::span<const Kernel* const> tiled_dense_kernels();

// One kernel of a kind for each micro-kernel, in the order of mac_tiles().
template <typename TileKernel>
class TileKernels {
 public:
  TileKernels() {
    for (const MacTile* tile : mac_tiles()) {
      owned_.push_back(std::make_unique<TileKernel>(*tile));
      list_.push_back(owned_.back().get());
    }
  }
  std::span<const Kernel* const> list() const { return list_; }

 private:
  std::vector<std::unique_ptr<const Kernel>> owned_;
  std::vector<const Kernel*> list_;
};

// Why `tile` cannot compute this integer layer exactly, or not on this machine.
MaybeDecline tile_declines(const MacTile& tile, const Layer& layer);

// Why the int16 way is faster: too many groups had to be split.
struct PackedWeights;
MaybeDecline split_declines(const MacTile& tile, const PackedWeights& packed);

// Why int16 operands and int32 sums, added in any order, cannot compute this layer exactly; `who` declines.
MaybeDecline int16_declines(std::string_view who, const Layer& layer);

// Whether a fused epilogue is one that finish_values can do.
bool tiled_fuses(const Epilogue& epilogue);
// The part of an epilogue that the micro-kernel does itself.
bool is_relu(const Epilogue& epilogue);
// The rest of it: activation over `values` (unless it was the micro-kernel's), then codes into `output`. Without a
// quantiser, `values` is the output.
void finish_values(const Epilogue& epilogue, std::span<float> values, void* output);
// Bytes of one output value under this epilogue.
std::int64_t output_bytes(const Epilogue& epilogue);

// Bytes of scratch that `values` results take until they are codes; none where they are written to the output at once.
inline std::int64_t unfinished_bytes(const Epilogue& epilogue, std::int64_t values) {
  return epilogue.quantiser ? values * std::int64_t{sizeof(float)} : 0;
}
// The n-th image of a batch: compute(results) writes its `values` floats, into `scratch` or the output; then the
// epilogue.
template <typename Compute>
void finish_image(const Epilogue& epilogue, std::int64_t n, std::int64_t values, std::byte* scratch, void* outputs,
                  Compute compute) {
  std::byte* output = static_cast<std::byte*>(outputs) + n * values * output_bytes(epilogue);
  auto* results = reinterpret_cast<float*>(epilogue.quantiser ? scratch : output);
  compute(results);
  finish_values(epilogue, std::span(results, static_cast<std::size_t>(values)), output);
}

// Computes the outputs of the pixels whose first activations are at `pixels`, for all blocks of channels, into
// [pixel][stride] floats. How many of them overflowed the layer's accumulator.
std::int64_t run_tiles(const MacTile& tile, const PackedWeights& packed, std::span<const std::byte* const> pixels,
                       bool relu, float* output, std::int64_t output_stride);

}  // namespace roofscape::engine
