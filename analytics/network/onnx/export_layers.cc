// One function an operation; axes move up by one for the batch in front.
#include <algorithm>
#include <array>

#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

using List = std::vector<std::int64_t>;

template <std::size_t N>
List list(const std::array<std::int64_t, N>& values) {
  return List(values.begin(), values.end());
}

bool has_constant(const Layer& layer, std::size_t i) { return i < layer.constants.size() && layer.constants[i]; }

template <typename Convolution>
GraphWriter::Attributes window_attributes(const Layer& layer, const Convolution& o) {
  const Shape& weight = layer.constants[0]->shape();
  return {{"kernel_shape", List{weight[2], weight[3]}},
          {"strides", list(o.stride)},
          {"dilations", list(o.dilation)},
          {"pads", list(o.pad)},
          {"group", o.groups}};
}

// The operator on the layer's input and weight, plus the bias; so many axes follow the channels' in its output.
std::string weighted(Exporter& out, std::string_view op, const GraphWriter::Attributes& attributes,
                     std::size_t axes_after_channels) {
  const Layer& layer = out.layer();
  const bool has_bias = has_constant(layer, 1);
  std::vector<std::string> inputs{out.input(0), out.weight()};
  // Between DequantizeLinear and QuantizeLinear, ONNX Runtime rounds an operator's bias to multiples of the product of
  // both scales, which is coarse for narrow integers, and float weights to 8 bits. With an Add between, both stay; its
  // constant stands first, since one that stands second becomes the bias of a Conv with float weights.
  const bool apart = out.reads_dequantised() && (has_bias || !out.stores_integers());
  if (!apart) {
    if (has_bias) inputs.push_back(out.constant(1, "bias"));
    return out.result(op, inputs, attributes);
  }
  Shape shape(1 + axes_after_channels, 1);
  shape[0] = layer.output_shape[0];
  const std::vector<float> zeros(static_cast<std::size_t>(shape[0]));
  const std::string bias =
      out.writer().floats(out.named("bias"), shape, has_bias ? layer.constants[1]->values() : std::span(zeros));
  return out.result("Add", {bias, out.part(op, inputs, "product", attributes)});
}

std::string export_operation(Exporter& out, const op::Input&) { return out.layer().name; }

std::string export_operation(Exporter& out, const op::Conv& o) {
  return weighted(out, "Conv", window_attributes(out.layer(), o), 2);
}

std::string export_operation(Exporter& out, const op::ConvTranspose& o) {
  GraphWriter::Attributes attributes = window_attributes(out.layer(), o);
  attributes.push_back({"output_padding", list(o.output_pad)});
  return weighted(out, "ConvTranspose", attributes, 2);
}

// Gemm takes matrices only; with more axes it is a MatMul and an Add.
std::string export_operation(Exporter& out, const op::Dense&) {
  if (out.input_shape(0).size() == 1) return weighted(out, "Gemm", {{"transB", std::int64_t{1}}}, 0);
  const std::vector<std::string> operands{out.input(0), out.transposed_weight()};
  if (!has_constant(out.layer(), 1)) return out.result("MatMul", operands);
  return out.result("Add", {out.constant(1, "bias"), out.part("MatMul", operands, "product")});
}

// Both inputs with as many axes as the wider one, so that their batches meet.
std::vector<std::string> aligned_inputs(Exporter& out) {
  const std::size_t rank = std::max(out.input_shape(0).size(), out.input_shape(1).size());
  return {out.widened(out.input(0), out.input_shape(0).size(), rank),
          out.widened(out.input(1), out.input_shape(1).size(), rank)};
}

std::string export_operation(Exporter& out, const op::MatMul&) { return out.result("MatMul", aligned_inputs(out)); }

std::string export_operation(Exporter& out, const op::Affine& o) {
  const auto channel_constant = [&](std::size_t i, std::string_view suffix) {
    const Tensor& tensor = *out.layer().constants[i];
    Shape shape(out.input_shape(0).size(), 1);
    shape[static_cast<std::size_t>(o.axis)] = tensor.size();
    return out.writer().floats(out.named(suffix), shape, tensor.values());
  };
  const std::string product = out.part("Mul", {out.input(0), channel_constant(0, "scale")}, "product");
  return out.result("Add", {product, channel_constant(1, "shift")});
}

std::string export_operation(Exporter& out, const op::Softmax& o) {
  return out.result(o.log ? "LogSoftmax" : "Softmax", {out.input(0)}, {{"axis", o.axis + 1}});
}

std::string_view binary_name(op::Binary::Kind kind) {
  switch (kind) {
    case op::Binary::Kind::kAdd: return "Add";
    case op::Binary::Kind::kSub: return "Sub";
    case op::Binary::Kind::kMul: return "Mul";
    case op::Binary::Kind::kDiv: return "Div";
    case op::Binary::Kind::kMax: return "Max";
    case op::Binary::Kind::kMin: return "Min";
  }
  check_failed(__FILE__, __LINE__, "a kind of arithmetic is missing");
}

