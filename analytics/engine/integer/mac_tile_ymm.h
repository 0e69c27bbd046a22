// Eight int32 lanes in a 256-bit register: what the AVX2 and AVX-VNNI micro-kernels share, all but the multiplication.
// Included by them alone, each compiled for its instruction set.
#pragma once

#include <immintrin.h>

#include "analytics/engine/integer/mac_tile_body.h"

namespace roofscape::engine {
namespace {  // internal to each including file

struct Ymm {
  using Vector = __m256i;
  static constexpr int kLanes = 8;
  static Vector zero() { return _mm256_setzero_si256(); }
  static Vector load(const std::byte* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static Vector broadcast(const std::byte* p) {
    std::int32_t pair;
    std::memcpy(&pair, p, sizeof pair);
    return _mm256_set1_epi32(pair);
  }
  static int wrap(Vector& sum, const std::int32_t* correction, int bits) {
    const __m128i shift = _mm_cvtsi32_si128(32 - bits);
    const Vector exact = _mm256_sub_epi32(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(correction)));
    sum = _mm256_sra_epi32(_mm256_sll_epi32(exact, shift), shift);
    const int same = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(exact, sum)));
    return kLanes - __builtin_popcount(static_cast<unsigned>(same));
  }
  static void finish(Vector sum, const std::int32_t* correction, const float* scale, const float* bias, bool relu,
                     float* out) {
    const Vector exact = _mm256_sub_epi32(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(correction)));
    const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(exact), _mm256_loadu_ps(scale));
    __m256 result = _mm256_add_ps(product, _mm256_loadu_ps(bias));
    if (relu) result = _mm256_max_ps(result, _mm256_setzero_ps());
    _mm256_storeu_ps(out, result);
  }
};

}  // namespace
}  // namespace roofscape::engine
