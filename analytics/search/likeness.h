// How alike two points are: the kernel under which the surrogate's ridge regression is additive over groups (layers of
// the network) with pairwise terms between them.
//
// Ridge regression on one-hot choices with pairwise products is kernel ridge with κ(x, y) = 1 + Σ_g a_g·K_g +
// pairs·Σ_{g<h} a_g·a_h·K_g·K_h, where K_g is the likeness of the two points within group g: the same predictions, with
// a matrix as large as the number of measurements instead of the number of features, and the pairs for the cost of the
// sums. Weights a_g say how much a group matters.
#pragma once

#include <vector>

#include "analytics/search/searcher.h"

namespace roofscape::search {

class Likeness {
 public:
  explicit Likeness(const Problem& problem);

  std::size_t group_count() const { return group_count_; }
  // Likeness of two points within each group, each 0 to 1; `out` holds group_count() values.
  void groups(const Point& a, const Point& b, double* out) const;

 private:
  std::size_t group_count_ = 0;
  std::vector<std::size_t> group_of_;  // dense index of each variable's group
  std::vector<double> share_;          // 1 / number of variables of the variable's group
  std::vector<std::size_t> choices_;
  std::vector<std::vector<double>> tables_;  // of each variable: likeness of choice a and b at a·choices + b
};

// Σ_g a_g·K_g and Σ_{g<h} a_g·a_h·K_g·K_h.
struct LikenessSums {
  double additive = 0, pairs = 0;
};
LikenessSums sums(const std::vector<double>& weights, const double* groups);

}  // namespace roofscape::search
