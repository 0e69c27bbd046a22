#include "analytics/network/onnx/quantised.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/element_type.h"

namespace roofscape::onnx_import {
namespace {

std::vector<double> numbers(const Constant& constant) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < constant.size(); ++i) values.push_back(constant.number(static_cast<std::size_t>(i)));
  return values;
}

Result<std::int32_t> whole(double value) {
  if (value != std::trunc(value) || !(std::abs(value) <= 0x1p31 - 1))
    return unimplemented("its zero point is {}; a whole number of 32 bits is needed (or 0, for a symmetric quantiser)",
                         value);
  return static_cast<std::int32_t>(value);
}

// Index along the quantiser's axis of element i of a tensor.
struct ChannelAt {
  ChannelAt(const Quantiser& q, const Shape& shape) {
    if (!q.per_channel()) return;
    channels = static_cast<std::int64_t>(q.scale.size());
    for (std::size_t d = static_cast<std::size_t>(q.axis) + 1; d < shape.size(); ++d) inner *= shape[d];
  }
  std::size_t operator()(std::int64_t i) const { return static_cast<std::size_t>(i / inner % channels); }
  std::int64_t inner = 1, channels = 1;
};

// Whether numbers on the grid of `q` give back their codes: integers as floats hold them, and small enough for x /
// scale to round to them.
bool recoverable(const NumberFormat& format) { return !format.is_integer() || format.bits() <= 16; }

// The quantiser on the axes of one image, for a layer that reads x.
Result<QuantiserPtr> on_image(const Signal& x, Quantiser q) {
  if (q.per_channel()) {
    RS_ASSIGN(const std::int64_t axis, image_axis(x, q.axis));
    q.axis = static_cast<int>(axis);
  }
  return QuantiserPtr(std::make_shared<const Quantiser>(std::move(q)));
}

bool same_grid(const Quantiser& a, const Quantiser& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point && a.axis == b.axis;
}

// Format of integers that a constant holds; `zero_point` may know what the constant has forgotten.
Result<NumberFormat> constant_format(const Constant& c, const ConstantPtr& zero_point) {
  if (c.quantiser) return c.quantiser->format;
  std::int32_t type = c.element_type;
  if (type == 0 && zero_point) type = zero_point->element_type;
  const auto format = quantised_format(type);
  if (format && format->is_integer() != c.is_float()) return *format;
  return unimplemented(
      "its integers have element type {}; int4 to int32, uint4 to uint16 and 8-bit floats are supported", type);
}

Result<ConstantPtr> dequantised_constant(Importer& in, const ConstantPtr& c, const Quantiser& q) {
  RS_ASSIGN(std::vector<float> values, in.new_values(c->size()));
  const ChannelAt channel(q, c->shape);
  for (std::int64_t i = 0; i < c->size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::size_t k = channel(i);
    values[at] = c->is_float() ? q.scale[k] * c->floats->values()[at]
                               : q.scale[k] * static_cast<float>(c->integers[at] - q.zero_point[k]);
  }
  auto constant = std::make_shared<Constant>();
  constant->shape = c->shape;
  constant->floats = make_tensor(c->shape, std::move(values));
  if (recoverable(q.format)) constant->quantiser = std::make_shared<const Quantiser>(q);
  return ConstantPtr(std::move(constant));
}

struct Linear {
  ConstantPtr scale, zero_point;
};
Result<Linear> read_linear(Importer& in, const LinearInputs& inputs) {
  Linear linear;
  RS_ASSIGN(linear.scale, parameter(in, inputs.scale, "scale"));
  RS_ASSIGN(linear.zero_point, in.constant(inputs.zero_point, "zero point"));
  if (linear.zero_point) RS_TRY(in.budget().allocate(linear.zero_point->size()));
  return linear;
}

Result<Quantiser> linear_quantiser(const Linear& linear, NumberFormat format, const Shape& x, std::int64_t axis) {
  RS_ASSIGN(const Spread scale, listed_spread(*linear.scale, x, axis, "scale"));
  Spread zero_point{.values = {0}};
  if (linear.zero_point) {
    RS_ASSIGN(zero_point, listed_spread(*linear.zero_point, x, axis, "zero point"));
  }
  return make_quantiser(format, scale, zero_point);
}

}  // namespace

Result<ConstantPtr> parameter(Importer& in, std::size_t i, std::string_view role) {
  RS_ASSIGN(ConstantPtr given, in.constant(i, role));
  if (!given) return invalid_argument("its {} (input {}) is missing", role, i);
  RS_TRY(in.budget().allocate(given->size()));  // it is copied into quantisers
  return given;
}

