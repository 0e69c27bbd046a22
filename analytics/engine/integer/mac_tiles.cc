// THE list of integer micro-kernels.
#include <array>

#include "analytics/engine/integer/mac_tile.h"

namespace roofscape::engine {

#if defined(__x86_64__)
const MacTile& mac_tile_avx512_vnni_int8();
const MacTile& mac_tile_avx_vnni();
const MacTile& mac_tile_avx512_vnni_int16();
const MacTile& mac_tile_avx2_int8();
const MacTile& mac_tile_avx2_int16();
#endif
const MacTile& mac_tile_portable_int16();
const MacTile& mac_tile_portable_int8();

std::span<const MacTile* const> mac_tiles() {
  static const std::array tiles = {
#if defined(__x86_64__)
    &mac_tile_avx512_vnni_int8(),
    &mac_tile_avx_vnni(),
    &mac_tile_avx512_vnni_int16(),
    &mac_tile_avx2_int8(),
    &mac_tile_avx2_int16(),
#endif
    &mac_tile_portable_int16(),
    &mac_tile_portable_int8(),
  };
  return tiles;
}

}  // namespace roofscape::engine
