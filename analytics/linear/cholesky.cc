#include "analytics/linear/cholesky.h"

#include <Eigen/Cholesky>

#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

using Factored = Eigen::LLT<Eigen::MatrixXd>;

Result<Factored> factor(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  Factored result(matrix);
  // Eigen lets NaN and infinity through.
  if (result.info() == Eigen::Success && result.matrixLLT().diagonal().allFinite()) return result;
  return failed_precondition("the matrix of {} columns is not positive definite; dampen it", matrix.cols());
}

}  // namespace

Result<Matrix> cholesky(const Matrix& matrix) {
  RS_CHECK(matrix.rows == matrix.columns);
  RS_ASSIGN(const Factored factored, factor(view(matrix)));
  return matrix_of(Eigen::MatrixXd(factored.matrixL()));
}

Result<Matrix> upper_factor_of_inverse(const Matrix& matrix) {
  RS_CHECK(matrix.rows == matrix.columns);
  // With P reversing columns, P·A·P = L·Lᵀ gives A = R·Rᵀ for the upper R = P·L·P, and U = R⁻¹ = P·L⁻¹·P.
  RS_ASSIGN(const Factored factored, factor(view(matrix).reverse()));
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(factored.rows(), factored.cols());
  factored.matrixL().solveInPlace(inverse);
  return matrix_of(inverse.reverse());
}

Result<Matrix> inverse(const Matrix& matrix) {
  RS_ASSIGN(const Matrix upper, upper_factor_of_inverse(matrix));
  Matrix result(matrix.rows, matrix.columns);
  auto out = view(result);
  out.selfadjointView<Eigen::Lower>().rankUpdate(view(upper).transpose());
  out.triangularView<Eigen::StrictlyUpper>() = out.transpose();
  return result;
}

Result<Matrix> solve(const Matrix& matrix, const Matrix& right) {
  RS_CHECK(matrix.rows == matrix.columns && matrix.rows == right.rows);
  RS_ASSIGN(const Factored factored, factor(view(matrix)));
  return matrix_of(Eigen::MatrixXd(factored.solve(view(right))));
}

}  // namespace roofscape::linear
