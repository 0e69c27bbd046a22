// The operators that the importer knows: one list, name → function. A new one is a function and a line in lowerings.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {

// Whose operator it is: the domains in which files may name it.
enum class Family : std::uint8_t {
  kOnnx,
  kQonnx,      // qonnx.custom_op.general, onnx.brevitas, finn.custom_op.general; leniently ONNX's own
  kMicrosoft,  // com.microsoft
};
// What an operator does with inputs that are the integers of a QuantizeLinear.
enum class Codes : std::uint8_t {
  kRefuses,
  kMoves,  // gives the same integers in another order, or fewer of them
  kReads,  // knows what they mean
};

struct LoweringEntry {
  std::string_view op;
  Status (*lower)(Importer& in);
  Family family = Family::kOnnx;
  Codes codes = Codes::kRefuses;
  bool constants = false;  // also called where all inputs are constants
};

// Null if unknown.
const LoweringEntry* find_lowering(const Node& node);
// Fails on the first node whose operator can be neither lowered nor folded.
Status check_operators(const Graph& graph);

// lower_conv.cc
Status lower_conv(Importer& in);
Status lower_conv_transpose(Importer& in);
// lower_dense.cc
Status lower_gemm(Importer& in);
Status lower_matmul(Importer& in);
// lower_normalisation.cc
Status lower_batch_normalization(Importer& in);
// lower_activation.cc
Status lower_unary(Importer& in);
Status lower_clip(Importer& in);
Status lower_prelu(Importer& in);
Status lower_gelu(Importer& in);
Status lower_pow(Importer& in);
Status lower_reciprocal(Importer& in);
Status lower_softmax(Importer& in);
// lower_pool.cc
Status lower_pool(Importer& in);
Status lower_global_pool(Importer& in);
// lower_elementwise.cc
Status lower_binary(Importer& in);
Status lower_variadic(Importer& in);
Status lower_expand(Importer& in);
// lower_shape.cc
Status lower_reshape(Importer& in);
Status lower_flatten(Importer& in);
Status lower_squeeze(Importer& in);
Status lower_unsqueeze(Importer& in);
Status lower_transpose(Importer& in);
Status lower_shape(Importer& in);
Status lower_size(Importer& in);
// lower_pass.cc
Status lower_identity(Importer& in);
Status lower_dropout(Importer& in);
Status lower_cast(Importer& in);
// lower_cut.cc
Status lower_concat(Importer& in);
Status lower_split(Importer& in);
Status lower_slice(Importer& in);
Status lower_pad(Importer& in);
Status lower_gather(Importer& in);
Status lower_reduce_mean(Importer& in);
// lower_recurrent.cc
Status lower_recurrent(Importer& in);
// lower_qonnx.cc
Status lower_quant(Importer& in);
Status lower_bipolar_quant(Importer& in);
Status lower_float_quant(Importer& in);
Status lower_trunc(Importer& in);
Status lower_multi_threshold(Importer& in);
// lower_linear.cc
Status lower_quantize_linear(Importer& in);
Status lower_dequantize_linear(Importer& in);
Status lower_dynamic_quantize_linear(Importer& in);
// lower_qoperator.cc
Status lower_qlinear_conv(Importer& in);
Status lower_qlinear_matmul(Importer& in);
Status lower_qgemm(Importer& in);
Status lower_conv_integer(Importer& in);
Status lower_matmul_integer(Importer& in);
Status lower_qlinear_binary(Importer& in);
Status lower_qlinear_activation(Importer& in);
Status lower_qlinear_pool(Importer& in);
Status lower_qlinear_concat(Importer& in);

}  // namespace roofscape::onnx_import