Result<Spread> broadcast_spread(const Constant& constant, const Shape& x, std::string_view role) {
  if (constant.size() == 1) return Spread{.values = {constant.number(0)}};
  const auto refuse = [&] {
    return unimplemented("its {} is {}; one number, or one for each index along one axis of its input {}, is supported",
                         role, to_string(constant.shape), to_string(x));
  };
  if (constant.size() == 0 || constant.shape.size() > x.size()) return refuse();
  const std::size_t missing = x.size() - constant.shape.size();
  std::size_t axis = x.size();
  for (std::size_t i = 0; i < constant.shape.size(); ++i) {
    if (constant.shape[i] == 1) continue;
    if (axis < x.size() || constant.shape[i] != x[missing + i]) return refuse();
    axis = missing + i;
  }
  return Spread{.values = numbers(constant), .axis = static_cast<int>(axis)};
}

Result<Spread> listed_spread(const Constant& constant, const Shape& x, std::int64_t axis, std::string_view role) {
  if (constant.size() == 1) return Spread{.values = {constant.number(0)}};
  RS_ASSIGN(const std::size_t at, checked_axis(axis, x.size()));
  if (constant.size() == 0) return invalid_argument("its {} is empty", role);
  if (constant.shape.size() != 1 || constant.shape[0] != x[at])
    return unimplemented("its {} is {}; one number, or {} along axis {} of its input {}, are supported (no blocks)",
                         role, to_string(constant.shape), x[at], at, to_string(x));
  return Spread{.values = numbers(constant), .axis = static_cast<int>(at)};
}

Result<Quantiser> make_quantiser(NumberFormat format, const Spread& scale, const Spread& zero_point) {
  const std::size_t count = std::max(scale.values.size(), zero_point.values.size());
  const bool two_axes =
      scale.axis != Quantiser::kPerTensor && zero_point.axis != Quantiser::kPerTensor && scale.axis != zero_point.axis;
  if (two_axes)
    return unimplemented("its scale runs along axis {} and its zero point along axis {}; one axis is supported",
                         scale.axis, zero_point.axis);
  Quantiser q{.format = format, .scale = std::vector<float>(count), .zero_point = std::vector<std::int32_t>(count)};
  q.axis = std::max(scale.axis, zero_point.axis);
  for (std::size_t i = 0; i < count; ++i) {
    q.scale[i] = static_cast<float>(scale.values[scale.values.size() == 1 ? 0 : i]);
    RS_ASSIGN(q.zero_point[i], whole(zero_point.values[zero_point.values.size() == 1 ? 0 : i]));
  }
  RS_TRY(q.validate());
  return q;
}

std::optional<NumberFormat> format_between(std::int64_t lowest, std::int64_t highest) {
  for (int bits = 1; bits <= 31; ++bits) {
    for (const bool narrow : {false, true}) {
      if (narrow && bits == 1) continue;
      const NumberFormat format = NumberFormat::integer(bits, Signedness::kSigned, narrow);
      if (format.lowest() == lowest && format.highest() == highest) return format;
    }
    const NumberFormat format = NumberFormat::integer(bits, Signedness::kUnsigned);
    if (format.lowest() == lowest && format.highest() == highest) return format;
  }
  return std::nullopt;
}

Result<ConstantPtr> on_grid(Importer& in, const ConstantPtr& x, const Quantiser& q) {
  const TensorPtr tensor = as_tensor(*x);
  RS_ASSIGN(std::vector<float> values, in.new_values(x->size()));
  const ChannelAt channel(q, x->shape);
  // On the grid there are no ties, so that the nearest code is the code, however the file rounds.
  auto grid = std::make_shared<Quantiser>(q);
  grid->rounding = Rounding::kHalfEven;
  grid->zero_point_first = false;
  bool recovered = recoverable(q.format);
  for (std::int64_t i = 0; i < x->size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    values[at] = q.fake(tensor->values()[at], channel(i));
    recovered = recovered && grid->fake(values[at], channel(i)) == values[at];
  }
  auto constant = std::make_shared<Constant>();
  constant->shape = x->shape;
  constant->floats = make_tensor(x->shape, std::move(values));
  if (recovered) constant->quantiser = std::move(grid);
  return ConstantPtr(std::move(constant));
}

Result<Signal> on_grid(Importer& in, Signal x, Quantiser q, std::string_view suffix) {
  const bool per_channel = q.per_channel();
  RS_ASSIGN(QuantiserPtr quantiser, on_image(x, std::move(q)));
  if (per_channel) {
    RS_ASSIGN(x.layer, in.image(x));
  }
  RS_ASSIGN(x.layer, in.add_quantiser(x.layer, std::move(quantiser), suffix));
  x.sole = true;
  return x;
}

Status set_on_grid(Importer& in, const Value& x, Quantiser q) {
  if (const ConstantPtr* constant = std::get_if<ConstantPtr>(&x)) {
    RS_ASSIGN(ConstantPtr quantised, on_grid(in, *constant, q));
    return in.set_output(0, std::move(quantised));
  }
  RS_ASSIGN(Signal quantised, on_grid(in, std::get<Signal>(x), std::move(q)));
  return in.set_output(0, std::move(quantised));
}

