#include "analytics/engine/integer/staging.h"

#include <algorithm>
#include <cstring>

#include "analytics/base/instruction_sets.h"

namespace roofscape::engine {
namespace {

template <typename Code, typename Staged>
__attribute__((always_inline)) inline void shift_all(const Code* codes, std::int64_t count, Staged shift,
                                                     Staged* staged) {
  // Results fit, so that arithmetic in the staged type is exact whatever it wraps on the way.
  for (std::int64_t i = 0; i < count; ++i) staged[i] = static_cast<Staged>(static_cast<Staged>(codes[i]) + shift);
}

#if defined(__x86_64__)
template <typename Code, typename Staged>
__attribute__((target("avx2"))) void shift_all_avx2(const Code* codes, std::int64_t count, Staged shift,
                                                    Staged* staged) {
  shift_all(codes, count, shift, staged);
}
#endif

template <typename Code, typename Staged>
void convert(const void* codes, std::int64_t count, std::int32_t shift, std::byte* out) {
  const auto* in = static_cast<const Code*>(codes);
  auto* staged = reinterpret_cast<Staged*>(out);
#if defined(__x86_64__)
  if (has_avx2()) return shift_all_avx2(in, count, static_cast<Staged>(shift), staged);
#endif
  shift_all(in, count, static_cast<Staged>(shift), staged);
}

}  // namespace

std::int32_t staged_zero(MacTile::Operand operand, const Quantiser& quantiser) {
  if (operand == MacTile::Operand::kInt16) return 0;
  return quantiser.zero_point[0] + (quantiser.format.is_signed() ? 128 : 0);
}

void stage(MacTile::Operand operand, Element element, const void* codes, std::int64_t count, std::int32_t zero_point,
           std::byte* out) {
  if (operand == MacTile::Operand::kInt8) {
    if (element == Element::kUint8) std::memcpy(out, codes, static_cast<std::size_t>(count));
    if (element == Element::kInt8) convert<std::int8_t, std::uint8_t>(codes, count, 128, out);
    return;
  }
  switch (element) {
    case Element::kUint8: return convert<std::uint8_t, std::int16_t>(codes, count, -zero_point, out);
    case Element::kInt8: return convert<std::int8_t, std::int16_t>(codes, count, -zero_point, out);
    case Element::kInt16: return convert<std::int16_t, std::int16_t>(codes, count, -zero_point, out);
    case Element::kInt32: return convert<std::int32_t, std::int16_t>(codes, count, -zero_point, out);
    case Element::kFloat32: break;
  }
}

void stage_zeros(MacTile::Operand operand, std::int32_t zero, std::int64_t count, std::byte* out) {
  const int byte = operand == MacTile::Operand::kInt16 ? 0 : zero;  // an int16 zero is two zero bytes
  std::memset(out, byte, static_cast<std::size_t>(count * operand_bytes(operand)));
}

}  // namespace roofscape::engine
