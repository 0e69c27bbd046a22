// AVX-512 with VNNI: vpdpbusd sums four products uint8 × int8 a lane, vpdpwssd two of int16, without saturation.
#include <immintrin.h>

#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/mac_tile_body.h"

namespace roofscape::engine {
namespace {

struct Avx512 {
  using Vector = __m512i;
  static constexpr int kLanes = 16;
  static Vector zero() { return _mm512_setzero_si512(); }
  static Vector load(const std::byte* p) { return _mm512_loadu_si512(p); }
  static Vector broadcast(const std::byte* p) {
    std::int32_t group;
    std::memcpy(&group, p, sizeof group);
    return _mm512_set1_epi32(group);
  }
  static int wrap(Vector& sum, const std::int32_t* correction, int bits) {
    const __m128i shift = _mm_cvtsi32_si128(32 - bits);
    const Vector exact = _mm512_sub_epi32(sum, _mm512_loadu_si512(correction));
    sum = _mm512_sra_epi32(_mm512_sll_epi32(exact, shift), shift);
    return __builtin_popcount(_mm512_cmpneq_epi32_mask(exact, sum));
  }
  static void finish(Vector sum, const std::int32_t* correction, const float* scale, const float* bias, bool relu,
                     float* out) {
    const Vector exact = _mm512_sub_epi32(sum, _mm512_loadu_si512(correction));
    const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(exact), _mm512_loadu_ps(scale));
    __m512 result = _mm512_add_ps(product, _mm512_loadu_ps(bias));
    if (relu) result = _mm512_max_ps(result, _mm512_setzero_ps());
    _mm512_storeu_ps(out, result);
  }
};

struct Avx512Int8 : Avx512 {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm512_dpbusd_epi32(sum, x, w); }
};
struct Avx512Int16 : Avx512 {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm512_dpwssd_epi32(sum, x, w); }
};

constexpr MacTile kInt8{.id = "avx512-vnni-int8",
                        .needs = "AVX-512 VNNI",
                        .operand = MacTile::Operand::kInt8,
                        .channels = 2 * Avx512::kLanes,
                        .supported = has_avx512_vnni,
                        .run = run_block<Avx512Int8, 8, 2, 8>};
constexpr MacTile kInt16{.id = "avx512-vnni-int16",
                         .needs = "AVX-512 VNNI",
                         .operand = MacTile::Operand::kInt16,
                         .channels = 2 * Avx512::kLanes,
                         .supported = has_avx512_vnni,
                         .run = run_block<Avx512Int16, 8, 2, 8>};

}  // namespace

const MacTile& mac_tile_avx512_vnni_int8() { return kInt8; }
const MacTile& mac_tile_avx512_vnni_int16() { return kInt16; }

}  // namespace roofscape::engine
