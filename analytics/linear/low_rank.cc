#include "analytics/linear/low_rank.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>

#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

// U and Σ² of W·G·Wᵀ, given W and W·G.
Result<Spectrum> spectrum_of(const Matrix& weights, const Eigen::MatrixXd& weighted) {
  const auto w = view(weights);
  const Eigen::Index full = std::min(w.rows(), w.cols());
  Eigen::MatrixXd start;  // orthonormal basis of W's columns when W is tall, so that the eigenproblem stays small
  Eigen::MatrixXd gram;
  if (w.rows() > w.cols()) {
    start = Eigen::HouseholderQR<Eigen::MatrixXd>(w).householderQ() * Eigen::MatrixXd::Identity(w.rows(), full);
    gram = (start.transpose() * weighted) * (w.transpose() * start);
  } else {
    gram = weighted * w.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver((gram + gram.transpose()) / 2);
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite())
    return failed_precondition("the weights or moments of {} columns are not finite", w.cols());
  // Eigen's order ascends.
  Eigen::MatrixXd basis = solver.eigenvectors().rowwise().reverse();
  if (start.size() > 0) basis = start * basis;
  std::vector<double> squares;
  for (Eigen::Index i = full; i-- > 0;) squares.push_back(std::max(solver.eigenvalues()[i], 0.0));
  return Spectrum(matrix_of(basis), matrix_of(basis.transpose() * w), std::move(squares));
}

}  // namespace

Spectrum::Spectrum(Matrix basis, Matrix projected, std::vector<double> squares)
    : basis_(std::move(basis)), projected_(std::move(projected)), squares_(std::move(squares)), tails_(squares_) {
  for (std::size_t i = tails_.size(); i-- > 1;) tails_[i - 1] += tails_[i];
}

std::size_t Spectrum::rank_for(double share) const {
  std::size_t rank = 0;
  while (rank < full_rank() && loss(rank) > share * loss(0)) ++rank;
  return rank;
}

Factors Spectrum::factors(std::size_t rank) const {
  RS_CHECK(rank <= full_rank());
  const auto r = static_cast<Eigen::Index>(rank);
  return {matrix_of(view(basis_).leftCols(r)), matrix_of(view(projected_).topRows(r))};
}

Result<Spectrum> plain_spectrum(const Matrix& weights) { return spectrum_of(weights, view(weights)); }

Result<Spectrum> whitened_spectrum(const Matrix& weights, const Matrix& moments) {
  RS_CHECK(moments.rows == weights.columns && moments.columns == weights.columns);
  return spectrum_of(weights, view(weights) * view(moments));
}

}  // namespace roofscape::linear
