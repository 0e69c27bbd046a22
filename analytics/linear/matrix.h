// A dense matrix of doubles as a plain value: what the methods of second order hand to each other.
//
//   Matrix w(2, 3);         // zeros
//   w(1, 2) = 0.5;
//   w.row(1)[2];            // the same element
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace roofscape::linear {

struct Matrix {
  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), values(row_count * column_count, 0.0) {}

  double& operator()(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  std::span<double> row(std::size_t index) { return std::span(values).subspan(index * columns, columns); }
  std::span<const double> row(std::size_t index) const { return std::span(values).subspan(index * columns, columns); }
  bool operator==(const Matrix&) const = default;

  std::size_t rows = 0, columns = 0;
  std::vector<double> values;  // row-major
};

}  // namespace roofscape::linear
