// Arithmetic of two values with broadcasting.
#include <algorithm>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::onnx_import {
namespace {

using Kind = op::Binary::Kind;

std::optional<std::size_t> batch_from_right(const Signal& x) {
  if (!x.batch) return std::nullopt;
  return x.rank() - 1 - *x.batch;
}

Result<Kind> kind_of(std::string_view op) {
  if (op == "Add" || op == "Sum") return Kind::kAdd;
  if (op == "Sub") return Kind::kSub;
  if (op == "Mul") return Kind::kMul;
  if (op == "Div") return Kind::kDiv;
  if (op == "Max") return Kind::kMax;
  if (op == "Min") return Kind::kMin;
  return unimplemented("Roofscape does not know this arithmetic");
}

Result<Signal> combine_signals(Importer& in, Kind kind, const Signal& a, const Signal& b) {
  const auto batch_a = batch_from_right(a), batch_b = batch_from_right(b);
  if (batch_a && batch_b && batch_a != batch_b)
    return unimplemented("the batch lies at different axes of its operands {} and {}", to_string(a.shape),
                         to_string(b.shape));
  const auto batch = batch_a ? batch_a : batch_b;
  Signal out{.sole = true};
  RS_ASSIGN(out.shape, broadcast_shapes(a.shape, b.shape));
  if (batch) out.batch = out.rank() - 1 - *batch;
  // One layer under one shape each: nothing to reshape, whatever the axes are called.
  if (a.shape == b.shape && in.layer_shape(a.layer) == in.layer_shape(b.layer)) {
    RS_ASSIGN(out.layer, in.add(op::Binary{.kind = kind}, {a.layer, b.layer}));
    out.reshape_name = a.reshape_name;
    return out;
  }
  // Without the batch axis, or, of an operand that knows none, without the axis that meets it.
  const auto image = [&](const Signal& x) -> Result<LayerId> {
    if (!batch || *batch >= x.rank()) return in.image(x);
    RS_ASSIGN(const Shape shape, in.shape_without_batch(x, x.rank() - 1 - *batch));
    return in.with_shape(x, shape);
  };
  RS_ASSIGN(const LayerId left, image(a));
  RS_ASSIGN(const LayerId right, image(b));
  RS_ASSIGN(out.layer, in.add(op::Binary{.kind = kind}, {left, right}));
  return out;
}

// A constant of one number, or of one for each channel of x's layer, as a number a channel; nothing for any other.
std::optional<std::vector<double>> per_channel(const Constant& c, const Shape& image, std::int64_t axis) {
  const auto channels = static_cast<std::size_t>(image[static_cast<std::size_t>(axis)]);
  if (c.shape.size() > image.size()) return std::nullopt;
  if (c.size() == 1) return std::vector<double>(channels, c.number(0));
  const std::size_t missing = image.size() - c.shape.size();
  if (static_cast<std::size_t>(axis) < missing || c.size() != static_cast<std::int64_t>(channels) ||
      c.shape[static_cast<std::size_t>(axis) - missing] != c.size())
    return std::nullopt;
  std::vector<double> values(channels);
  for (std::size_t i = 0; i < channels; ++i) values[i] = c.number(i);
  return values;
}

// x + c, x − c, x·c, x/c and c + x, c·x as part of the layer that makes x.
Result<bool> fold_constant(Importer& in, Kind kind, const Signal& x, const Constant& c, bool constant_first) {
  const auto axis = foldable_axis(in, x);
  const bool commutes = kind == Kind::kAdd || kind == Kind::kMul;
  if (!axis || kind == Kind::kMax || kind == Kind::kMin || (constant_first && !commutes)) return false;
  auto values = per_channel(c, image_shape(x), *axis);
  if (!values) return false;
  const bool adds = kind == Kind::kAdd || kind == Kind::kSub;
  for (double& value : *values) {
    if (kind == Kind::kSub) value = -value;
    if (kind == Kind::kDiv) value = 1 / value;
  }
  const std::vector<double> none(adds ? 0 : values->size());
  return adds ? fold_into_weights(in, x, *axis, {}, *values) : fold_into_weights(in, x, *axis, *values, none);
}

Result<Signal> combine_constant(Importer& in, Kind kind, Signal x, const ConstantPtr& given, bool constant_first) {
  const auto batch = batch_from_right(x);
  RS_ASSIGN(ConstantPtr c, in.without_batch(given, batch));
  RS_ASSIGN(const bool folded, fold_constant(in, kind, x, *c, constant_first));
  if (folded) return x;
  const op::Binary binary{.kind = kind, .constant_first = constant_first};
  if (c->size() == 1 && given->shape.size() <= x.rank()) {  // the shape does not matter
    RS_ASSIGN(c, reshaped(c, {}, in.budget()));
    RS_ASSIGN(x.layer, in.add(binary, {x.layer}, {as_tensor(*c)}));
    x.sole = true;
    return x;
  }
  Shape constant_shape = given->shape;
  if (batch && *batch < constant_shape.size()) constant_shape[constant_shape.size() - 1 - *batch] = 1;
  Signal out{.sole = true};
  RS_ASSIGN(out.shape, broadcast_shapes(x.shape, constant_shape));
  if (batch) out.batch = out.rank() - 1 - *batch;
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(out.layer, in.add(binary, {image}, {as_tensor(*c)}));
  return out;
}

// Before opset 7, `axis` said where the second operand's axes stand among the first's.
Result<Value> align_to_axis(Importer& in, const Value& a, Value b) {
  if (in.opset() >= 7 || !in.node().has("axis")) return b;
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 0));
  const auto shape_of = [](const Value& v) {
    return std::holds_alternative<Signal>(v) ? std::get<Signal>(v).shape : std::get<ConstantPtr>(v)->shape;
  };
  const std::size_t rank = shape_of(a).size();
  Shape shape = shape_of(b);
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, rank));
  if (axis + shape.size() > rank)
    return invalid_argument("its operand {} does not fit from axis {} on", to_string(shape), axis);
  shape.resize(rank - axis, 1);
  if (Signal* signal = std::get_if<Signal>(&b)) {
    signal->shape = std::move(shape);
    return b;
  }
  RS_ASSIGN(ConstantPtr c, reshaped(std::get<ConstantPtr>(b), std::move(shape), in.budget()));
  return Value(std::move(c));
}

}  // namespace

