// Fast fp32 kernels that need no library: sums of fused multiply-adds, and what works on values channels last.
//
// Those for element-wise layers, pooling and concatenation give the bytes of the references, whatever the layout; they
// exist so that a value can stay channels last from one convolution to the next.
#pragma once

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

const Kernel& fma_conv();                 // "fma-conv": few input channels
const Kernel& fma_dense();                // "fma-dense"
const Kernel& flat_activation();          // "flat-activation": any layout
const Kernel& flat_binary();              // "flat-binary": operands of one shape, or a constant scalar, any layout
const Kernel& channels_last_affine();     // "channels-last"
const Kernel& channels_last_pool();       // "channels-last"
const Kernel& channels_last_concat();     // "channels-last"
const Kernel& channels_view_transpose();  // "channels-view": [H, W, C] ↔ [C, H, W] without moving anything

}  // namespace roofscape::engine
