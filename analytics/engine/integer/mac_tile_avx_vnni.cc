// AVX-VNNI: the VNNI instructions on 256 bits, for processors without AVX-512.
#include <cpuid.h>
#include <immintrin.h>

#include "analytics/engine/integer/mac_tile_body.h"

namespace roofscape::engine {
namespace {

struct AvxVnniInt8 {
  using Vector = __m256i;
  static constexpr int kLanes = 8;
  static Vector zero() { return _mm256_setzero_si256(); }
  static Vector load(const std::byte* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static Vector broadcast(const std::byte* p) {
    std::int32_t group;
    std::memcpy(&group, p, sizeof group);
    return _mm256_set1_epi32(group);
  }
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
  static void finish(Vector sum, const std::int32_t* correction, const float* scale, const float* bias, bool relu,
                     float* out) {
    const Vector exact = _mm256_sub_epi32(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(correction)));
    const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(exact), _mm256_loadu_ps(scale));
    __m256 result = _mm256_add_ps(product, _mm256_loadu_ps(bias));
    if (relu) result = _mm256_max_ps(result, _mm256_setzero_ps());
    _mm256_storeu_ps(out, result);
  }
};

// CPUID leaf 7, sub-leaf 1, EAX bit 4; GCC 12's __builtin_cpu_supports does not know the name.
bool supported() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 &&
         (eax & (1U << 4)) != 0;
}

constexpr MacTile kTile{.id = "avx-vnni-int8",
                        .needs = "AVX-VNNI",
                        .operand = MacTile::Operand::kInt8,
                        .pixels = 4,
                        .channels = 2 * AvxVnniInt8::kLanes,
                        .supported = supported,
                        .run = run_tile<AvxVnniInt8, 4, 2>};

}  // namespace

const MacTile& mac_tile_avx_vnni() { return kTile; }

}  // namespace roofscape::engine
