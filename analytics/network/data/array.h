// An array as a file holds it: shape, element type and a view of the values, sizes already checked against each other.
//
// What IDX and NPY have in common; load_dataset turns one into images, another into labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/tensor.h"

namespace roofscape::data {

struct ElementType {
  enum class Kind : std::uint8_t { kUnsigned, kSigned, kFloat };
  Kind kind = Kind::kUnsigned;
  std::size_t bytes = 1;
  bool big_endian = false;

  std::string name() const;  // "uint8", "float64"
  bool is_integer() const { return kind != Kind::kFloat; }
};

struct Array {
  Shape shape;
  ElementType type;
  bool fortran_order = false;         // first axis fastest
  std::span<const std::byte> values;  // exactly element count × type.bytes

  std::int64_t rows() const { return shape.empty() ? 0 : shape[0]; }
};

// Element count × `element_bytes`, or an error when a dimension is negative or the product leaves 63 bits.
Result<std::int64_t> byte_count(const Shape& shape, std::size_t element_bytes);

// Values [first, first + count) in C order as floats or 64-bit integers (integers only).
void read_floats(const Array& array, std::int64_t first, std::span<float> out);
Result<std::int64_t> read_integer(const Array& array, std::int64_t index);

// A view of `bytes` as an array, or what is wrong with it. Both refuse truncated files and surplus bytes.
bool is_idx(std::span<const std::byte> bytes);
Result<Array> parse_idx(std::span<const std::byte> bytes);
bool is_npy(std::span<const std::byte> bytes);
Result<Array> parse_npy(std::span<const std::byte> bytes);

}  // namespace roofscape::data
