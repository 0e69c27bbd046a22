// CIFAR binary: rows of labels and 3 × 32 × 32 bytes, no header; told apart by size and label values.
//
// CIFAR-10 rows are label + 3,072 bytes; CIFAR-100 rows coarse label + fine label + 3,072 bytes (the fine one counts).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace roofscape::data {

struct CifarLayout {
  std::size_t labels = 1;  // bytes before the pixels; the last of them is the label
  std::int64_t rows = 0;

  static constexpr std::size_t kPixels = 3072;
  std::size_t row_bytes() const { return labels + kPixels; }
};

// The layout whose row size divides the file and whose labels are in range (below 10; below 20 and 100).
std::optional<CifarLayout> recognise_cifar(std::span<const std::byte> bytes);

}  // namespace roofscape::data
