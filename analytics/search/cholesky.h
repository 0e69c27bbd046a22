// A symmetric positive definite matrix, factored: solves and the diagonal of the inverse. Plain loops in a fixed order,
// so that the same numbers come out every time; made for a few hundred rows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace roofscape::search {

class Cholesky {
 public:
  // `matrix` is row-major, size × size. Nothing when it is not positive definite.
  static std::optional<Cholesky> factor(std::vector<double> matrix, std::size_t size);

  std::size_t size() const { return size_; }
  // L⁻¹·b, in place: of a right-hand side, or for the variance of a prediction.
  void solve_lower(std::span<double> b) const;
  // (L·Lᵀ)⁻¹·b.
  std::vector<double> solve(std::span<const double> b) const;
  std::vector<double> inverse_diagonal() const;
  double log_determinant() const;

 private:
  std::vector<double> lower_;  // rows of L
  std::size_t size_ = 0;
};

}  // namespace roofscape::search
