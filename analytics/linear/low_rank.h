// The best approximation of a weight matrix by a product of two thin ones, plainly or for what the layer really reads.
//
//   RS_ASSIGN(const Spectrum spectrum, whitened_spectrum(weights, moments));
//   spectrum.loss(8);                        // Σ‖W·x − W'·x‖² at rank 8, before anything is run
//   const Factors factors = spectrum.factors(8);
//
// Whitened SVD (SVD-LLM: Wang et al. 2024): with G = L·Lᵀ and SVD(W·L) = U·Σ·Vᵀ, the best W' of rank r is
// U_r·Σ_r·V_rᵀ·L⁻¹, which is U_r·U_rᵀ·W, and Σ² and U are the eigenvalues and -vectors of W·G·Wᵀ: nothing has to be
// inverted, so that G may be singular.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

struct Factors {
  Matrix left;   // [m, r], orthonormal columns
  Matrix right;  // [r, n]
};

// All ranks at once. Singular values below about 1e-7 of the largest are noise: their squares are what is computed.
class Spectrum {
 public:
  Spectrum(Matrix basis, Matrix projected, std::vector<double> squares);

  std::size_t full_rank() const { return squares_.size(); }        // min(m, n)
  const std::vector<double>& squares() const { return squares_; }  // σ², descending
  // Σ σ_i² over i ≥ rank: the squared error left at that rank; 0 from full rank on.
  double loss(std::size_t rank) const { return rank < tails_.size() ? tails_[rank] : 0; }
  // The smallest rank that loses at most this share of loss(0).
  std::size_t rank_for(double share) const;
  Factors factors(std::size_t rank) const;

 private:
  Matrix basis_;      // U, [m, full rank]
  Matrix projected_;  // Uᵀ·W, [full rank, n]
  std::vector<double> squares_, tails_;
};

// Error ‖W − W'‖².
Result<Spectrum> plain_spectrum(const Matrix& weights);
// Error Σ‖W·x − W'·x‖² over the inputs of moments G = Σ x·xᵀ [n, n].
Result<Spectrum> whitened_spectrum(const Matrix& weights, const Matrix& moments);

}  // namespace roofscape::linear
