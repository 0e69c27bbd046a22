// The micro-kernels of integer layers: a tile of sums of products, and the step from a sum to its fp32 result.
//
// A tile is some rows of activations against `channels` columns of weights. Both come in groups of 4 bytes, two int16
// or four int8 products a lane, so that one loop fits every multiply-accumulate instruction; only the instruction
// differs. Sums are exact in int32 (the layer's bound is checked beforehand), so the order of adding is free and all
// tiles give equal bytes.
//
// Activations of one output pixel are `groups` groups at `offsets` bytes from the pixel's first activation: runs of
// consecutive ones (a row of a convolution's window; the whole row of a matrix). The last group of a run may read past
// its end: the weights there are 0.
//
// New instruction set: one file mac_tile_<name>.cc and one line in mac_tiles.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace roofscape::engine {

struct TileJob {
  const std::byte* const* pixels = nullptr;  // `pixel_count` pointers to activations
  std::int64_t pixel_count = 0;              // any number: the micro-kernel cuts them into tiles
  const std::byte* weights = nullptr;        // [groups][channels of the tile] × 4 bytes
  const std::int32_t* offsets = nullptr;     // one a group
  std::int64_t groups = 0;
  // From sum to result: y = float(sum − correction)·scale + bias, then max(y, 0) if `relu`. One entry a channel.
  // sum − correction wraps to `wrap_bits`, and `overflows` counts those that this changes; 32 bits: none does.
  int wrap_bits = 32;
  std::int64_t* overflows = nullptr;  // never null with fewer
  const std::int32_t* correction = nullptr;
  const float* scale = nullptr;
  const float* bias = nullptr;
  bool relu = false;
  float* output = nullptr;         // [pixel][channel]
  std::int64_t output_stride = 0;  // floats between two pixels
  int channel_count = 0;           // channels to write, 1 to the tile's; tables hold all of them
  bool spills = false;  // whole vectors may be written: what lies behind a pixel's channels is the next pixel
};

struct MacTile {
  enum class Operand : std::uint8_t {
    kInt16,  // activations and weights centred (q − z) in int16, two a lane
    kInt8,   // activations in uint8 as they are, weights centred in int8, four a lane
  };
  std::string_view id;     // "avx2-int16"
  std::string_view needs;  // instruction set, for messages: "AVX2"
  Operand operand = Operand::kInt16;
  int channels = 0;  // of a tile
  // Largest magnitude of the sum of two neighbouring weights that the instruction takes without saturating; packing
  // splits pairs beyond it. 0: any.
  std::int32_t pair_limit = 0;
  bool (*supported)() = nullptr;
  void (*run)(const TileJob& job) = nullptr;

  int group() const { return operand == Operand::kInt16 ? 2 : 4; }  // products a lane
};

// Fastest first, the portable one last.
std::span<const MacTile* const> mac_tiles();

}  // namespace roofscape::engine
