// The micro-kernels of integer layers: a tile of sums of products, and the step from a sum to its fp32 result.
//
// A tile is `pixels` rows of activations against `channels` columns of weights. Both come in groups of 4 bytes, two
// int16 or four int8 products a lane, so that one loop fits every multiply-accumulate instruction; only the instruction
// differs. Sums are exact in int32 (the layer's bound is checked beforehand), so the order of adding is free and all
// tiles give equal bytes.
//
// Activations of one output pixel are `segments` runs of consecutive elements, each `groups` groups long, at
// `segment_offsets` bytes from the pixel's first one (a row of a convolution's window; the whole row of a matrix). The
// last group of a run may read past its end: the weights there are 0.
//
// New instruction set: one file mac_tile_<name>.cc and one line in mac_tiles.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace roofscape::engine {

struct TileJob {
  const std::byte* const* pixels = nullptr;  // `pixel_count` pointers to activations
  int pixel_count = 0;                       // 1 to the tile's
  const std::byte* weights = nullptr;        // [segments][groups][channels of the tile] × 4 bytes
  const std::int64_t* segment_offsets = nullptr;
  int segments = 0;
  int groups = 0;
  // From sum to result: y = float(sum − correction)·scale + bias, then max(y, 0) if `relu`. One entry a channel.
  const std::int32_t* correction = nullptr;
  const float* scale = nullptr;
  const float* bias = nullptr;
  bool relu = false;
  float* output = nullptr;         // [pixel][channel]
  std::int64_t output_stride = 0;  // floats between two pixels
  int channel_count = 0;           // channels to write, 1 to the tile's; tables hold all of them
};

struct MacTile {
  enum class Operand : std::uint8_t {
    kInt16,  // activations and weights centred (q − z) in int16, two a lane
    kInt8,   // activations in uint8 as they are, weights centred in int8, four a lane
  };
  std::string_view id;     // "avx2-int16"
  std::string_view needs;  // instruction set, for messages: "AVX2"
  Operand operand = Operand::kInt16;
  int pixels = 0, channels = 0;  // of a tile
  bool (*supported)() = nullptr;
  void (*run)(const TileJob& job) = nullptr;

  int group() const { return operand == Operand::kInt16 ? 2 : 4; }  // products a lane
};

// Fastest first, the portable one last.
std::span<const MacTile* const> mac_tiles();

}  // namespace roofscape::engine
