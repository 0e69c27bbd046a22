// The integers that go into the sums of an integer layer (analytics/network/integer_layer.h).
//
// Its truth is Σ (q_x − z_x)·(q_w − z_w) without rounding, in the layer's accumulator where it has one (accumulator.h),
// then integer_result (epilogue.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/engine/kernel.h"
#include "analytics/network/integer_layer.h"

namespace roofscape::engine {

// What an integer layer with weights multiplies and adds.
struct IntegerWeights {
  std::vector<std::int32_t> centred;  // q_w − z_w, in the order of the weight tensor
  std::vector<float> scale;           // input scale·weight scale, one an output channel
  std::vector<float> bias;            // one an output channel; 0 where the layer has none
  std::int32_t input_zero_point = 0;  // z_x: also what padding is made of
  std::int64_t terms = 0;             // products in the longest sum
  std::int64_t largest_weight = 0;    // largest magnitude among `centred`
  std::int64_t largest_input = 0;     // largest possible |q_x − z_x|
  std::int64_t largest_sum = 0;  // bound on |Σ| from the actual weights: max over channels of Σ|w|·largest_input
  std::optional<Accumulator> accumulator{};  // absent where it holds every sum, too
};
IntegerWeights integer_weights(const Layer& layer);

// Number of output channels of a layer with weights, and which of them the i-th weight belongs to.
std::int64_t output_channels(const Layer& layer);

}  // namespace roofscape::engine
