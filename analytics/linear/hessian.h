// The curvature of one layer's error: with G = Σ x·xᵀ over what the layer reads, changing a row of its weights by d
// changes its outputs by Σ‖d·x‖² = d·G·dᵀ = ½·d·H·dᵀ, H = 2G.
//
//   const Hessian hessian = damped_hessian(moments);
//   RS_ASSIGN(const Matrix u, upper_factor_of_inverse(hessian.values));
#pragma once

#include <vector>

#include "analytics/linear/matrix.h"

namespace roofscape::linear {

struct Hessian {
  Matrix values;           // n × n, positive definite
  std::vector<bool> dead;  // columns that were always 0: nothing there has an effect, weights may become 0
  double damping = 0;      // what the diagonal gained
};

// H = 2G, 1 on the diagonal of dead columns, and on the whole diagonal `dampening` times its mean over the others
// (GPTQ: Frantar et al. 2022, §3.3, which takes 1 %). G must be symmetric.
Hessian damped_hessian(const Matrix& moments, double dampening = 0.01);

// Σ over rows d of d·A·dᵀ. With A = G of the undamped moments: the squared error of the outputs, Σ‖D·x‖².
double quadratic_form(const Matrix& change, const Matrix& matrix);
// a − b.
Matrix difference(const Matrix& a, const Matrix& b);

}  // namespace roofscape::linear
