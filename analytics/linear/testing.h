// What this room's tests share: random problems and plain arithmetic to hold results against.
#pragma once

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear::testing {

inline Matrix random_matrix(Rng& rng, std::size_t rows, std::size_t columns) {
  Matrix result(rows, columns);
  for (double& value : result.values) value = rng.normal();
  return result;
}

inline Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result(a.rows, b.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t k = 0; k < a.columns; ++k)
      for (std::size_t j = 0; j < b.columns; ++j) result(i, j) += a(i, k) * b(k, j);
  return result;
}

inline Matrix transposed(const Matrix& a) {
  Matrix result(a.columns, a.rows);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j) result(j, i) = a(i, j);
  return result;
}

inline Matrix identity(std::size_t n) {
  Matrix result(n, n);
  for (std::size_t i = 0; i < n; ++i) result(i, i) = 1;
  return result;
}

// Inputs x as columns [n, samples]: each a mixture, so that columns of a layer are correlated as real ones are.
inline Matrix random_inputs(Rng& rng, std::size_t n, std::size_t samples) {
  return testing::product(random_matrix(rng, n, n), random_matrix(rng, n, samples));
}
inline Matrix moments_of(const Matrix& inputs) { return testing::product(inputs, testing::transposed(inputs)); }

inline double largest_difference(const Matrix& a, const Matrix& b) {
  double largest = a.rows == b.rows && a.columns == b.columns ? 0 : INFINITY;
  for (std::size_t i = 0; i < a.values.size() && largest < INFINITY; ++i)
    largest = std::max(largest, std::abs(a.values[i] - b.values[i]));
  return largest;
}

inline double squared_norm(const Matrix& a) {
  double sum = 0;
  for (const double value : a.values) sum += value * value;
  return sum;
}

}  // namespace roofscape::linear::testing
