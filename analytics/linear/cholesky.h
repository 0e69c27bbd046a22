// Symmetric positive definite matrices, factored and inverted. One thread and a fixed order of sums: the same numbers
// every time.
//
// Every function fails with kFailedPrecondition where the matrix is not positive definite: dampen it (hessian.h).
#pragma once

#include "analytics/base/status.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

// Lower L with A = L·Lᵀ; zeros above the diagonal.
Result<Matrix> cholesky(const Matrix& matrix);
// A⁻¹.
Result<Matrix> inverse(const Matrix& matrix);
// Upper U with A⁻¹ = Uᵀ·U: row i says how an error in column i is best made good by the columns after it. Found
// without A⁻¹, from the factor of A read backwards.
Result<Matrix> upper_factor_of_inverse(const Matrix& matrix);
// A⁻¹·B for right-hand sides B [n, k].
Result<Matrix> solve(const Matrix& matrix, const Matrix& right);

}  // namespace roofscape::linear
