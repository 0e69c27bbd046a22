// Our matrices as Eigen sees them; for this room's sources only, never for its headers.
//
// Eigen is built for the baseline instruction set and one thread: the same numbers on every x86-64 machine.
#pragma once

#include <Eigen/Core>

#include "analytics/linear/matrix.h"

namespace roofscape::linear {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<const RowMajor> view(const Matrix& matrix) {
  return {matrix.values.data(), static_cast<Eigen::Index>(matrix.rows), static_cast<Eigen::Index>(matrix.columns)};
}
inline Eigen::Map<RowMajor> view(Matrix& matrix) {
  return {matrix.values.data(), static_cast<Eigen::Index>(matrix.rows), static_cast<Eigen::Index>(matrix.columns)};
}

template <typename Expression>
Matrix matrix_of(const Expression& expression) {
  Matrix result(static_cast<std::size_t>(expression.rows()), static_cast<std::size_t>(expression.cols()));
  view(result) = expression;
  return result;
}

}  // namespace roofscape::linear
