#include "analytics/linear/hessian.h"

#include "analytics/base/status.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {

Hessian damped_hessian(const Matrix& moments, double dampening) {
  RS_CHECK(moments.rows == moments.columns);
  const std::size_t n = moments.columns;
  Hessian result{.values = moments, .dead = std::vector<bool>(n, false)};
  for (double& value : result.values.values) value *= 2;
  double trace = 0;
  std::size_t alive = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double& diagonal = result.values(i, i);
    result.dead[i] = diagonal <= 0;
    if (result.dead[i]) {
      diagonal = 1;
    } else {
      trace += diagonal;
      ++alive;
    }
  }
  result.damping = alive == 0 ? 0 : dampening * trace / static_cast<double>(alive);
  for (std::size_t i = 0; i < n; ++i) result.values(i, i) += result.damping;
  return result;
}

double quadratic_form(const Matrix& change, const Matrix& matrix) {
  RS_CHECK(matrix.rows == matrix.columns && change.columns == matrix.rows);
  const Eigen::MatrixXd product = view(change) * view(matrix);
  return view(change).cwiseProduct(product).sum();
}

Matrix difference(const Matrix& a, const Matrix& b) {
  RS_CHECK(a.rows == b.rows && a.columns == b.columns);
  Matrix result = a;
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] -= b.values[i];
  return result;
}

}  // namespace roofscape::linear
