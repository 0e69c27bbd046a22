// The loop that all micro-kernels share; included by mac_tile_<name>.cc alone, each compiled for its instruction set.
//
// `Mac` brings a vector of int32 lanes and its instructions: Vector, kLanes, zero(), load(p), broadcast(p) of 4 bytes,
// mac(sum, activations, weights), and finish(sum, correction, scale, bias, relu, float out[kLanes]).
#pragma once

#include <cstring>

#include "analytics/engine/integer/mac_tile.h"

namespace roofscape::engine {
namespace {  // internal to each including file: every one is compiled with flags of its own

// Columns [vector·lanes, …) of one tile: kPixels × kVectors sums held in registers.
template <typename Mac, int kPixels, int kVectors>
inline void tile_columns(const TileJob& job, int first_vector, int tile_vectors) {
  using Vector = typename Mac::Vector;
  Vector sums[kPixels][kVectors];
  for (int p = 0; p < kPixels; ++p)
    for (int v = 0; v < kVectors; ++v) sums[p][v] = Mac::zero();

  const std::byte* rows[kPixels];
  for (int p = 0; p < kPixels; ++p) rows[p] = job.pixels[p < job.pixel_count ? p : job.pixel_count - 1];

  constexpr std::int64_t kVectorBytes = 4 * Mac::kLanes;
  const std::byte* weights = job.weights + first_vector * kVectorBytes;
  for (int s = 0; s < job.segments; ++s) {
    const std::int64_t offset = job.segment_offsets[s];
    for (std::int64_t g = 0; g < job.groups; ++g, weights += tile_vectors * kVectorBytes) {
      Vector w[kVectors];
      for (int v = 0; v < kVectors; ++v) w[v] = Mac::load(weights + v * kVectorBytes);
      for (int p = 0; p < kPixels; ++p) {
        const Vector x = Mac::broadcast(rows[p] + offset + 4 * g);
        for (int v = 0; v < kVectors; ++v) sums[p][v] = Mac::mac(sums[p][v], x, w[v]);
      }
    }
  }

  for (int v = 0; v < kVectors; ++v) {
    const int channel = (first_vector + v) * Mac::kLanes;
    const int count = job.channel_count - channel;
    if (count <= 0) break;
    for (int p = 0; p < kPixels && p < job.pixel_count; ++p) {
      float* out = job.output + p * job.output_stride + channel;
      if (count >= Mac::kLanes) {
        Mac::finish(sums[p][v], job.correction + channel, job.scale + channel, job.bias + channel, job.relu, out);
      } else {
        alignas(64) float whole[Mac::kLanes];
        Mac::finish(sums[p][v], job.correction + channel, job.scale + channel, job.bias + channel, job.relu, whole);
        std::memcpy(out, whole, static_cast<std::size_t>(count) * sizeof(float));
      }
    }
  }
}

// A whole tile of kVectors vectors; a narrow last block of channels skips the vectors that nobody wants.
template <typename Mac, int kPixels, int kVectors>
void run_tile(const TileJob& job) {
  if constexpr (kVectors > 1) {
    if (job.channel_count <= Mac::kLanes) return tile_columns<Mac, kPixels, 1>(job, 0, kVectors);
  }
  tile_columns<Mac, kPixels, kVectors>(job, 0, kVectors);
}

}  // namespace
}  // namespace roofscape::engine
