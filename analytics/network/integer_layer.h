// Which layers multiply and add integers.
//
// A Conv, ConvTranspose or Dense is an integer layer when its input and its weight are quantised to integer formats,
// the input per tensor and the weight per tensor or per output channel; a MatMul when both inputs are, per tensor. Sums
// that might leave int64 (formats near 32 bits) make it an ordinary fp32 layer on quantised values.
#pragma once

#include <cstdint>

#include "analytics/network/layer.h"

namespace roofscape {

// For layers whose weights have the shape that their operation asks for.
bool is_integer_layer(const Layer& layer);

// The format in which values on this grid are multiplied: their own, or fp32 where there is no grid, or one that has a
// scale for each sign.
NumberFormat factor_format(const QuantiserPtr& quantiser);

// The axis of the weight tensor that runs over output channels (of one group, for transposed convolutions).
int weight_output_axis(const Layer& layer);
// Products in the layer's longest sum; those of a MatMul, whose weight is an activation, are taken as 2^24.
std::int64_t products_of_sum(const Layer& layer);

}  // namespace roofscape
