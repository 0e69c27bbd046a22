// Activations as a micro-kernel wants them: codes of a quantiser, widened or shifted into its operand type, with room
// around for padding.
#pragma once

#include <cstdint>

#include "analytics/engine/form.h"
#include "analytics/engine/integer/mac_tile.h"

namespace roofscape::engine {

// Bytes of one staged activation.
inline std::int64_t operand_bytes(MacTile::Operand operand) { return operand == MacTile::Operand::kInt16 ? 2 : 1; }

// What stands for the real number 0 among staged activations: 0 where they are centred, else the (shifted) zero point.
std::int32_t staged_zero(MacTile::Operand operand, const Quantiser& quantiser);

// Writes `count` codes of `element`, converted, at `out`. kInt16: q − z. kInt8: q, or q + 128 for signed codes.
void stage(MacTile::Operand operand, Element element, const void* codes, std::int64_t count, std::int32_t zero_point,
           std::byte* out);

// Fills `count` staged activations with the one that stands for 0.
void stage_zeros(MacTile::Operand operand, std::int32_t zero, std::int64_t count, std::byte* out);

}  // namespace roofscape::engine
