// Conv and ConvTranspose of one and two spatial axes.
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"
#include "analytics/network/onnx/window.h"

namespace roofscape::onnx_import {
namespace {

// The input, weight and bias that both directions read alike.
struct Operands {
  Signal input;
  Shape image;  // [C, …], as the node sees it
  std::array<std::int64_t, 2> spatial{};
  TensorPtr weight, bias;  // weight [·, ·, kh, kw]
  QuantiserPtr quantiser;  // of the weight
  Window window;
  std::int64_t groups = 1;
};

Result<Operands> read_operands(Importer& in, const Signal& input, ConstantPtr weight, const ConstantPtr& bias) {
  Operands o;
  o.input = input;
  RS_ASSIGN(o.image, in.shape_without_batch(o.input, 0));
  RS_ASSIGN(o.spatial, spatial_axes(o.image));
  if (!weight) return invalid_argument("its weight is missing");
  Shape shape = weight->shape;
  if (shape.size() != o.image.size() + 1)
    return invalid_argument("its weight {} does not fit its input {}", to_string(shape), to_string(o.input.shape));
  if (shape.size() == 3) shape = {shape[0], shape[1], 1, shape[2]};
  RS_ASSIGN(weight, reshaped(weight, std::move(shape), in.budget()));
  o.weight = as_tensor(*weight);
  o.quantiser = weight->quantiser;
  if (bias) o.bias = as_tensor(*bias);

  RS_ASSIGN(o.window, read_window(in.node(), o.image));
  const std::array<std::int64_t, 2> kernel{o.weight->shape()[2], o.weight->shape()[3]};
  if (in.node().has("kernel_shape") && o.window.kernel != kernel)
    return invalid_argument("its kernel_shape is not that of its weight {}", to_string(o.weight->shape()));
  o.window.kernel = kernel;
  RS_ASSIGN(o.groups, in.node().integer("group", 1));
  return o;
}

// Adds the layer, [C, H, W] → [O, H', W'], and shapes its output as the node does.
Result<Signal> finish(Importer& in, Operands& o, Operation operation) {
  RS_ASSIGN(o.input.layer, in.with_shape(o.input, {o.image[0], o.spatial[0], o.spatial[1]}));
  RS_ASSIGN(const LayerId layer, in.add(std::move(operation), {o.input.layer}, {o.weight, o.bias}));
  in.layer(layer).arithmetic.weight = o.quantiser;
  const Shape& made = in.layer_shape(layer);
  Signal output{.layer = layer, .shape = {1, made[0], made[1], made[2]}};
  if (o.image.size() == 2) output.shape = {1, made[0], made[2]};
  if (o.input.batch) output.batch = 0;
  return output;
}

}  // namespace

Result<Signal> convolve(Importer& in, const Signal& x, ConstantPtr weight, const ConstantPtr& bias) {
  RS_ASSIGN(Operands o, read_operands(in, x, std::move(weight), bias));
  RS_ASSIGN(const AutoPad mode, auto_pad(in.node()));
  if (mode == AutoPad::kSameUpper || mode == AutoPad::kSameLower) pad_to_same(mode, o.spatial, o.window);
  op::Conv conv{.stride = o.window.stride, .dilation = o.window.dilation, .pad = o.window.pad, .groups = o.groups};
  return finish(in, o, std::move(conv));
}

Status lower_conv(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(const ConstantPtr weight, in.constant(1, "weight"));
  RS_ASSIGN(const ConstantPtr bias, in.constant(2, "bias"));
  RS_ASSIGN(Signal y, convolve(in, x, weight, bias));
  return in.set_output(0, std::move(y));
}

Status lower_conv_transpose(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(const ConstantPtr weight, in.constant(1, "weight"));
  RS_ASSIGN(const ConstantPtr bias, in.constant(2, "bias"));
  RS_ASSIGN(Operands o, read_operands(in, x, weight, bias));
  RS_ASSIGN(const AutoPad mode, auto_pad(in.node()));
  const std::size_t axes = o.image.size() - 1;
  op::ConvTranspose conv{.stride = o.window.stride, .dilation = o.window.dilation, .pad = o.window.pad};
  conv.groups = o.groups;
  RS_ASSIGN(conv.output_pad, spatial_attribute(in.node(), "output_padding", axes, 0));
  RS_ASSIGN(const auto wanted, spatial_attribute(in.node(), "output_shape", axes, 0));
  const bool same = mode == AutoPad::kSameUpper || mode == AutoPad::kSameLower;
  for (std::size_t i = 0; i < 2; ++i) {
    const bool given = in.node().has("output_shape") && (axes == 2 || i == 1);
    if (!given && !same) continue;
    const std::int64_t full =
        conv.stride[i] * (o.spatial[i] - 1) + conv.output_pad[i] + (o.window.kernel[i] - 1) * conv.dilation[i] + 1;
    const std::int64_t total = full - (given ? wanted[i] : conv.stride[i] * o.spatial[i]);
    if (total < 0) conv.output_pad[i] -= total;  // the output is longer than what the input reaches
    share_padding(mode, std::max<std::int64_t>(total, 0), conv.pad[i], conv.pad[i + 2]);
  }
  RS_ASSIGN(Signal y, finish(in, o, std::move(conv)));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
