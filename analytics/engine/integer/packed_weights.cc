#include "analytics/engine/integer/packed_weights.h"

#include <cstdlib>
#include <cstring>

namespace roofscape::engine {

void store_group(MacTile::Operand operand, std::span<const std::int32_t> weights, std::byte* at) {
  for (const std::int32_t w : weights) {
    if (operand == MacTile::Operand::kInt16) {
      const auto narrow = static_cast<std::int16_t>(w);
      std::memcpy(at, &narrow, sizeof narrow);
      at += sizeof narrow;
    } else {
      *at++ = static_cast<std::byte>(static_cast<std::int8_t>(w));
    }
  }
}

bool split_pairs(std::span<std::int32_t> weights, std::int32_t limit, std::span<std::int32_t> rest) {
  std::fill(rest.begin(), rest.end(), 0);
  bool any = false;
  for (std::size_t i = 0; i + 1 < weights.size(); i += 2) {
    const std::int32_t sum = weights[i] + weights[i + 1];
    if (std::abs(sum) <= limit) continue;
    rest[i] = sum > 0 ? sum - limit : sum + limit;
    weights[i] -= rest[i];
    any = true;
  }
  return any;
}

}  // namespace roofscape::engine
