// Maximum pooling on 8-bit codes, channels last. Quantisers are monotone, so the code of the largest value is the
// largest code: the layer before may write codes at once, a quarter of the bytes.
#pragma once

#include <memory>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// `code`: kUint8 or kInt8. A window that meets no input gives `lowest`, the code of −∞.
std::unique_ptr<Step> code_pool_step(const Site& site, Element code, std::int32_t lowest);

}  // namespace roofscape::engine
