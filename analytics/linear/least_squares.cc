#include "analytics/linear/least_squares.h"

#include "analytics/linear/cholesky.h"

namespace roofscape::linear {

Result<Matrix> least_squares(const Matrix& moments, const Matrix& cross, double ridge) {
  RS_CHECK(moments.rows == moments.columns && moments.rows == cross.rows);
  Matrix damped = moments;
  for (std::size_t i = 0; i < damped.rows; ++i) damped(i, i) += ridge;
  return solve(damped, cross);
}

}  // namespace roofscape::linear
