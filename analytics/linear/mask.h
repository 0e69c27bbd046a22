// Which elements of a weight matrix stay, and the pattern "at most n of every m".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/linear/matrix.h"

namespace roofscape::linear {

struct Mask {
  Mask() = default;
  // Everything stays.
  Mask(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), kept(row_count * column_count, 1) {}

  std::uint8_t& operator()(std::size_t row, std::size_t column) { return kept[row * columns + column]; }
  bool operator()(std::size_t row, std::size_t column) const { return kept[row * columns + column] != 0; }
  std::span<const std::uint8_t> row(std::size_t index) const {
    return std::span(kept).subspan(index * columns, columns);
  }
  std::size_t removed() const;
  bool operator==(const Mask&) const = default;

  std::size_t rows = 0, columns = 0;
  std::vector<std::uint8_t> kept;  // row-major; 1 where the element stays
};

// Of every `of` consecutive columns, counted from column 0, at most `keep` stay: 2 of 4 is what sparse tensor cores
// take. A shorter last group keeps as many.
struct NOfM {
  std::size_t keep = 2, of = 4;
  bool operator==(const NOfM&) const = default;
};

bool obeys(const Mask& mask, NOfM pattern);
// Elements that are not 0 stay.
Mask nonzero_mask(const Matrix& weights);

}  // namespace roofscape::linear
