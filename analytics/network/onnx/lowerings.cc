#include "analytics/network/onnx/lowerings.h"

#include <algorithm>
#include <array>

#include "analytics/base/text.h"
#include "analytics/network/onnx/fold.h"

namespace roofscape::onnx_import {
namespace {

constexpr std::array kLowerings = {
    LoweringEntry{"Abs", lower_unary},
    LoweringEntry{"Add", lower_binary},
    LoweringEntry{"AveragePool", lower_pool},
    LoweringEntry{"BatchNormalization", lower_batch_normalization},
    LoweringEntry{"Cast", lower_cast},
    LoweringEntry{"Clip", lower_clip},
    LoweringEntry{"Concat", lower_concat},
    LoweringEntry{"Conv", lower_conv},
    LoweringEntry{"ConvTranspose", lower_conv_transpose},
    LoweringEntry{"Div", lower_binary},
    LoweringEntry{"Dropout", lower_dropout},
    LoweringEntry{"Elu", lower_unary},
    LoweringEntry{"Erf", lower_unary},
    LoweringEntry{"Exp", lower_unary},
    LoweringEntry{"Expand", lower_expand},
    LoweringEntry{"Flatten", lower_flatten},
    LoweringEntry{"GRU", lower_recurrent},
    LoweringEntry{"Gather", lower_gather},
    LoweringEntry{"Gelu", lower_gelu},
    LoweringEntry{"Gemm", lower_gemm},
    LoweringEntry{"GlobalAveragePool", lower_global_pool},
    LoweringEntry{"GlobalMaxPool", lower_global_pool},
    LoweringEntry{"HardSigmoid", lower_unary},
    LoweringEntry{"HardSwish", lower_unary},
    LoweringEntry{"Identity", lower_identity},
    LoweringEntry{"LSTM", lower_recurrent},
    LoweringEntry{"LeakyRelu", lower_unary},
    LoweringEntry{"Log", lower_unary},
    LoweringEntry{"LogSoftmax", lower_softmax},
    LoweringEntry{"MatMul", lower_matmul},
    LoweringEntry{"Max", lower_variadic},
    LoweringEntry{"MaxPool", lower_pool},
    LoweringEntry{"Min", lower_variadic},
    LoweringEntry{"Mul", lower_binary},
    LoweringEntry{"Neg", lower_unary},
    LoweringEntry{"PRelu", lower_prelu},
    LoweringEntry{"Pad", lower_pad},
    LoweringEntry{"Pow", lower_pow},
    LoweringEntry{"Reciprocal", lower_reciprocal},
    LoweringEntry{"ReduceMean", lower_reduce_mean},
    LoweringEntry{"Relu", lower_unary},
    LoweringEntry{"Reshape", lower_reshape},
    LoweringEntry{"Shape", lower_shape},
    LoweringEntry{"Sigmoid", lower_unary},
    LoweringEntry{"Size", lower_size},
    LoweringEntry{"Slice", lower_slice},
    LoweringEntry{"Softmax", lower_softmax},
    LoweringEntry{"Softplus", lower_unary},
    LoweringEntry{"Softsign", lower_unary},
    LoweringEntry{"Split", lower_split},
    LoweringEntry{"Sqrt", lower_unary},
    LoweringEntry{"Squeeze", lower_squeeze},
    LoweringEntry{"Sub", lower_binary},
    LoweringEntry{"Sum", lower_variadic},
    LoweringEntry{"Tanh", lower_unary},
    LoweringEntry{"Transpose", lower_transpose},
    LoweringEntry{"Unsqueeze", lower_unsqueeze},
};

}  // namespace

const LoweringEntry* find_lowering(std::string_view op) {
  const auto* found = std::find_if(kLowerings.begin(), kLowerings.end(), [&](const auto& e) { return e.op == op; });
  return found == kLowerings.end() ? nullptr : found;
}

Status check_operators(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (!node.domain.empty() || (find_lowering(node.op) == nullptr && !can_fold(node.op)))
      return unimplemented("{}: Roofscape does not know this operator", node.description());
  return {};
}

}  // namespace roofscape::onnx_import
