#include "analytics/network/packed/positions.h"

#include <array>

namespace roofscape::packed {

const PositionCode& position_code(Storage::Encoding encoding) {
  static const std::array<const PositionCode*, 7> kCodes = {
      &dense_code(), &bitmap_code(), &relative_code(), &csr_code(), &groups_code(), &blocks_code(), &circulant_code()};
  for (const PositionCode* code : kCodes)
    if (code->encoding == encoding) return *code;
  check_failed(__FILE__, __LINE__, "every encoding has a position code");
}

}  // namespace roofscape::packed
