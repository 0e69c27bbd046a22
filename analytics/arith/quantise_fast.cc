#include "analytics/arith/quantise_fast.h"

#include <algorithm>
#include <limits>

#include "analytics/arith/block_quantise.h"
#include "analytics/arith/element_fast.h"
#include "analytics/base/instruction_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace roofscape {
namespace {

// Codes of at most this many bits, and their differences to a zero point, are exact in a float with room for rounding.
constexpr int kMostVectorBits = 16;

// One channel of a quantiser as floats. Clipping x/scale to [low, high] before rounding equals clipping the code after
// it, because both bounds are whole numbers.
struct Grid {
  float scale, low, high;
  std::int32_t zero;
};

Grid grid_of(const Quantiser& quantiser, std::size_t channel) {
  const std::int32_t zero = quantiser.zero_point[channel];
  return {quantiser.scale[channel], static_cast<float>(quantiser.format.lowest() - zero),
          static_cast<float>(quantiser.format.highest() - zero), zero};
}

// ---- Portable: written so that compilers vectorise it for any instruction set.

// Adding and subtracting 1.5·2^23 rounds a small float to the nearest whole number, ties to even.
constexpr float kRounder = 12582912.0F;

inline float steps_of(float x, const Grid& grid) {
  const float number = x == x ? x : 0.0F;
  const float clipped = std::min(std::max(number / grid.scale, grid.low), grid.high);
  return (clipped + kRounder) - kRounder;
}

template <typename Code>
void quantise_portable(const float* values, std::size_t count, const Grid& grid, Code* codes) {
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<Code>(static_cast<std::int32_t>(steps_of(values[i], grid)) + grid.zero);
  }
}

void fake_portable(const float* values, std::size_t count, const Grid& grid, float* results) {
  for (std::size_t i = 0; i < count; ++i) {
    // Adding +0 turns -0 into the +0 that an integer code stands for.
    results[i] = grid.scale * (steps_of(values[i], grid) + 0.0F);
  }
}

// ---- AVX2: eight values at once; the last few take the portable path.

#if defined(__x86_64__)
#define ROOFSCAPE_AVX2 __attribute__((target("avx2")))

struct Avx2Grid {
  __m256 scale, low, high;
  __m256i zero;
};

ROOFSCAPE_AVX2 inline Avx2Grid broadcast(const Grid& grid) {
  return {_mm256_set1_ps(grid.scale), _mm256_set1_ps(grid.low), _mm256_set1_ps(grid.high),
          _mm256_set1_epi32(grid.zero)};
}

// x/scale clipped, not yet rounded; NaN as 0.
ROOFSCAPE_AVX2 inline __m256 clipped_steps(const float* values, const Avx2Grid& grid) {
  const __m256 x = _mm256_loadu_ps(values);
  const __m256 number = _mm256_and_ps(x, _mm256_cmp_ps(x, x, _CMP_ORD_Q));
  return _mm256_min_ps(_mm256_max_ps(_mm256_div_ps(number, grid.scale), grid.low), grid.high);
}

ROOFSCAPE_AVX2 inline __m256i codes_of(const float* values, const Avx2Grid& grid) {
  return _mm256_add_epi32(_mm256_cvtps_epi32(clipped_steps(values, grid)), grid.zero);
}

ROOFSCAPE_AVX2 void quantise_avx2(const float* values, std::size_t count, const Grid& grid, std::int32_t* codes) {
  const Avx2Grid wide = broadcast(grid);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes + i), codes_of(values + i, wide));
  }
  quantise_portable(values + i, count - i, grid, codes + i);
}

ROOFSCAPE_AVX2 void quantise_avx2(const float* values, std::size_t count, const Grid& grid, std::int16_t* codes) {
  const Avx2Grid wide = broadcast(grid);
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i packed = _mm256_packs_epi32(codes_of(values + i, wide), codes_of(values + i + 8, wide));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes + i), _mm256_permute4x64_epi64(packed, 0xD8));
  }
  quantise_portable(values + i, count - i, grid, codes + i);
}

