// Operations on signals that several operators are made of. Each adds the layers it needs to the node at hand.
#pragma once

#include <optional>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {

// The shape that the file means: with its own batch size where the batch axis is.
Shape file_shape(const Importer& in, const Signal& x);
// Output axis i is x's axis order[i]; no layer where the elements stay in their order.
Result<Signal> transpose(Importer& in, Signal x, const std::vector<std::size_t>& order);
// a ∘ b with numpy's broadcasting; at least one depends on the network's input. Additions and multiplications by a
// constant of one number a channel fold into the convolution or dense layer that makes the other operand.
Result<Signal> combine(Importer& in, op::Binary::Kind kind, const Value& a, const Value& b);
// Conv with the attributes of the node at hand; `bias` may be null. The weight's grid becomes the layer's.
Result<Signal> convolve(Importer& in, const Signal& x, ConstantPtr weight, const ConstantPtr& bias);
// alpha·a'·b' + beta·c with the attributes of the node at hand.
Result<Signal> gemm(Importer& in, Value a, Value b, std::optional<Value> c);
// Pools of windows and of whole images, as the node at hand says.
Result<Signal> pool_windows(Importer& in, const Signal& x, op::Pool::Kind kind);
Result<Signal> pool_all(Importer& in, const Signal& x, op::Pool::Kind kind);
// The values joined along the axis of the node at hand.
Result<Signal> join(Importer& in, const std::vector<Value>& values);
// numpy's matmul; at least one depends on the network's input.
Result<Signal> multiply(Importer& in, const Value& a, const Value& b);

// y = scale[c]·x + shift[c], c along an axis of the image. Changes the weights of the convolution or dense layer that
// makes x and returns true, where that is x's only use and its channels lie along that axis. An empty scale is all 1.
Result<bool> fold_into_weights(Importer& in, const Signal& x, std::int64_t channel_axis,
                               const std::vector<double>& scale, const std::vector<double>& shift);
// The axis of the image along which the channels of x's layer lie, if it is such a layer and may be folded into.
std::optional<std::int64_t> foldable_axis(Importer& in, const Signal& x);

}  // namespace roofscape::onnx_import
