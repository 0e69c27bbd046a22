// Rounding up or down, one element at a time, for the least error of the layer's outputs: AdaRound's objective (Nagel
// et al. 2020) by coordinate descent, without gradients.
//
//   Matrix better = coordinate_rounding(weights, swept.weights, hessian.values, neighbours_on_grid);
#pragma once

#include <cstddef>
#include <functional>

#include "analytics/linear/matrix.h"

namespace roofscape::linear {

// The next value below and above that this element may take; `value` itself where there is none (the grid's end, an
// element that must stay).
struct Neighbours {
  double below = 0, above = 0;
};
using NeighboursOf = std::function<Neighbours(std::size_t row, std::size_t column, double value)>;

// From `start`, moves single elements to a neighbour while that lessens d·H·dᵀ of their row, d = result − original: a
// move by t changes it by 2t·(H·d)_i + t²·H_ii. Ends when no move helps or after `passes` over a row; never ends above
// its start.
Matrix coordinate_rounding(const Matrix& original, const Matrix& start, const Matrix& hessian,
                           const NeighboursOf& neighbours, int passes = 50);

}  // namespace roofscape::linear