// Four vectors of codes to one of bytes; packing works within 128-bit halves, so the result is put in order after it.
template <bool kSigned>
ROOFSCAPE_AVX2 inline __m256i bytes_of(const float* values, const Avx2Grid& grid) {
  const __m256i first = _mm256_packs_epi32(codes_of(values, grid), codes_of(values + 8, grid));
  const __m256i second = _mm256_packs_epi32(codes_of(values + 16, grid), codes_of(values + 24, grid));
  const __m256i packed = kSigned ? _mm256_packs_epi16(first, second) : _mm256_packus_epi16(first, second);
  return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

template <typename Byte>
ROOFSCAPE_AVX2 void quantise_bytes_avx2(const float* values, std::size_t count, const Grid& grid, Byte* codes) {
  const Avx2Grid wide = broadcast(grid);
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes + i),
                        bytes_of<std::numeric_limits<Byte>::is_signed>(values + i, wide));
  }
  quantise_portable(values + i, count - i, grid, codes + i);
}
void quantise_avx2(const float* values, std::size_t count, const Grid& grid, std::int8_t* codes) {
  quantise_bytes_avx2(values, count, grid, codes);
}
void quantise_avx2(const float* values, std::size_t count, const Grid& grid, std::uint8_t* codes) {
  quantise_bytes_avx2(values, count, grid, codes);
}

ROOFSCAPE_AVX2 void fake_avx2(const float* values, std::size_t count, const Grid& grid, float* results) {
  const Avx2Grid wide = broadcast(grid);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 steps = _mm256_cvtepi32_ps(_mm256_cvtps_epi32(clipped_steps(values + i, wide)));
    _mm256_storeu_ps(results + i, _mm256_mul_ps(wide.scale, steps));
  }
  fake_portable(values + i, count - i, grid, results + i);
}

ROOFSCAPE_AVX2 inline __m256i widened(const std::int8_t* codes) {
  return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)));
}
ROOFSCAPE_AVX2 inline __m256i widened(const std::uint8_t* codes) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)));
}

// Returns how many it did.
template <typename Byte>
ROOFSCAPE_AVX2 std::size_t dequantise_avx2(const Byte* codes, std::size_t count, float scale, std::int32_t zero,
                                           float* results) {
  const __m256 scales = _mm256_set1_ps(scale);
  const __m256i zeros = _mm256_set1_epi32(zero);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 steps = _mm256_cvtepi32_ps(_mm256_sub_epi32(widened(codes + i), zeros));
    _mm256_storeu_ps(results + i, _mm256_mul_ps(scales, steps));
  }
  return i;
}
#else
template <typename Code>
void quantise_avx2(const float* values, std::size_t count, const Grid& grid, Code* codes) {
  quantise_portable(values, count, grid, codes);
}
void fake_avx2(const float* values, std::size_t count, const Grid& grid, float* results) {
  fake_portable(values, count, grid, results);
}
template <typename Byte>
std::size_t dequantise_avx2(const Byte*, std::size_t, float, std::int32_t, float*) {
  return 0;
}
#endif

// ---- Choice of path.

bool vector_path_applies(const Quantiser& quantiser) {
  if (!quantiser.format.is_integer()) return true;
  return quantiser.format.bits() <= kMostVectorBits && !quantiser.format.is_bipolar() && !quantiser.zero_point_first &&
         quantiser.rounding == Rounding::kHalfEven && quantiser.one_scale();
}

QuantisePath resolve(QuantisePath path, const Quantiser& quantiser) {
  if (path == QuantisePath::kScalar || !vector_path_applies(quantiser)) return QuantisePath::kScalar;
  if (path == QuantisePath::kPortable || !has_avx2()) return QuantisePath::kPortable;
  return QuantisePath::kAvx2;
}

template <typename Code>
void quantise_any(std::span<const float> values, const Quantiser& quantiser, std::size_t channel, std::span<Code> codes,
                  QuantisePath path) {
  RS_CHECK(values.size() == codes.size() && channel < quantiser.scale.size());
  RS_CHECK(quantiser.format.is_integer());
  RS_CHECK(quantiser.format.lowest() >= std::numeric_limits<Code>::min());
  RS_CHECK(quantiser.format.highest() <= std::numeric_limits<Code>::max());
  switch (resolve(path, quantiser)) {
    case QuantisePath::kAvx2:
      return quantise_avx2(values.data(), values.size(), grid_of(quantiser, channel), codes.data());
    case QuantisePath::kPortable:
      return quantise_portable(values.data(), values.size(), grid_of(quantiser, channel), codes.data());
    default:
      for (std::size_t i = 0; i < values.size(); ++i)
        codes[i] = static_cast<Code>(quantiser.quantise(values[i], channel));
  }
}

