// onnx::TensorProto → Constant. The only use of protobuf beside read_graph.cc.
#pragma once

#include <cstdint>

#include "analytics/base/status.h"
#include "analytics/network/onnx/constant.h"

namespace onnx {
class TensorProto;
}

namespace roofscape::onnx_import {

// Decodes raw or typed data of every number type of ONNX 1.12. Takes the elements that it allocates off `budget`
// before it allocates (integers count twice: they are kept in 64 bits), and frees the message's own copy.
Result<ConstantPtr> read_tensor(onnx::TensorProto& proto, std::int64_t& budget);

}  // namespace roofscape::onnx_import
