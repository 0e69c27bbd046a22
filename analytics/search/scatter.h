// How measured values lie around their curve (link.h), and what neighbours say of it.
//
// Two networks of equal damage do not score alike: each errs on images of its own. But networks that err in the same
// layers in the same way err on the same images. So the residuals of two points are alike by what their damages share:
// Σ_v √(w_v·w'_v) over the variables that both set alike, where w_v is a variable's share of the point's damage.
// Without this, every near copy of a good point would look like a new chance to be lucky.
//
//   Scatter scatter(rows, residuals);                 // residuals in units of the curve's deviation there
//   auto [mean, deviation] = scatter.at(row);         // of a new point, in the same unit
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/search/cholesky.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

class Scatter {
 public:
  // A point with the square roots of its variables' shares of its damage.
  struct Row {
    Point point;
    std::vector<double> roots;
  };
  struct Belief {
    double mean = 0, deviation = 1;
  };

  Scatter() = default;
  Scatter(std::vector<Row> rows, const std::vector<double>& residuals);
  Belief at(const Row& row) const;

 private:
  std::vector<Row> rows_;
  std::optional<Cholesky> factor_;
  std::vector<double> alpha_;
};

}  // namespace roofscape::search
