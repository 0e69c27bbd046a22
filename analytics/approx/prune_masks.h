// Which weights leave: of a whole tensor by magnitude, or of weight matrices by what their loss does to the outputs.
#pragma once

#include <optional>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/linear/mask.h"

namespace roofscape::approx {

struct PrunePlan {
  enum class Criterion {
    kMagnitude,
    kSecondOrder,  // SparseGPT's sweep, then the rest fitted by least squares
    kExact,        // Optimal Brain Surgeon: one weight after another, then the rest fitted
  };
  Criterion criterion = Criterion::kMagnitude;
  double fraction = 0.5;                  // of the weights that leave; patterns say it themselves
  std::optional<linear::NOfM> pattern{};  // N of every M neighbours stay
  std::size_t block = 1;                  // neighbours in a row that leave together
};

// Prunes all weights of a layer; matrices without moments go by magnitude.
Status prune_weights(const Draft& draft, Layer& layer, const PrunePlan& plan);

// Of each block of weights of a layer: what its leaving costs alone, as a share of all that the layer gives out. By
// magnitude: the share of Σ w²; else Σ w²/[H⁻¹]_pp over Σ w·H·w. What one budget over several layers is spread by.
Result<std::vector<double>> relative_losses(const Draft& draft, const Layer& layer, const PrunePlan& plan);

}  // namespace roofscape::approx
