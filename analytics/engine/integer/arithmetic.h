// Which layers are summed in exact integers, and the integers that go into the sums.
//
// A Conv, ConvTranspose or Dense is an integer layer when its input and its weight are quantised to integer formats,
// the input per tensor and the weight per tensor or per output channel; a MatMul when both inputs are, per tensor. Its
// truth is Σ (q_x − z_x)·(q_w − z_w) without rounding, then integer_result (epilogue.h). Sums that might leave int64
// (formats near 32 bits) make it an ordinary fp32 layer on quantised values.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

bool is_integer_layer(const Layer& layer);

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
};
IntegerWeights integer_weights(const Layer& layer);

// Number of output channels of a layer with weights, and which of them the i-th weight belongs to.
std::int64_t output_channels(const Layer& layer);

}  // namespace roofscape::engine
