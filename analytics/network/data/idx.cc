// IDX (the MNIST files): 0, 0, element type, rank, then each dimension as a big-endian uint32, then the values.
#include <optional>

#include "analytics/network/data/array.h"
#include "analytics/network/data/file_bytes.h"

namespace roofscape::data {
namespace {

using Kind = ElementType::Kind;

std::optional<ElementType> element_type(std::byte code) {
  switch (std::to_integer<int>(code)) {
    case 0x08: return ElementType{Kind::kUnsigned, 1, true};
    case 0x09: return ElementType{Kind::kSigned, 1, true};
    case 0x0B: return ElementType{Kind::kSigned, 2, true};
    case 0x0C: return ElementType{Kind::kSigned, 4, true};
    case 0x0D: return ElementType{Kind::kFloat, 4, true};
    case 0x0E: return ElementType{Kind::kFloat, 8, true};
    default: return std::nullopt;
  }
}

}  // namespace

bool is_idx(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && bytes[0] == std::byte{0} && bytes[1] == std::byte{0} && element_type(bytes[2]) &&
         bytes[3] != std::byte{0} && bytes[3] <= std::byte{8};
}

Result<Array> parse_idx(std::span<const std::byte> bytes) {
  RS_CHECK(is_idx(bytes));
  const auto rank = std::to_integer<std::size_t>(bytes[3]);
  const std::size_t header = 4 + 4 * rank;
  if (bytes.size() < header) {
    return invalid_argument("the IDX header of rank {} is truncated: {} bytes instead of {}", rank, bytes.size(),
                            header);
  }
  Array array{.shape = {}, .type = *element_type(bytes[2]), .values = bytes.subspan(header)};
  for (std::size_t axis = 0; axis < rank; ++axis) {
    array.shape.push_back(static_cast<std::int64_t>(read_big(bytes, 4 + 4 * axis, 4)));
  }
  RS_ASSIGN(const std::int64_t expected, byte_count(array.shape, array.type.bytes));
  const auto actual = static_cast<std::int64_t>(array.values.size());
  if (actual != expected) {
    return invalid_argument("the IDX file is {}: its header asks for {} bytes of {} values, {} are there",
                            actual < expected ? "truncated" : "too long", grouped(expected), array.type.name(),
                            grouped(actual));
  }
  return array;
}

}  // namespace roofscape::data
