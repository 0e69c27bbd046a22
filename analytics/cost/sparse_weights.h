// Weights that are 0 or packed: how much work they leave on hardware that skips them, and how many have to be unpacked.
#pragma once

#include "analytics/network/layer.h"

namespace roofscape::cost {

// The share of a layer's multiplications that is left on a machine that skips zero weights: rows of the weight matrix
// are dealt out to so many lanes in turn, and all wait for the fullest.
//
//   max over lanes of its non-zero weights x lanes / weights, at most 1
//
// times the entries of the stored form for each of them: relative positions of few bits keep some zeros (EIE pads so).
// 1 where the layer's storage keeps its zeros: such a machine walks the stored weights. Counted once a tensor.
double weight_work_left(const Layer& layer, int lanes);
// The share of weights that are not 0, where the storage leaves zeros out; else 1.
double stored_share(const Layer& layer);

// Whether weights have to be looked up or put together before they can be multiplied: sparse positions, codebooks,
// Huffman codes.
bool is_packed_form(const Layer& layer);
// Weights that are taken out of the stored form for one run of the layer.
double stored_weights(const Layer& layer);

}  // namespace roofscape::cost
