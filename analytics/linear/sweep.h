// One pass over the columns of a weight matrix, each put where it must go (onto a grid, to 0) and its error made good
// by the columns after it: GPTQ (Frantar et al. 2022) and, with a mask chosen on the way, SparseGPT (Frantar and
// Alistarh 2023).
//
//   const Hessian hessian = damped_hessian(moments);
//   RS_ASSIGN(const Swept swept, sweep(weights, hessian, {.rule = to_grid}));                     // GPTQ
//   RS_ASSIGN(const Swept half, sweep(weights, hessian, {.rule = to_grid, .fraction = 0.5}));     // both at once
//
// For column i with U = upper_factor_of_inverse(H): e = (w_i − q_i)/U_ii, then w_j −= e·U_ij for j > i. Then D = W − Q
// = E·U, so that the loss is known exactly: Σ d·H·dᵀ = Σ e².
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/mask.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

// Writes to result[r] what row r's element of this column becomes, where it would like to be values[r]. Columns are
// counted as in the weights, whatever the order in which they come.
using ColumnRule = std::function<void(std::size_t column, std::span<const double> values, std::span<double> result)>;

struct SweepOptions {
  ColumnRule rule{};             // default: values stay what they are
  const Mask* frozen = nullptr;  // elements that this removes are 0 in the result
  // Elements to remove, chosen in each `choice` of columns by w²/U_ii²: a share of all, floor(fraction·rows·n) in the
  // end …
  double fraction = 0;
  // … or all but `keep` in every group.
  std::optional<NOfM> pattern{};
  // Columns of large H_ii first, since later columns bear the errors. Groups of a pattern stay together and are ordered
  // by their sums.
  bool descending = false;
  // Columns among which elements are chosen together. U_ii takes all later columns as free to make good, which is less
  // true the more of them are chosen from at once: 32 rather than SparseGPT's 128, since layers here are narrow.
  std::size_t choice = 32;
  // Columns whose errors reach the columns beyond them at once: the same sums in another order.
  std::size_t block = 128;
};

struct Swept {
  Matrix weights;
  Mask kept;
  double loss = 0;  // Σ d·H·dᵀ over rows d = W − Q, in the damped H
};

// What a sweep derives from H alone, for those who keep it for others of the same H and order.
struct SweepFactor {
  std::vector<std::size_t> order;  // position in the sweep → column
  Matrix upper;                    // U, in that order
};
// Of options, `pattern` and `descending` matter.
Result<SweepFactor> sweep_factor(const Hessian& hessian, const SweepOptions& options);

// W [rows, n], H of n columns. Frozen elements count towards `fraction` and `pattern`. Columns without effect (dead)
// are the first to be removed, and otherwise rounded alone.
Result<Swept> sweep(const Matrix& weights, const Hessian& hessian, const SweepOptions& options);
Result<Swept> sweep(const Matrix& weights, const Hessian& hessian, const SweepFactor& factor,
                    const SweepOptions& options);

}  // namespace roofscape::linear
