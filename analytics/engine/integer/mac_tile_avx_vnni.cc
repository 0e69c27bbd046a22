// AVX-VNNI: the VNNI instructions on 256 bits, for processors without AVX-512.
#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/mac_tile_ymm.h"

namespace roofscape::engine {
namespace {

struct AvxVnniInt8 : Ymm {
  static Vector mac(Vector sum, Vector x, Vector w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
};

constexpr MacTile kTile{.id = "avx-vnni-int8",
                        .needs = "AVX-VNNI",
                        .operand = MacTile::Operand::kInt8,
                        .channels = 2 * AvxVnniInt8::kLanes,
                        .supported = has_avx_vnni,
                        .run = run_block<AvxVnniInt8, 6, 2, 8>};

}  // namespace

const MacTile& mac_tile_avx_vnni() { return kTile; }

}  // namespace roofscape::engine
