// The loop that all micro-kernels share; included by mac_tile_<name>.cc alone, each compiled for its instruction set.
//
// `Mac` brings a vector of int32 lanes and its instructions: Vector, kLanes, zero(), load(p), broadcast(p) of 4 bytes,
// mac(sum, activations, weights), wrap(sum&, correction, bits), which corrects the sum, wraps it and returns how many
// lanes that changed, and finish(sum, correction, scale, bias, relu, float out[kLanes]).
#pragma once

#include <cstring>

#include "analytics/engine/integer/mac_tile.h"

namespace roofscape::engine {
namespace {  // internal to each including file: every one is compiled with flags of its own

// The first `count` of a vector's results, without touching what lies behind them.
template <int kLanes>
inline void store_part(const float* from, int count, float* out) {
  for (int step = kLanes / 2; step > 0; step /= 2) {
    if ((count & step) == 0) continue;
    switch (step) {  // copies of fixed size are single instructions
      case 8: std::memcpy(out, from, 8 * sizeof(float)); break;
      case 4: std::memcpy(out, from, 4 * sizeof(float)); break;
      case 2: std::memcpy(out, from, 2 * sizeof(float)); break;
      default: std::memcpy(out, from, sizeof(float));
    }
    from += step;
    out += step;
  }
}

// One tile, kPixels × kVectors sums held in registers: pixels [first, first + count), count 1 to kPixels.
template <typename Mac, int kPixels, int kVectors>
inline void run_tile(const TileJob& job, std::int64_t first, int count, int block_vectors) {
  using Vector = typename Mac::Vector;
  Vector sums[kPixels][kVectors];
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) sums[p][v] = Mac::zero();

  const std::byte* rows[kPixels];
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p) rows[p] = job.pixels[first + (p < count ? p : count - 1)];

  constexpr std::int64_t kVectorBytes = 4 * Mac::kLanes;
  const std::byte* weights = job.weights;
  for (std::int64_t g = 0; g < job.groups; ++g, weights += block_vectors * kVectorBytes) {
    const std::int64_t offset = job.offsets[g];
    Vector w[kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) w[v] = Mac::load(weights + v * kVectorBytes);
#pragma GCC unroll 16
    for (int p = 0; p < kPixels; ++p) {
      const Vector x = Mac::broadcast(rows[p] + offset);
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) sums[p][v] = Mac::mac(sums[p][v], x, w[v]);
    }
  }

  Vector finished[kPixels][kVectors];  // in memory, so that the sums above can stay in registers
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) finished[p][v] = sums[p][v];
  for (int p = 0; p < count; ++p) {
    float* pixel = job.output + (first + p) * job.output_stride;
    const std::int64_t room = (job.pixel_count - first - p) * job.output_stride;  // floats until the output's end
    for (int v = 0, channel = 0; v < kVectors && channel < job.channel_count; ++v, channel += Mac::kLanes) {
      const std::int32_t* correction = job.correction + channel;
      if (job.wrap_bits < 32) {
        static constexpr std::int32_t kNone[Mac::kLanes] = {};
        *job.overflows += Mac::wrap(finished[p][v], correction, job.wrap_bits);
        correction = kNone;
      }
      const auto finish = [&](float* out) {
        Mac::finish(finished[p][v], correction, job.scale + channel, job.bias + channel, job.relu, out);
      };
      const int wanted = job.channel_count - channel;
      if (wanted >= Mac::kLanes || (job.spills && channel + Mac::kLanes <= room)) {
        finish(pixel + channel);
      } else {
        alignas(64) float whole[Mac::kLanes];
        finish(whole);
        store_part<Mac::kLanes>(whole, wanted, pixel + channel);
      }
    }
  }
}

// All pixels; the last few in a tile of half the height if they fit.
template <typename Mac, int kPixels, int kVectors>
void run_pixels(const TileJob& job, int block_vectors) {
  std::int64_t first = 0;
  for (; job.pixel_count - first >= kPixels; first += kPixels)
    run_tile<Mac, kPixels, kVectors>(job, first, kPixels, block_vectors);
  const auto rest = static_cast<int>(job.pixel_count - first);
  constexpr int kHalf = (kPixels + 1) / 2;
  if (rest > kHalf) return run_tile<Mac, kPixels, kVectors>(job, first, rest, block_vectors);
  if (rest > 0) run_tile<Mac, kHalf, kVectors>(job, first, rest, block_vectors);
}

// A block of kVectors vectors of channels against all pixels; where one vector holds all that is wanted, in tiles of
// kNarrowPixels.
template <typename Mac, int kPixels, int kVectors, int kNarrowPixels>
void run_block(const TileJob& job) {
  if constexpr (kVectors > 1) {
    if (job.channel_count <= Mac::kLanes) return run_pixels<Mac, kNarrowPixels, 1>(job, kVectors);
  }
  run_pixels<Mac, kPixels, kVectors>(job, kVectors);
}

}  // namespace
}  // namespace roofscape::engine