Result<Signal> recoded(Importer& in, Signal x, const Quantiser& as) {
  const QuantiserPtr codes = std::exchange(x.codes, nullptr);
  RS_ASSIGN(const QuantiserPtr wanted, on_image(x, as));
  if (same_grid(*codes, *wanted)) return x;
  if (codes->per_channel() || wanted->per_channel() || !codes->format.is_integer() || codes->format.bits() > 16)
    return unimplemented(
        "it reads integers with another scale than they were made with; that is supported for integers "
        "of up to 16 bits with one scale");
  // scale·(code − zero point) with the other scale and zero point; rounding to the grid makes it exact.
  const float factor = wanted->scale[0] / codes->scale[0];
  const float shift = wanted->scale[0] * static_cast<float>(codes->zero_point[0] - wanted->zero_point[0]);
  if (factor != 1) {
    const op::Binary mul{.kind = op::Binary::Kind::kMul};
    RS_ASSIGN(x.layer, in.add(mul, {x.layer}, {make_tensor({}, {factor})}, "rescale"));
  }
  if (shift != 0) {
    RS_ASSIGN(x.layer, in.add(op::Binary{}, {x.layer}, {make_tensor({}, {shift})}, "recentre"));
  }
  Quantiser q = as;
  q.format = codes->format;
  return on_grid(in, std::move(x), std::move(q), "recode");
}

Result<Signal> as_numbers(Importer& in, Signal x) {
  if (!x.codes) return x;
  if (!x.codes->format.is_integer()) {
    if (x.codes->scale == std::vector<float>{1.0F}) {
      x.codes = nullptr;
      return x;
    }
    return unimplemented("its {} numbers are read without their scale; DequantizeLinear is needed",
                         x.codes->format.name());
  }
  return recoded(in, std::move(x), Quantiser{.format = NumberFormat::integer(32, Signedness::kSigned)});
}

Result<Value> dequantised(Importer& in, std::size_t i, const LinearInputs& inputs) {
  RS_ASSIGN(const Linear linear, read_linear(in, inputs));
  RS_ASSIGN(Value value, in.value(i));
  if (const ConstantPtr* constant = std::get_if<ConstantPtr>(&value)) {
    RS_ASSIGN(const NumberFormat format, constant_format(**constant, linear.zero_point));
    RS_ASSIGN(const Quantiser q, linear_quantiser(linear, format, (*constant)->shape, inputs.axis));
    RS_ASSIGN(ConstantPtr numbers, dequantised_constant(in, *constant, q));
    return Value(std::move(numbers));
  }
  Signal x = std::get<Signal>(std::move(value));
  if (!x.codes)
    return unimplemented("its input {} ('{}') holds numbers; it must hold the integers of a QuantizeLinear", i,
                         printable(in.node().inputs[i]));
  RS_ASSIGN(const Quantiser q, linear_quantiser(linear, x.codes->format, x.shape, inputs.axis));
  RS_ASSIGN(x, recoded(in, std::move(x), q));
  return Value(std::move(x));
}

Status set_quantised(Importer& in, Value y, const LinearInputs& inputs) {
  RS_ASSIGN(const Linear linear, read_linear(in, inputs));
  RS_ASSIGN(const std::int64_t wanted, in.node().integer("output_dtype", 0));
  std::int64_t type = linear.zero_point ? linear.zero_point->element_type : wanted;
  if (type == 0 && linear.zero_point)
    return unimplemented("its zero point is computed, so that its element type is unknown; make it an initialiser");
  if (type == 0) type = 2;  // uint8
  const auto format = quantised_format(type);
  if (!format || format->bits() > 16)
    return unimplemented(
        "it gives numbers of element type {}; int4 to int16, uint4 to uint16 and 8-bit floats are "
        "supported",
        type);
  const Signal* signal = std::get_if<Signal>(&y);
  const Shape& shape = signal != nullptr ? signal->shape : std::get<ConstantPtr>(y)->shape;
  RS_ASSIGN(Quantiser q, linear_quantiser(linear, *format, shape, inputs.axis));
  if (signal != nullptr) {
    RS_ASSIGN(const QuantiserPtr codes, on_image(*signal, q));
    RS_ASSIGN(Signal quantised, on_grid(in, *signal, std::move(q), "quantise"));
    quantised.codes = codes;
    return in.set_output(0, std::move(quantised));
  }
  const ConstantPtr& x = std::get<ConstantPtr>(y);
  if (!format->is_integer()) return unimplemented("it makes a constant of {}", format->name());
  const TensorPtr tensor = as_tensor(*x);
  RS_TRY(in.budget().allocate(x->size()));
  std::vector<std::int64_t> codes(static_cast<std::size_t>(x->size()));
  const ChannelAt channel(q, x->shape);
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = q.quantise(tensor->values()[i], channel(static_cast<std::int64_t>(i)));
  return in.set_output(
      0, integer_constant(x->shape, std::move(codes), Constant::Type::kInteger, static_cast<std::int32_t>(type)));
}

}  // namespace roofscape::onnx_import
