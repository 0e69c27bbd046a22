#include "analytics/linear/product.h"

#include "analytics/base/status.h"
#include "analytics/linear/eigen.h"
#include "analytics/linear/least_squares.h"

namespace roofscape::linear {

Matrix product(const Matrix& a, const Matrix& b) {
  RS_CHECK(a.columns == b.rows);
  return matrix_of(view(a) * view(b));
}

Matrix product_transposed(const Matrix& a, const Matrix& b) {
  RS_CHECK(a.columns == b.columns);
  return matrix_of(view(a) * view(b).transpose());
}

Matrix transposed(const Matrix& a) { return matrix_of(view(a).transpose()); }

Matrix refitted(const Matrix& weights, const Matrix& start, const Matrix& map, const Matrix& moments) {
  constexpr double kRidge = 1e-9;  // of the mean of the diagonal
  const Matrix weighted = product(map, moments);
  const Matrix gram = product_transposed(weighted, map);
  const Matrix missing = matrix_of(view(weights) - view(start) * view(map));
  const double ridge = kRidge * view(gram).trace() / static_cast<double>(gram.rows);
  if (!(ridge > 0)) return start;
  const auto change = least_squares(gram, product_transposed(weighted, missing), ridge);
  return change.ok() ? matrix_of(view(start) + view(*change).transpose()) : start;
}

}  // namespace roofscape::linear
