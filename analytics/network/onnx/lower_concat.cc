#include <algorithm>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

// What is joined, along `axis` of one image.
struct Parts {
  std::vector<LayerId> layers{};       // of the signals, in order
  std::vector<std::int64_t> before{};  // elements of constants ahead of each, and, last, behind them all
  std::vector<ConstantPtr> constants{};
  std::vector<std::int64_t> starts{};  // where each constant begins
  std::int64_t axis = 0;
  std::int64_t length = 0;
};

// The constants at their places in a tensor of zeros with the image shape `shape`.
Result<TensorPtr> constants_in_place(Importer& in, const Parts& parts, const Shape& shape) {
  RS_ASSIGN(std::vector<float> values, in.new_values(element_count(shape)));
  std::int64_t inner = 1;
  for (std::size_t i = static_cast<std::size_t>(parts.axis) + 1; i < shape.size(); ++i) inner *= shape[i];
  const std::int64_t row = parts.length * inner, rows = element_count(shape) / row;
  for (std::size_t c = 0; c < parts.constants.size(); ++c) {
    const TensorPtr tensor = as_tensor(*parts.constants[c]);
    const std::int64_t run = parts.constants[c]->shape[static_cast<std::size_t>(parts.axis)] * inner;
    for (std::int64_t r = 0; r < rows; ++r)
      std::copy_n(tensor->values().begin() + r * run, run, values.begin() + r * row + parts.starts[c] * inner);
  }
  return make_tensor(shape, std::move(values));
}

bool all_zero(const std::vector<ConstantPtr>& constants) {
  return std::all_of(constants.begin(), constants.end(), [](const ConstantPtr& c) {
    for (std::int64_t i = 0; i < c->size(); ++i)
      if (c->number(static_cast<std::size_t>(i)) != 0) return false;
    return true;
  });
}

// A layer joins activations only: room for the constants is made by padding with zeros, then they are added.
Result<LayerId> join_with_constants(Importer& in, Parts& parts, Shape shape) {
  const auto axis = static_cast<std::size_t>(parts.axis);
  for (std::size_t i = 0; i < parts.layers.size(); ++i) {
    const std::int64_t behind = i + 1 == parts.layers.size() ? parts.before.back() : 0;
    if (parts.before[i] == 0 && behind == 0) continue;
    op::Pad pad{.before = std::vector<std::int64_t>(shape.size()), .after = std::vector<std::int64_t>(shape.size())};
    pad.before[axis] = parts.before[i];
    pad.after[axis] = behind;
    RS_ASSIGN(parts.layers[i], in.add(std::move(pad), {parts.layers[i]}, {}, "pad"));
  }
  LayerId joined = parts.layers.front();
  const bool zero = all_zero(parts.constants);
  if (parts.layers.size() > 1) {
    RS_ASSIGN(joined, in.add(op::Concat{parts.axis}, parts.layers));
  }
  if (zero) return joined;
  shape[axis] = parts.length;
  RS_ASSIGN(const TensorPtr constants, constants_in_place(in, parts, shape));
  return in.add(op::Binary{.kind = op::Binary::Kind::kAdd}, {joined}, {constants}, "constants");
}

}  // namespace

Result<Signal> join(Importer& in, const std::vector<Value>& values) {
  std::optional<Signal> model;  // a signal that knows where the batch is, if there is one
  for (const Value& value : values) {
    const Signal* signal = std::get_if<Signal>(&value);
    if (signal != nullptr && (!model || (!model->batch && signal->batch))) model = *signal;
  }
  if (!model) return invalid_argument("it joins nothing that depends on the network's input");
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", in.opset() < 4 ? 1 : 0));
  RS_ASSIGN(const std::size_t file_axis, checked_axis(attribute, model->rank()));
  if (values.size() == 1) return *model;

  Parts parts{.before = {0}};
  RS_ASSIGN(parts.axis, image_axis(*model, attribute));
  for (const Value& value : values) {
    const Signal* signal = std::get_if<Signal>(&value);
    const Shape& shape = signal != nullptr ? signal->shape : std::get<ConstantPtr>(value)->shape;
    if (shape.size() != model->rank())
      return invalid_argument("it cannot join {} to {}", to_string(shape), to_string(model->shape));
    if (signal != nullptr) {
      Shape image = signal->shape;
      if (model->batch) {
        RS_ASSIGN(image, in.shape_without_batch(*signal, *model->batch));
      }
      RS_ASSIGN(const LayerId layer, in.with_shape(*signal, image));
      parts.layers.push_back(layer);
      parts.before.push_back(0);
    } else {
      Shape expected = model->shape;
      expected[file_axis] = shape[file_axis];
      if (model->batch) expected[*model->batch] = shape[*model->batch];
      if (shape != expected)
        return invalid_argument("it cannot join {} to {} along axis {}", to_string(shape), to_string(model->shape),
                                file_axis);
      const auto from_right = model->batch ? std::optional(model->rank() - 1 - *model->batch) : std::nullopt;
      RS_ASSIGN(ConstantPtr constant, in.without_batch(std::get<ConstantPtr>(value), from_right));
      parts.starts.push_back(parts.length);
      parts.before.back() += shape[file_axis];
      parts.constants.push_back(std::move(constant));
    }
    parts.length += shape[file_axis];
  }

  Signal y{.shape = model->shape, .batch = model->batch};
  y.shape[file_axis] = parts.length;
  if (parts.constants.empty()) {
    RS_ASSIGN(y.layer, in.add(op::Concat{parts.axis}, parts.layers));
  } else {
    RS_ASSIGN(y.layer, join_with_constants(in, parts, image_shape(*model)));
  }
  return y;
}

Status lower_concat(Importer& in) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < in.input_count(); ++i) {
    RS_ASSIGN(Value value, in.value(i));
    values.push_back(std::move(value));
  }
  RS_ASSIGN(Signal y, join(in, values));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
