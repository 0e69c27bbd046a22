// Exact Optimal Brain Surgeon for rows of a weight matrix (Hassibi and Stork 1993; per row as in OBC, Frantar et al.
// 2022): which weights cost least, one after another, and what the others best become.
//
//   RS_ASSIGN(const Matrix h_inverse, inverse(hessian.values));
//   std::vector<Elimination> rows;                                     // each row for itself …
//   for (…) rows.push_back(eliminate(row_of(weights, r), h_inverse));
//   const Mask kept = cheapest_mask(rows, weights.columns, removed);   // … then a mask over all of them
//   RS_ASSIGN(const Matrix pruned, reconstruct(weights, kept, hessian.values));
//
// Several rows given to `eliminate` at once share one mask: whole columns go (structured pruning).
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/linear/mask.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

struct ObsOptions {
  std::size_t block = 1;          // consecutive columns that go together; a shorter last block is a block, too
  std::optional<NOfM> pattern{};  // no group loses more than all but `keep`; for blocks of 1
  std::size_t steps = std::numeric_limits<std::size_t>::max();  // stop after so many blocks
};

// In which order blocks go, and what each step adds to ½·Σ d·H·dᵀ, given the steps before it.
struct Elimination {
  std::vector<std::size_t> order;  // of blocks: block b is columns [b·block, (b+1)·block)
  std::vector<double> losses;
};

// Step by step the block B of least Σ over rows of ½·w_B·([H⁻¹]_BB)⁻¹·w_Bᵀ, ties: the first. W [rows, n], H⁻¹ [n, n] of
// the damped H. Costs n³/3 multiply-adds for all steps, applied to H⁻¹ in bundles.
Elimination eliminate(const Matrix& weights, const Matrix& inverse, const ObsOptions& options = {});

// The mask [rows.size(), columns] that takes `removed` steps in all, always the cheapest next step of any row.
Mask cheapest_mask(std::span<const Elimination> rows, std::size_t columns, std::size_t removed, std::size_t block = 1);
// The first `steps` steps of every row.
Mask prefix_mask(std::span<const Elimination> rows, std::size_t columns, std::size_t steps, std::size_t block = 1);

// The best weights on a mask: ŵ_S = w_S + H_SS⁻¹·H_SP·w_P for kept S and removed P, and 0 on P. Rows with equal masks
// share one factorisation.
Result<Matrix> reconstruct(const Matrix& weights, const Mask& kept, const Matrix& hessian);

}  // namespace roofscape::linear
