// Convolutions in fp32 on oneDNN, channels last.
#pragma once

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

const Kernel& onednn_conv();
const Kernel& onednn_conv_transpose();

}  // namespace roofscape::engine