std::string export_operation(Exporter& out, const op::Binary& o) {
  const std::string_view name = binary_name(o.kind);
  if (!has_constant(out.layer(), 0)) return out.result(name, aligned_inputs(out));
  const std::size_t rank = out.layer().constants[0]->shape().size();
  std::vector<std::string> operands{out.widened(out.input(0), out.input_shape(0).size(), rank),
                                    out.constant(0, "constant")};
  if (o.constant_first) std::swap(operands[0], operands[1]);
  return out.result(name, operands);
}

std::string export_operation(Exporter& out, const op::Concat& o) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < out.layer().inputs.size(); ++i) inputs.push_back(out.input(i));
  return out.result("Concat", inputs, {{"axis", o.axis + 1}});
}

std::string export_operation(Exporter& out, const op::Slice& o) {
  List starts, ends, axes, steps;
  for (std::size_t i = 0; i < o.start.size(); ++i) {
    const std::int64_t length = out.input_shape(0)[i];
    if (o.start[i] == 0 && o.size[i] == length && o.step[i] == 1) continue;
    const std::int64_t last = o.start[i] + (o.size[i] - 1) * o.step[i];
    const std::int64_t end = o.step[i] > 0 ? last + 1 : last - 1;
    axes.push_back(static_cast<std::int64_t>(i) + 1);
    starts.push_back(o.start[i]);
    ends.push_back(end >= 0 ? end : -length - 1);  // -1 would mean the last element
    steps.push_back(o.step[i]);
  }
  if (axes.empty()) return out.result("Identity", {out.input(0)});
  GraphWriter& w = out.writer();
  return out.result("Slice", {out.input(0), w.list(out.named("starts"), starts), w.list(out.named("ends"), ends),
                              w.list(out.named("axes"), axes), w.list(out.named("steps"), steps)});
}

std::string export_operation(Exporter& out, const op::Pad& o) {
  List pads{0};
  pads.insert(pads.end(), o.before.begin(), o.before.end());
  pads.push_back(0);
  pads.insert(pads.end(), o.after.begin(), o.after.end());
  std::vector<std::string> inputs{out.input(0), out.writer().list(out.named("pads"), pads)};
  std::string mode = "constant";
  if (o.mode == op::Pad::Mode::kReflect) mode = "reflect";
  if (o.mode == op::Pad::Mode::kEdge) mode = "edge";
  if (o.mode == op::Pad::Mode::kConstant) inputs.push_back(out.writer().number(out.named("value"), o.value));
  return out.result("Pad", inputs, {{"mode", mode}});
}

std::string export_operation(Exporter& out, const op::Reshape& o) {
  List shape{-1};
  shape.insert(shape.end(), o.shape.begin(), o.shape.end());
  return out.result("Reshape", {out.input(0), out.writer().list(out.named("shape"), shape)});
}

std::string export_operation(Exporter& out, const op::Transpose& o) {
  List permutation{0};
  for (const std::int64_t axis : o.permutation) permutation.push_back(axis + 1);
  return out.result("Transpose", {out.input(0)}, {{"perm", permutation}});
}

std::string export_operation(Exporter& out, const op::Gather& o) {
  const std::string indices = out.writer().integers(out.named("indices"), o.indices_shape, o.indices);
  return out.result("Gather", {out.input(0), indices}, {{"axis", o.axis + 1}});
}

std::string export_operation(Exporter& out, const op::ReduceMean& o) {
  List axes;
  for (const std::int64_t axis : o.axes) axes.push_back(axis + 1);
  return out.result("ReduceMean", {out.input(0)}, {{"axes", axes}, {"keepdims", std::int64_t{o.keep_dims ? 1 : 0}}});
}

std::string export_operation(Exporter& out, const op::Select& o) {
  const std::string& early = out.input(0);
  const std::string shares =
      o.probabilities ? early : out.part("Softmax", {early}, "probabilities", {{"axis", std::int64_t{1}}});
  const std::string best = out.part("ReduceMax", {shares}, "best", {{"axes", List{1}}, {"keepdims", std::int64_t{1}}});
  const std::string leaves =
      out.part("GreaterOrEqual", {best, out.writer().number(out.named("confidence"), o.confidence)}, "leaves");
  return out.result("Where", {leaves, early, out.input(1)});
}

}  // namespace

Result<std::string> export_layer(Exporter& out) {
  return std::visit([&](const auto& operation) -> Result<std::string> { return export_operation(out, operation); },
                    out.layer().operation);
}

}  // namespace roofscape::onnx_export
