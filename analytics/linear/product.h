// Products of matrices, for whatever is put together from factors.
#pragma once

#include "analytics/linear/matrix.h"

namespace roofscape::linear {

Matrix product(const Matrix& a, const Matrix& b);             // A·B
Matrix product_transposed(const Matrix& a, const Matrix& b);  // A·Bᵀ
Matrix transposed(const Matrix& a);

// Of outputs W·x under a map x → M·x in front: the H near `start` that minimises Σ‖W·x − H·M·x‖² for the moments
// G = Σ x·xᵀ. Directions in which M·x never moves keep what `start` says, as all do where the problem is no number.
Matrix refitted(const Matrix& weights, const Matrix& start, const Matrix& map, const Matrix& moments);

}  // namespace roofscape::linear
