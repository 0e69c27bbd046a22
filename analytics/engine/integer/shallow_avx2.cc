// The loop of shallow convolutions: vpmaddwd multiplies pairs of int16 and adds neighbours, one pixel a lane.
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "analytics/engine/integer/shallow.h"

namespace roofscape::engine {
namespace {

constexpr int kLanes = 8;

// Pairs (a[i], b[i]) of consecutive pixels i: eight pixels, or sixteen of which the first vector holds 0-3 and 8-11.
inline void interleave(const std::int16_t* a, const std::int16_t* b, __m256i (&pairs)[1]) {
  const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a));
  const __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b));
  pairs[0] = _mm256_set_m128i(_mm_unpackhi_epi16(x, y), _mm_unpacklo_epi16(x, y));
}
inline void interleave(const std::int16_t* a, const std::int16_t* b, __m256i (&pairs)[2]) {
  const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a));
  const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
  pairs[0] = _mm256_unpacklo_epi16(x, y);
  pairs[1] = _mm256_unpackhi_epi16(x, y);
}

// Sums of a filter into the order of pixels.
inline void in_pixel_order(__m256i (&)[1]) {}
inline void in_pixel_order(__m256i (&sums)[2]) {
  const __m256i first = sums[0];
  sums[0] = _mm256_permute2x128_si256(first, sums[1], 0x20);
  sums[1] = _mm256_permute2x128_si256(first, sums[1], 0x31);
}

// Eight rows of eight floats become eight columns.
inline void transpose(__m256 (&m)[8]) {
  __m256 pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(m[i], m[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(m[i], m[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      quads[i + 2 * j] = _mm256_shuffle_ps(pairs[i + j], pairs[i + j + 2], 0x44);
      quads[i + 2 * j + 1] = _mm256_shuffle_ps(pairs[i + j], pairs[i + j + 2], 0xee);
    }
  for (int i = 0; i < 4; ++i) {
    m[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    m[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}

// Where a block of filters writes.
struct Place {
  float* output;        // first pixel of the strip, first filter of the block
  std::int64_t stride;  // between pixels
  std::int64_t count;   // pixels wanted
  std::int64_t whole;   // so many pixels may be written as eight floats each, the next one's overwritten
};

template <int kFilters>
inline void store(const __m256 (&pixels)[8], std::int64_t first, const Place& place) {
  for (std::int64_t p = 0; p < 8 && first + p < place.count; ++p) {
    float* out = place.output + (first + p) * place.stride;
    if (kFilters == 8 || first + p < place.whole) {
      _mm256_storeu_ps(out, pixels[p]);
    } else {
      alignas(32) float values[8];
      _mm256_store_ps(values, pixels[p]);
      std::memcpy(out, values, kFilters * sizeof(float));
    }
  }
}

// Pixels [first, first + 8·kVectors) of kFilters filters from `filter` on.
template <int kFilters, int kVectors>
inline void strip(const ShallowRow& row, const std::int32_t* weights, std::int64_t first, std::int64_t filter,
                  const Place& place) {
  __m256i sums[kFilters][kVectors];
#pragma GCC unroll 8
  for (int f = 0; f < kFilters; ++f)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sums[f][v] = _mm256_setzero_si256();
  for (std::int64_t p = 0; p < row.pairs; ++p, weights += kFilters) {
    __m256i x[kVectors];
    interleave(row.input + first + row.offsets[2 * p], row.input + first + row.offsets[2 * p + 1], x);
#pragma GCC unroll 8
    for (int f = 0; f < kFilters; ++f) {
      const __m256i w = _mm256_set1_epi32(weights[f]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sums[f][v] = _mm256_add_epi32(sums[f][v], _mm256_madd_epi16(x[v], w));
    }
  }
#pragma GCC unroll 8
  for (int f = 0; f < kFilters; ++f) in_pixel_order(sums[f]);
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) {
    __m256 results[8];
#pragma GCC unroll 8
    for (int f = 0; f < 8; ++f) {
      if (f >= kFilters) {
        results[f] = _mm256_setzero_ps();
        continue;
      }
      const __m256 product =
          _mm256_mul_ps(_mm256_cvtepi32_ps(sums[f % kFilters][v]), _mm256_set1_ps(row.scale[filter + f]));
      results[f] = _mm256_add_ps(product, _mm256_set1_ps(row.bias[filter + f]));
      if (row.relu) results[f] = _mm256_max_ps(results[f], _mm256_setzero_ps());
    }
    transpose(results);
    store<kFilters>(results, v * kLanes, place);
  }
}

// All pixels of the row for one block of filters. The last strip may do some pixels again rather than fewer than fit.
template <int kFilters>
void block(const ShallowRow& row, const std::int32_t* weights, std::int64_t filter) {
  constexpr int kVectors = kFilters <= 6 ? 2 : 1;  // as many sums as registers hold
  constexpr std::int64_t kPixels = std::int64_t{kVectors} * kLanes;
  const bool alone = row.filters == kFilters;
  for (std::int64_t first = 0; first < row.pixels; first += kPixels) {
    if (first + kPixels > row.pixels) first = std::max<std::int64_t>(row.pixels - kPixels, 0);
    Place place{row.output + first * row.filters + filter, row.filters, std::min(kPixels, row.pixels - first), 0};
    if (alone && row.room >= kLanes) place.whole = (row.room - kLanes) / kFilters + 1 - first;
    strip<kFilters, kVectors>(row, weights, first, filter, place);
  }
}

void some_block(std::int64_t filters, const ShallowRow& row, const std::int32_t* weights, std::int64_t filter) {
  switch (filters) {
    case 1: return block<1>(row, weights, filter);
    case 2: return block<2>(row, weights, filter);
    case 3: return block<3>(row, weights, filter);
    case 4: return block<4>(row, weights, filter);
    case 5: return block<5>(row, weights, filter);
    case 6: return block<6>(row, weights, filter);
    case 7: return block<7>(row, weights, filter);
    default: return block<8>(row, weights, filter);
  }
}

}  // namespace

void shallow_row_avx2(const ShallowRow& row) {
  const std::int32_t* weights = row.weights;
  for (std::int64_t filter = 0; filter < row.filters; filter += kShallowBlock) {
    const std::int64_t filters = std::min(kShallowBlock, row.filters - filter);
    some_block(filters, row, weights, filter);
    weights += row.pairs * filters;
  }
}

}  // namespace roofscape::engine