Result<Signal> combine(Importer& in, Kind kind, const Value& a, const Value& b) {
  const Signal *left = std::get_if<Signal>(&a), *right = std::get_if<Signal>(&b);
  if (left != nullptr && right != nullptr) return combine_signals(in, kind, *left, *right);
  if (left != nullptr) return combine_constant(in, kind, *left, std::get<ConstantPtr>(b), /*constant_first=*/false);
  if (right != nullptr) return combine_constant(in, kind, *right, std::get<ConstantPtr>(a), /*constant_first=*/true);
  return internal_error("two constants reached an operator of the network");
}

Status lower_binary(Importer& in) {
  if (in.input_count() != 2) return invalid_argument("it has {} inputs, not 2", in.input_count());
  RS_ASSIGN(const Kind kind, kind_of(in.node().op));
  RS_ASSIGN(const Value a, in.value(0));
  RS_ASSIGN(Value b, in.value(1));
  RS_ASSIGN(b, align_to_axis(in, a, std::move(b)));
  RS_ASSIGN(Signal y, combine(in, kind, a, b));
  return in.set_output(0, std::move(y));
}

// Max, Min and Sum of any number of operands, which may come in any order: from the first that is no constant on.
Status lower_variadic(Importer& in) {
  RS_ASSIGN(const Kind kind, kind_of(in.node().op));
  std::size_t first = 0;
  while (first < in.input_count() && (!in.has_input(first) || in.is_constant(first))) ++first;
  RS_ASSIGN(Signal sum, in.signal(first));
  for (std::size_t i = 0; i < in.input_count(); ++i) {
    if (i == first) continue;
    RS_ASSIGN(const Value next, in.value(i));
    RS_ASSIGN(sum, combine(in, kind, sum, next));
  }
  return in.set_output(0, std::move(sum));
}

// Broadcasting alone: a product with ones, where it changes anything.
Status lower_expand(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const auto target, in.list(1, "shape"));
  if (!target) return invalid_argument("its target shape is missing");
  RS_ASSIGN(const std::int64_t count, checked_count(*target, NetworkLimits::kElementsPerTensor));
  RS_ASSIGN(const Shape shape, broadcast_shapes(file_shape(in, x), *target));
  if (shape == file_shape(in, x)) return in.set_output(0, std::move(x));
  RS_ASSIGN(std::vector<float> ones, in.new_values(count));
  std::fill(ones.begin(), ones.end(), 1.0F);
  RS_ASSIGN(Signal y, combine(in, Kind::kMul, x, float_constant(*target, std::move(ones))));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
