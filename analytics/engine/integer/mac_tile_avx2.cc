// AVX2: vpmaddwd multiplies sixteen pairs of int16 and adds neighbours, vpaddd accumulates. For 8-bit operands
// vpmaddubsw does the same to 32 pairs of uint8 and int8, but saturates at int16: 255·(w₀ + w₁) must stay within.
#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/mac_tile_ymm.h"

namespace roofscape::engine {
namespace {

struct Avx2Int16 : Ymm {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w)); }
};

struct Avx2Int8 : Ymm {
  static Vector mac(Vector sum, Vector x, Vector w) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)));
  }
};

constexpr MacTile kInt8{.id = "avx2-int8",
                        .needs = "AVX2",
                        .operand = MacTile::Operand::kInt8,
                        .channels = 2 * Avx2Int8::kLanes,
                        .pair_limit = 128,  // 255·128 = 32,640
                        .supported = has_avx2,
                        .run = run_block<Avx2Int8, 5, 2, 8>};
constexpr MacTile kInt16{.id = "avx2-int16",
                         .needs = "AVX2",
                         .operand = MacTile::Operand::kInt16,
                         .channels = 2 * Avx2Int16::kLanes,
                         .supported = has_avx2,
                         .run = run_block<Avx2Int16, 6, 2, 8>};

}  // namespace

const MacTile& mac_tile_avx2_int8() { return kInt8; }
const MacTile& mac_tile_avx2_int16() { return kInt16; }

}  // namespace roofscape::engine
