#include "analytics/network/onnx/fold.h"

#include <algorithm>
#include <array>

#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {
namespace {

struct FoldEntry {
  std::string_view op;
  Status (*fold)(Importer& in);
};
constexpr std::array kFolds = {
    FoldEntry{"Abs", fold_unary},
    FoldEntry{"Add", fold_binary},
    FoldEntry{"And", fold_binary},
    FoldEntry{"Cast", fold_cast},
    FoldEntry{"Ceil", fold_unary},
    FoldEntry{"Clip", fold_clip},
    FoldEntry{"Concat", fold_concat},
    FoldEntry{"Constant", fold_constant},
    FoldEntry{"ConstantOfShape", fold_constant_of_shape},
    FoldEntry{"Div", fold_binary},
    FoldEntry{"Dropout", fold_identity},
    FoldEntry{"Equal", fold_binary},
    FoldEntry{"Erf", fold_unary},
    FoldEntry{"Exp", fold_unary},
    FoldEntry{"Expand", fold_expand},
    FoldEntry{"Flatten", fold_flatten},
    FoldEntry{"Floor", fold_unary},
    FoldEntry{"Gather", fold_gather},
    FoldEntry{"Greater", fold_binary},
    FoldEntry{"GreaterOrEqual", fold_binary},
    FoldEntry{"Identity", fold_identity},
    FoldEntry{"Less", fold_binary},
    FoldEntry{"LessOrEqual", fold_binary},
    FoldEntry{"Log", fold_unary},
    FoldEntry{"Max", fold_binary},
    FoldEntry{"Min", fold_binary},
    FoldEntry{"Mod", fold_binary},
    FoldEntry{"Mul", fold_binary},
    FoldEntry{"Neg", fold_unary},
    FoldEntry{"NonZero", fold_nonzero},
    FoldEntry{"Not", fold_unary},
    FoldEntry{"Or", fold_binary},
    FoldEntry{"Pow", fold_binary},
    FoldEntry{"Range", fold_range},
    FoldEntry{"Reciprocal", fold_unary},
    FoldEntry{"ReduceMax", fold_reduce},
    FoldEntry{"ReduceMean", fold_reduce},
    FoldEntry{"ReduceMin", fold_reduce},
    FoldEntry{"ReduceProd", fold_reduce},
    FoldEntry{"ReduceSum", fold_reduce},
    FoldEntry{"Relu", fold_unary},
    FoldEntry{"Reshape", fold_reshape},
    FoldEntry{"Round", fold_unary},
    FoldEntry{"Shape", fold_shape},
    FoldEntry{"Sigmoid", fold_unary},
    FoldEntry{"Sign", fold_unary},
    FoldEntry{"Size", fold_size},
    FoldEntry{"Slice", fold_slice},
    FoldEntry{"Split", fold_split},
    FoldEntry{"Sqrt", fold_unary},
    FoldEntry{"Squeeze", fold_squeeze},
    FoldEntry{"Sub", fold_binary},
    FoldEntry{"Sum", fold_binary},
    FoldEntry{"Tanh", fold_unary},
    FoldEntry{"Tile", fold_tile},
    FoldEntry{"Transpose", fold_transpose},
    FoldEntry{"Unsqueeze", fold_unsqueeze},
    FoldEntry{"Where", fold_where},
};

const FoldEntry* find_fold(std::string_view op) {
  const auto* found = std::find_if(kFolds.begin(), kFolds.end(), [&](const auto& e) { return e.op == op; });
  return found == kFolds.end() ? nullptr : found;
}

}  // namespace

bool can_fold(std::string_view op) { return find_fold(op) != nullptr; }

Status fold_node(Importer& in) {
  const FoldEntry* entry = find_fold(in.node().op);
  if (entry == nullptr)
    return unimplemented("all its inputs are constants, and Roofscape does not compute this operator at import");
  if (in.node().outputs.empty()) return invalid_argument("it has no output");
  for (std::size_t i = 1; i < in.node().outputs.size(); ++i)
    if (in.node().op != "Split" && in.output_used(i)) return unimplemented("its output {} is not supported", i);
  return entry->fold(in);
}

}  // namespace roofscape::onnx_import