// Code and zero point are at most 8 bits wide here, so that int32 holds their difference.
template <typename Code>
void dequantise_bytes(std::span<const Code> codes, const Quantiser& quantiser, std::size_t channel,
                      std::span<float> results) {
  RS_CHECK(codes.size() == results.size() && channel < quantiser.scale.size() && quantiser.format.bits() <= 8);
  if (!quantiser.one_scale()) {
    for (std::size_t i = 0; i < codes.size(); ++i) results[i] = quantiser.dequantise(codes[i], channel);
    return;
  }
  const float scale = quantiser.scale[channel];
  const std::int32_t zero = quantiser.zero_point[channel];
  std::size_t i = has_avx2() ? dequantise_avx2(codes.data(), codes.size(), scale, zero, results.data()) : 0;
  for (; i < codes.size(); ++i) results[i] = scale * static_cast<float>(static_cast<std::int32_t>(codes[i]) - zero);
}

}  // namespace

std::string_view best_quantise_path() { return has_avx2() ? "avx2" : "portable"; }

void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int8_t> codes, QuantisePath path) {
  quantise_any(values, quantiser, channel, codes, path);
}
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::uint8_t> codes, QuantisePath path) {
  quantise_any(values, quantiser, channel, codes, path);
}
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int16_t> codes, QuantisePath path) {
  quantise_any(values, quantiser, channel, codes, path);
}
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int32_t> codes, QuantisePath path) {
  quantise_any(values, quantiser, channel, codes, path);
}

void dequantise(std::span<const std::int8_t> codes, const Quantiser& quantiser, std::size_t channel,
                std::span<float> results) {
  dequantise_bytes(codes, quantiser, channel, results);
}
void dequantise(std::span<const std::uint8_t> codes, const Quantiser& quantiser, std::size_t channel,
                std::span<float> results) {
  dequantise_bytes(codes, quantiser, channel, results);
}

void fake_quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
                   std::span<float> results, QuantisePath path) {
  RS_CHECK(values.size() == results.size() && channel < quantiser.scale.size() && quantiser.format.block() == 0);
  if (!quantiser.format.is_integer() && path != QuantisePath::kScalar) {
    return fake_elements(values, quantiser.format, quantiser.scale[channel], results, path != QuantisePath::kPortable);
  }
  switch (resolve(path, quantiser)) {
    case QuantisePath::kAvx2:
      return fake_avx2(values.data(), values.size(), grid_of(quantiser, channel), results.data());
    case QuantisePath::kPortable:
      return fake_portable(values.data(), values.size(), grid_of(quantiser, channel), results.data());
    default:
      for (std::size_t i = 0; i < values.size(); ++i) results[i] = quantiser.fake(values[i], channel);
  }
}

void fake_quantise_tensor(std::span<const float> values, std::span<const std::int64_t> dimensions,
                          const Quantiser& quantiser, std::span<float> results, QuantisePath path) {
  if (quantiser.format.block() != 0) {
    return quantise_blocks(values, dimensions, quantiser.format, quantiser.axis, results);
  }
  if (!quantiser.per_channel()) return fake_quantise(values, quantiser, 0, results, path);
  const auto axis = static_cast<std::size_t>(quantiser.axis);
  RS_CHECK(axis < dimensions.size());
  const auto channels = static_cast<std::size_t>(dimensions[axis]);
  RS_CHECK(channels == quantiser.scale.size() && values.size() == results.size());
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < dimensions.size(); ++i) inner *= static_cast<std::size_t>(dimensions[i]);
  if (channels * inner == 0) return;
  RS_CHECK(values.size() % (channels * inner) == 0);
  for (std::size_t first = 0, row = 0; first < values.size(); first += inner, ++row) {
    fake_quantise(values.subspan(first, inner), quantiser, row % channels, results.subspan(first, inner), path);
  }
}

}  // namespace roofscape
