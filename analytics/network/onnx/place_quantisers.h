// Hands the quantisers of layers that do nothing else on to those that read their values, past layers that only move
// values or clamp them: there they make integer layers of convolutions and products.
//
// Outputs stay what they are, bit for bit, but for NaN ahead of a maximum (which quantises as 0, and is then no longer
// the first to be quantised).
#pragma once

#include <vector>

#include "analytics/network/network.h"

namespace roofscape::onnx_import {

// `quantisers` are the builder's layers that only quantise; `last` is the output's layer, which is never changed.
void place_quantisers(NetworkBuilder& builder, const std::vector<LayerId>& quantisers, LayerId last);

}  // namespace roofscape::onnx_import
