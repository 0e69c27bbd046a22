// Weights of an integer layer in the order in which a micro-kernel reads them.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/mac_tile.h"

namespace roofscape::engine {

// How the products of one output are cut into runs of consecutive activations (channels last). Offsets of runs are
// counted in activations.
struct ProductRuns {
  std::vector<std::int64_t> offsets;  // of each run, from the output's first activation
  std::int64_t length = 0;            // activations a run
};

// One group's weights, cut into blocks of the tile's channels; the last block is filled with zeros.
struct PackedWeights {
  std::int64_t channels = 0;          // of this group
  std::int64_t block_bytes = 0;       // of `weights`, a block of channels
  std::vector<std::int32_t> offsets;  // of each group of 4 bytes, in bytes from the output's first activation
  std::vector<std::byte> weights;     // [block][group][channel][4 bytes], groups in the order of `offsets`
  // One entry a channel, filled up to whole blocks.
  std::vector<std::int32_t> correction;
  std::vector<float> scale, bias;
};

// Packs output channels [first, first + channels). `weight_index(o, run, i)` places the i-th weight of a run.
template <typename WeightIndex>
PackedWeights pack_weights(const MacTile& tile, const IntegerWeights& source, std::int64_t first, std::int64_t channels,
                           const ProductRuns& runs, std::int32_t zero_point, WeightIndex weight_index) {
  const std::int64_t width = tile.channels;
  const std::int64_t blocks = (channels + width - 1) / width;
  const std::int64_t group = tile.group();
  PackedWeights packed;
  packed.channels = channels;
  const std::int64_t run_groups = (runs.length + group - 1) / group;
  const auto run_count = static_cast<std::int64_t>(runs.offsets.size());
  for (const std::int64_t offset : runs.offsets)
    for (std::int64_t g = 0; g < run_groups; ++g)
      packed.offsets.push_back(static_cast<std::int32_t>(offset * (4 / group) + g * 4));
  packed.block_bytes = run_count * run_groups * width * 4;
  packed.weights.resize(static_cast<std::size_t>(blocks * packed.block_bytes));
  const auto filled = static_cast<std::size_t>(blocks * width);
  packed.correction.resize(filled);
  packed.scale.resize(filled);
  packed.bias.resize(filled);

  for (std::int64_t c = 0; c < channels; ++c) {
    const auto o = static_cast<std::size_t>(first + c);
    packed.scale[static_cast<std::size_t>(c)] = source.scale[o];
    packed.bias[static_cast<std::size_t>(c)] = source.bias[o];
    std::byte* block = packed.weights.data() + c / width * packed.block_bytes;
    std::int64_t sum = 0;
    for (std::int64_t r = 0; r < run_count; ++r)
      for (std::int64_t i = 0; i < runs.length; ++i) {
        const std::int32_t w = source.centred[static_cast<std::size_t>(weight_index(first + c, r, i))];
        sum += w;
        std::byte* at = block + ((r * run_groups + i / group) * width + c % width) * 4 + i % group * (4 / group);
        if (tile.operand == MacTile::Operand::kInt16) {
          const auto narrow = static_cast<std::int16_t>(w);
          std::memcpy(at, &narrow, sizeof narrow);
        } else {
          const auto narrow = static_cast<std::int8_t>(w);
          std::memcpy(at, &narrow, sizeof narrow);
        }
      }
    packed.correction[static_cast<std::size_t>(c)] = static_cast<std::int32_t>(sum * zero_point);
  }
  return packed;
}

}  // namespace roofscape::engine
