// Statistics correction: coarse weights change how far a channel's outputs spread; its scale takes that back.
#pragma once

#include "analytics/approx/method.h"

namespace roofscape::approx {

// Multiplies the weight scale of each output channel by σ of W·x over σ of Wq·x, both in closed form from the second
// moments: σ² = w·G·wᵀ/N − (w·Σx/N)². `layer` holds Wq on a grid with a scale a channel, `original` is its first weight
// before. Means are the bias correction's to mend. Does nothing for grids without a scale a channel; fails without
// moments.
Status correct_statistics(const Draft& draft, Layer& layer, const Tensor& original);

}  // namespace roofscape::approx
