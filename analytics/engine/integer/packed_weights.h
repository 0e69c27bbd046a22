// Weights of an integer layer in the order in which a micro-kernel reads them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
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

// Weights of a block of the tile's channels; what lies beyond the last channel is 0.
struct PackedBlock {
  std::vector<std::int32_t> offsets;  // of each group of 4 bytes, in bytes from the output's first activation
  std::vector<std::byte> weights;     // [group][channel][4 bytes], groups in the order of `offsets`
};

// One convolution group's weights.
struct PackedWeights {
  std::int64_t channels = 0;  // of this group
  std::vector<PackedBlock> blocks;
  // Groups of 4 bytes in all blocks, and how many of them exist because a pair of weights had to be split.
  std::int64_t groups = 0, split_groups = 0;
  // One entry a channel, filled up to whole blocks.
  std::vector<std::int32_t> correction;
  std::vector<float> scale, bias;
  int wrap_bits = 32;  // of sums
};

// Places a group's weights of one channel (kInt16: 2, kInt8: 4) at `at`.
void store_group(MacTile::Operand operand, std::span<const std::int32_t> weights, std::byte* at);
// Takes from pairs of neighbours with one sign what exceeds `limit` together, into `rest`; whether anything did.
bool split_pairs(std::span<std::int32_t> weights, std::int32_t limit, std::span<std::int32_t> rest);

// Packs output channels [first, first + channels). `weight_index(o, run, i)` places the i-th weight of a run.
template <typename WeightIndex>
PackedWeights pack_weights(const MacTile& tile, const IntegerWeights& source, std::int64_t first, std::int64_t channels,
                           const ProductRuns& runs, std::int32_t zero_point, WeightIndex weight_index) {
  const std::int64_t width = tile.channels;
  const std::int64_t group = tile.group();
  const std::int64_t run_groups = (runs.length + group - 1) / group;
  PackedWeights packed;
  packed.channels = channels;
  if (source.accumulator) packed.wrap_bits = source.accumulator->bits;
  const auto filled = static_cast<std::size_t>((channels + width - 1) / width * width);
  packed.correction.resize(filled);
  packed.scale.resize(filled);
  packed.bias.resize(filled);
  for (std::int64_t c = 0; c < channels; ++c) {
    packed.scale[static_cast<std::size_t>(c)] = source.scale[static_cast<std::size_t>(first + c)];
    packed.bias[static_cast<std::size_t>(c)] = source.bias[static_cast<std::size_t>(first + c)];
  }

  std::vector<std::int64_t> sums(filled);
  std::vector<std::int32_t> weights(static_cast<std::size_t>(width * group)), rest(weights.size());
  for (std::int64_t start = 0; start < channels; start += width) {
    PackedBlock& block = packed.blocks.emplace_back();
    const auto append = [&](std::int64_t offset, std::span<const std::int32_t> values) {
      block.offsets.push_back(static_cast<std::int32_t>(offset * (4 / group)));
      block.weights.resize(block.weights.size() + static_cast<std::size_t>(width) * 4);
      std::byte* at = block.weights.data() + block.weights.size() - width * 4;
      for (std::int64_t c = 0; c < width; ++c)
        store_group(tile.operand, values.subspan(static_cast<std::size_t>(c * group), static_cast<std::size_t>(group)),
                    at + c * 4);
    };
    for (std::size_t r = 0; r < runs.offsets.size(); ++r)
      for (std::int64_t g = 0; g < run_groups; ++g) {
        std::fill(weights.begin(), weights.end(), 0);
        for (std::int64_t c = 0; c < std::min(width, channels - start); ++c)
          for (std::int64_t i = g * group; i < std::min(runs.length, (g + 1) * group); ++i) {
            const std::int64_t at = weight_index(first + start + c, static_cast<std::int64_t>(r), i);
            const std::int32_t w = source.centred[static_cast<std::size_t>(at)];
            weights[static_cast<std::size_t>(c * group + i - g * group)] = w;
            sums[static_cast<std::size_t>(start + c)] += w;
          }
        const bool split = tile.pair_limit > 0 && split_pairs(weights, tile.pair_limit, rest);
        append(runs.offsets[r] + g * group, weights);
        if (split) append(runs.offsets[r] + g * group, rest);
        packed.groups += split ? 2 : 1;
        packed.split_groups += split ? 1 : 0;
      }
  }
  for (std::size_t c = 0; c < filled; ++c) packed.correction[c] = static_cast<std::int32_t>(sums[c] * zero_point);
  return packed;
}

}  // namespace roofscape::engine
