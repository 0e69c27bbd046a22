#include "analytics/network/data/array.h"

#include <bit>
#include <cstring>
#include <limits>

#include "analytics/network/data/file_bytes.h"

namespace roofscape::data {
namespace {

std::uint64_t raw_bits(const Array& array, std::size_t position) {
  const std::size_t offset = position * array.type.bytes;
  return array.type.big_endian ? read_big(array.values, offset, array.type.bytes)
                               : read_little(array.values, offset, array.type.bytes);
}

std::int64_t sign_extended(std::uint64_t bits, std::size_t bytes) {
  const int unused = 64 - 8 * static_cast<int>(bytes);
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

float value_at(const Array& array, std::size_t position) {
  const std::uint64_t bits = raw_bits(array, position);
  switch (array.type.kind) {
    case ElementType::Kind::kUnsigned: return static_cast<float>(bits);
    case ElementType::Kind::kSigned: return static_cast<float>(sign_extended(bits, array.type.bytes));
    case ElementType::Kind::kFloat: break;
  }
  if (array.type.bytes == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return static_cast<float>(std::bit_cast<double>(bits));
}

// Where element number `index` of the C order lies in the file.
std::size_t position_of(const Array& array, std::int64_t index) {
  if (!array.fortran_order) return static_cast<std::size_t>(index);
  std::int64_t count = 1;
  for (const std::int64_t size : array.shape) count *= size;
  std::int64_t position = 0;
  std::int64_t stride = count;
  for (std::size_t axis = array.shape.size(); axis-- > 0;) {
    stride /= array.shape[axis];
    position += index % array.shape[axis] * stride;
    index /= array.shape[axis];
  }
  return static_cast<std::size_t>(position);
}

}  // namespace

std::string ElementType::name() const {
  const char* word = kind == Kind::kFloat ? "float" : kind == Kind::kSigned ? "int" : "uint";
  return fmt::format("{}{}", word, 8 * bytes);
}

Result<std::int64_t> byte_count(const Shape& shape, std::size_t element_bytes) {
  auto total = static_cast<std::int64_t>(element_bytes);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] < 0) return invalid_argument("axis {} has size {}; sizes are 0 or more", axis, shape[axis]);
    if (__builtin_mul_overflow(total, shape[axis], &total)) {
      return invalid_argument("the shape describes more than 2^63 bytes");
    }
  }
  return total;
}

void read_floats(const Array& array, std::int64_t first, std::span<float> out) {
  if (!array.fortran_order && array.type.kind == ElementType::Kind::kFloat && array.type.bytes == 4 &&
      !array.type.big_endian) {
    if (!out.empty()) std::memcpy(out.data(), array.values.data() + first * 4, out.size_bytes());
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = value_at(array, position_of(array, first + static_cast<std::int64_t>(i)));
  }
}

Result<std::int64_t> read_integer(const Array& array, std::int64_t index) {
  RS_CHECK(array.type.is_integer());
  const std::uint64_t bits = raw_bits(array, position_of(array, index));
  if (array.type.kind == ElementType::Kind::kSigned) return sign_extended(bits, array.type.bytes);
  if (bits > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return out_of_range("value {} is {}, far too large", index, bits);
  }
  return static_cast<std::int64_t>(bits);
}

}  // namespace roofscape::data
