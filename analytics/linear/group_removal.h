// Which groups of columns cost least where several matrices lose them together: structured pruning, where a channel
// that leaves takes columns from every layer that reads it (after Optimal Brain Surgeon, obs.h).
//
//   RS_ASSIGN(const Elimination order, eliminate_groups({{w, hessian, {{0, 1}, {2, 3}}}}, /*steps=*/1));
//   order.order[0];    // the group that leaves first
//
// Groups may be of any size and lie anywhere; columns of no group stay.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/linear/matrix.h"
#include "analytics/linear/obs.h"

namespace roofscape::linear {

struct GroupedColumns {
  Matrix weights;                                // [rows, n]
  Matrix hessian;                                // [n, n], symmetric; positive definite where weights are refitted
  std::vector<std::vector<std::size_t>> groups;  // the columns of each group, maybe none
  bool refitted = true;                          // whether the columns that stay make good what they can
};

// Sets of groups, by number, of each of which one stays: whoever asks leaves nobody with nothing.
class Survivors {
 public:
  Survivors() = default;
  explicit Survivors(std::vector<std::vector<std::size_t>> sets) : sets_(std::move(sets)) {}
  bool may_leave(std::size_t group) const;
  void leave(std::size_t group);

 private:
  std::vector<std::vector<std::size_t>> sets_;  // what is left of them
};

// Step by step the group of least loss Σ ½·d·H·dᵀ over all matrices and their rows, given the steps before it, ties:
// the first. Refitted: the best d that takes the group away, w_B·([H⁻¹]_BB)⁻¹·w_Bᵀ, by downdating H⁻¹; else d is −w
// there and 0 elsewhere. Every matrix has equally many groups. Ends
// early where no other may leave. Costs n³ multiply-adds a refitted matrix for all steps.
Result<Elimination> eliminate_groups(const std::vector<GroupedColumns>& matrices, std::size_t steps,
                                     Survivors survivors = {});

}  // namespace roofscape::linear
