// Linear regression from streamed moments: B minimises Σ‖y − Bᵀ·x‖² + ridge·‖B‖².
#pragma once

#include "analytics/base/status.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

// (G + ridge·I)⁻¹·C for moments G = Σ x·xᵀ [n, n] and cross moments C = Σ x·yᵀ [n, k]: one column an output. Append a 1
// to every x for an intercept. Fails with kFailedPrecondition where G + ridge·I is not positive definite.
Result<Matrix> least_squares(const Matrix& moments, const Matrix& cross, double ridge = 0);

}  // namespace roofscape::linear
