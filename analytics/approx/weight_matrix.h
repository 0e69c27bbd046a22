// A layer's weights as the matrices that methods of second order work on: one a group, rows multiply the vectors of
// which SecondMoments keeps Σ x·xᵀ, so that columns are the same in both.
//
//   std::vector<linear::Matrix> weights = weight_matrices(layer);
//   for (std::size_t g = 0; g < weights.size(); ++g) change(weights[g], moments_matrix(moments, g));
//   layer.constants[0] = weight_tensor(layer, weights);
#pragma once

#include <span>
#include <vector>

#include "analytics/linear/matrix.h"
#include "analytics/network/layer.h"
#include "analytics/network/statistics.h"

namespace roofscape::approx {

// Which weights: those that multiply the layer's input, or R of LSTM and GRU, which multiplies its states.
enum class WeightRole { kInput = 0, kState = 1 };  // their index among the constants

//   Conv          [O, C/groups, kh, kw]   groups × [O/groups, C/groups·kh·kw]
//   Dense         [O, I]                  1 × [O, I]
//   W             [D, G·H, I]             1 × [D·G·H, I]
//   R             [D, G·H, H]             D × [G·H, H]
//   ConvTranspose [C, O/groups, kh, kw]   groups × [O/groups·kh·kw, C/groups]
std::vector<linear::Matrix> weight_matrices(const Layer& layer, WeightRole role = WeightRole::kInput);
// The tensor of the same shape that holds these; values are rounded to fp32.
TensorPtr weight_tensor(const Layer& layer, std::span<const linear::Matrix> matrices,
                        WeightRole role = WeightRole::kInput);

linear::Matrix moments_matrix(const SecondMoments& moments, std::size_t group);

}  // namespace roofscape::approx
