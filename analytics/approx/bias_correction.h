// Bias correction: quantised weights shift each output's mean by E[(Wq − W)·x]; the bias takes that shift back.
#pragma once

#include "analytics/network/layer.h"
#include "analytics/network/statistics.h"

namespace roofscape::approx {

// The bias of `layer` less Σ (Wq − W)·E[x] per output channel, where `layer` already holds Wq, `original` is W and
// `input` describes x (padding is taken for values of that mean). A layer without bias gains one. Recurrent layers
// correct what their input contributes.
TensorPtr corrected_bias(const Layer& layer, const Tensor& original, const ValueStatistics& input);

}  // namespace roofscape::approx
