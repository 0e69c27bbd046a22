// Which way of storing a layer's weights takes the fewest bits, as the weights and their format are now.
#pragma once

#include "analytics/network/layer.h"

namespace roofscape::approx {

// Among all position codes that can hold the weights: dense, bitmap, relative indexes of every width, CSR, groups,
// blocks of some sizes, and what the layer asks for now. How values are coded (codebook, Huffman) stays as it is,
// unless no position code can hold them so. Of equals the simplest.
Storage smallest_storage(const Layer& layer);

}  // namespace roofscape::approx
