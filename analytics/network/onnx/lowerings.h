// The operators that the importer knows: one list, name → function. A new one is a function and a line in lowerings.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {

struct LoweringEntry {
  std::string_view op;
  Status (*lower)(Importer& in);
};

// Null if unknown.
const LoweringEntry* find_lowering(std::string_view op);
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

}  // namespace roofscape::onnx_import
