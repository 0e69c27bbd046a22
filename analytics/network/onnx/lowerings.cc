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
    LoweringEntry{"Cast", lower_cast, Family::kOnnx, Codes::kReads},
    LoweringEntry{"Clip", lower_clip, Family::kOnnx, Codes::kReads},
    LoweringEntry{"Concat", lower_concat, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Conv", lower_conv},
    LoweringEntry{"ConvTranspose", lower_conv_transpose},
    LoweringEntry{"Div", lower_binary},
    LoweringEntry{"Dropout", lower_dropout, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Elu", lower_unary},
    LoweringEntry{"Erf", lower_unary},
    LoweringEntry{"Exp", lower_unary},
    LoweringEntry{"Expand", lower_expand},
    LoweringEntry{"Flatten", lower_flatten, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"GRU", lower_recurrent},
    LoweringEntry{"Gather", lower_gather, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Gelu", lower_gelu},
    LoweringEntry{"Gemm", lower_gemm},
    LoweringEntry{"GlobalAveragePool", lower_global_pool},
    LoweringEntry{"GlobalMaxPool", lower_global_pool},
    LoweringEntry{"HardSigmoid", lower_unary},
    LoweringEntry{"HardSwish", lower_unary},
    LoweringEntry{"Identity", lower_identity, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"LSTM", lower_recurrent},
    LoweringEntry{"LeakyRelu", lower_unary},
    LoweringEntry{"Log", lower_unary},
    LoweringEntry{"LogSoftmax", lower_softmax},
    LoweringEntry{"MatMul", lower_matmul},
    LoweringEntry{"Max", lower_variadic},
    LoweringEntry{"MaxPool", lower_pool, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Min", lower_variadic},
    LoweringEntry{"Mul", lower_binary},
    LoweringEntry{"Neg", lower_unary},
    LoweringEntry{"PRelu", lower_prelu},
    LoweringEntry{"Pad", lower_pad},
    LoweringEntry{"Pow", lower_pow},
    LoweringEntry{"Reciprocal", lower_reciprocal},
    LoweringEntry{"ReduceMean", lower_reduce_mean},
    LoweringEntry{"Relu", lower_unary},
    LoweringEntry{"Reshape", lower_reshape, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Shape", lower_shape, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Sigmoid", lower_unary},
    LoweringEntry{"Size", lower_size, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Slice", lower_slice, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Softmax", lower_softmax},
    LoweringEntry{"Softplus", lower_unary},
    LoweringEntry{"Softsign", lower_unary},
    LoweringEntry{"Split", lower_split, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Sqrt", lower_unary},
    LoweringEntry{"Squeeze", lower_squeeze, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Sub", lower_binary},
    LoweringEntry{"Sum", lower_variadic},
    LoweringEntry{"Tanh", lower_unary},
    LoweringEntry{"Transpose", lower_transpose, Family::kOnnx, Codes::kMoves},
    LoweringEntry{"Unsqueeze", lower_unsqueeze, Family::kOnnx, Codes::kMoves},
    // Quantisation: QONNX's operators, ONNX's own, and those that ONNX Runtime adds.
    LoweringEntry{"BipolarQuant", lower_bipolar_quant, Family::kQonnx, Codes::kRefuses, true},
    LoweringEntry{"FloatQuant", lower_float_quant, Family::kQonnx, Codes::kRefuses, true},
    LoweringEntry{"IntQuant", lower_quant, Family::kQonnx, Codes::kRefuses, true},
    LoweringEntry{"MultiThreshold", lower_multi_threshold, Family::kQonnx},
    LoweringEntry{"Quant", lower_quant, Family::kQonnx, Codes::kRefuses, true},
    LoweringEntry{"Trunc", lower_trunc, Family::kQonnx},
    LoweringEntry{"ConvInteger", lower_conv_integer, Family::kOnnx, Codes::kReads},
    LoweringEntry{"DequantizeLinear", lower_dequantize_linear, Family::kOnnx, Codes::kReads, true},
    LoweringEntry{"DequantizeLinear", lower_dequantize_linear, Family::kMicrosoft, Codes::kReads, true},
    LoweringEntry{"DynamicQuantizeLinear", lower_dynamic_quantize_linear},
    LoweringEntry{"MatMulInteger", lower_matmul_integer, Family::kOnnx, Codes::kReads},
    LoweringEntry{"QLinearConv", lower_qlinear_conv, Family::kOnnx, Codes::kReads},
    LoweringEntry{"QLinearMatMul", lower_qlinear_matmul, Family::kOnnx, Codes::kReads},
    LoweringEntry{"QuantizeLinear", lower_quantize_linear, Family::kOnnx, Codes::kRefuses, true},
    LoweringEntry{"QuantizeLinear", lower_quantize_linear, Family::kMicrosoft, Codes::kRefuses, true},
    LoweringEntry{"QGemm", lower_qgemm, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearAdd", lower_qlinear_binary, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearAveragePool", lower_qlinear_pool, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearConcat", lower_qlinear_concat, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearGlobalAveragePool", lower_qlinear_pool, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearLeakyRelu", lower_qlinear_activation, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearMul", lower_qlinear_binary, Family::kMicrosoft, Codes::kReads},
    LoweringEntry{"QLinearSigmoid", lower_qlinear_activation, Family::kMicrosoft, Codes::kReads},
};

bool may_name(std::string_view domain, Family family) {
  switch (family) {
    case Family::kOnnx: return domain.empty();
    case Family::kMicrosoft: return domain == "com.microsoft";
    case Family::kQonnx:
      return domain.empty() || domain == "qonnx.custom_op.general" || domain == "onnx.brevitas" ||
             domain == "finn.custom_op.general";
  }
  return false;
}

}  // namespace

const LoweringEntry* find_lowering(const Node& node) {
  const auto* found = std::find_if(kLowerings.begin(), kLowerings.end(), [&](const LoweringEntry& e) {
    return e.op == node.op && may_name(node.domain, e.family);
  });
  return found == kLowerings.end() ? nullptr : found;
}

Status check_operators(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (find_lowering(node) == nullptr && !(node.domain.empty() && can_fold(node.op)))
      return unimplemented("{}: Roofscape does not know this operator", node.description());
  return {};
}

}  // namespace roofscape::onnx_import
