// Which way of storing a layer's weights takes the fewest bits, as the weights and their format are now.
#pragma once

#include "analytics/network/work.h"

namespace roofscape::approx {

// Dense unless a bitmap with the non-zero weights is smaller.
inline Storage::Encoding smallest_encoding(Layer layer) {
  layer.storage.encoding = Storage::Encoding::kDense;
  const std::int64_t dense = stored_bits(layer);
  layer.storage.encoding = Storage::Encoding::kBitmap;
  return stored_bits(layer) < dense ? Storage::Encoding::kBitmap : Storage::Encoding::kDense;
}

}  // namespace roofscape::approx
