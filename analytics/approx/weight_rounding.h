// How weights are rounded to the grid that they have been given: each to its nearest value, or so that a layer's
// outputs on the calibration images move least.
#pragma once

#include <string>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/arith/quantiser.h"

namespace roofscape::approx {

enum class WeightRounding {
  kNearest,
  kSecondOrder,  // GPTQ: column after column, each error made good by the columns after it
  kCoordinate,   // AdaRound's objective by coordinate descent, from GPTQ's answer
};

// The knob `rounding`, and its value.
KnobSpec rounding_knob();
WeightRounding rounding_of(const Knobs& knobs);

// Puts all weights of the layer onto `grid`; the tensors keep real values, all of which lie on it. Weights that are 0
// stay 0. Anything but kNearest needs second moments; without them fails. R of a recurrent layer is rounded to nearest
// where there are none of its states.
Status round_weights(const Draft& draft, Layer& layer, const Quantiser& grid, WeightRounding rounding);

}  // namespace roofscape::approx
