// AVX-VNNI: the VNNI instructions on 256 bits, for processors without AVX-512.
#include <cpuid.h>

#include "analytics/engine/integer/mac_tile_ymm.h"

namespace roofscape::engine {
namespace {

struct AvxVnniInt8 : Ymm {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
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
                        .channels = 2 * AvxVnniInt8::kLanes,
                        .supported = supported,
                        .run = run_block<AvxVnniInt8, 6, 2, 8>};

}  // namespace

const MacTile& mac_tile_avx_vnni() { return kTile; }

}  // namespace roofscape::engine
