// AVX2: vpmaddwd multiplies sixteen pairs of int16 and adds neighbours, vpaddd accumulates.
#include "analytics/engine/integer/mac_tile_ymm.h"

namespace roofscape::engine {
namespace {

struct Avx2Int16 : Ymm {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w)); }
};

bool supported() { return __builtin_cpu_supports("avx2") != 0; }

constexpr MacTile kTile{.id = "avx2-int16",
                        .needs = "AVX2",
                        .operand = MacTile::Operand::kInt16,
                        .channels = 2 * Avx2Int16::kLanes,
                        .supported = supported,
                        .run = run_block<Avx2Int16, 6, 2, 8>};

}  // namespace

const MacTile& mac_tile_avx2() { return kTile; }

}  // namespace roofscape::engine
