// Operators on integers: ONNX's QLinearConv, QLinearMatMul, ConvInteger and MatMulInteger, and ONNX Runtime's QGemm,
// QLinearAdd and the like.
//
// Each is read as DequantizeLinear, the operator on numbers, QuantizeLinear, so that convolutions and products become
// integer layers (engine/integer/arithmetic.h) whose sums are exact. Where their results are rounded to the output's
// integers, ONNX multiplies sum + bias by x_scale·w_scale/y_scale; here the sum times x_scale·w_scale, plus the bias in
// the same scale, is divided by y_scale. Both are the same but for the rounding of these few float operations: codes
// differ, by one, where a result lies within about 2^-22 of itself from a tie. With scales that are powers of two
// nothing rounds and all codes are equal. ONNX's sums wrap at 32 bits; these do not.
#include <memory>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/quantised.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

Result<Signal> dequantised_signal(Importer& in, std::size_t i, const LinearInputs& inputs) {
  RS_ASSIGN(Value value, dequantised(in, i, inputs));
  if (Signal* signal = std::get_if<Signal>(&value)) return std::move(*signal);
  return unimplemented("its input {} is a constant; it must depend on the network's input", i);
}

Result<ConstantPtr> dequantised_constant(Importer& in, std::size_t i, const LinearInputs& inputs,
                                         std::string_view role) {
  RS_TRY(parameter(in, i, role).status());
  RS_ASSIGN(Value value, dequantised(in, i, inputs));
  return std::get<ConstantPtr>(std::move(value));
}

Result<float> single_scale(Importer& in, std::size_t i) {
  RS_ASSIGN(const ConstantPtr scale, parameter(in, i, "scale"));
  RS_ASSIGN(const double value, as_scalar(*scale, "scale"));
  return static_cast<float>(value);
}

// Integers at input i, in steps of x_scale·w_scale, as numbers; null if there are none.
Result<ConstantPtr> bias_at(Importer& in, std::size_t i, float x_scale, std::size_t w_scale) {
  RS_ASSIGN(const ConstantPtr bias, in.constant(i, "bias"));
  if (!bias) return ConstantPtr();
  RS_ASSIGN(const ConstantPtr scales, parameter(in, w_scale, "scale"));
  if (bias->size() == 0 || (scales->size() != 1 && scales->size() != bias->shape.back()))
    return invalid_argument("its bias {} does not fit its {} weight scales", to_string(bias->shape), scales->size());
  RS_ASSIGN(std::vector<float> values, in.new_values(bias->size()));
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::size_t c = scales->size() == 1 ? 0 : k % static_cast<std::size_t>(scales->size());
    const float scale = x_scale * static_cast<float>(scales->number(c));
    values[k] = static_cast<float>(bias->number(k) * static_cast<double>(scale));
  }
  return float_constant(bias->shape, std::move(values));
}

// Integers at input i, less the zero point at another input, as numbers on a grid of scale 1.
Result<Value> integers(Importer& in, std::size_t i, std::size_t zero_point, std::int64_t axis) {
  RS_ASSIGN(Value value, in.value(i));
  RS_ASSIGN(const ConstantPtr given, in.constant(zero_point, "zero point"));
  const Signal* signal = std::get_if<Signal>(&value);
  const Shape& shape = signal != nullptr ? signal->shape : std::get<ConstantPtr>(value)->shape;
  Spread zero{.values = {0}};
  if (given) {
    RS_ASSIGN(zero, listed_spread(*given, shape, axis, "zero point"));
  }
  if (signal != nullptr) {
    if (!signal->codes)
      return unimplemented("its input {} ('{}') holds numbers; it must hold the integers of a QuantizeLinear", i,
                           printable(in.node().inputs[i]));
    RS_ASSIGN(const Quantiser q, make_quantiser(signal->codes->format, {.values = {1}}, zero));
    RS_ASSIGN(Signal centred, recoded(in, *signal, q));
    return Value(std::move(centred));
  }
  const ConstantPtr& constant = std::get<ConstantPtr>(value);
  // Values between -255 and 255 lie on the grid of a 16-bit format, whatever type they had.
  const NumberFormat format = NumberFormat::integer(16, Signedness::kSigned);
  RS_TRY(in.budget().allocate(constant->size()));
  std::vector<float> values(static_cast<std::size_t>(constant->size()));
  std::int64_t inner = 1;
  if (zero.axis != Quantiser::kPerTensor)
    for (std::size_t d = static_cast<std::size_t>(zero.axis) + 1; d < shape.size(); ++d) inner *= shape[d];
  bool byte = true;  // the centred values as they are fit int8, which multiplies faster
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::size_t c = k / static_cast<std::size_t>(inner) % zero.values.size();
    values[k] = static_cast<float>(constant->number(k) - zero.values[c]);
    byte = byte && values[k] >= -128 && values[k] <= 127;
  }
  const NumberFormat narrow = byte ? NumberFormat::integer(8, Signedness::kSigned) : format;
  RS_ASSIGN(ConstantPtr centred, on_grid(in, float_constant(shape, std::move(values)), Quantiser{.format = narrow}));
  return Value(std::move(centred));
}

// Sums of products of integers: int32 in the file.
Status set_sums(Importer& in, Signal y) {
  y.codes = std::make_shared<const Quantiser>(Quantiser{.format = NumberFormat::integer(32, Signedness::kSigned)});
  return in.set_output(0, std::move(y));
}

Status check_channels_first(Importer& in) {
  RS_ASSIGN(const std::int64_t last, in.node().integer("channels_last", 0));
  return last == 0 ? Status() : unimplemented("channels_last is {}; only 0 is supported", last);
}

}  // namespace

Status lower_qlinear_conv(Importer& in) {
  RS_ASSIGN(const Signal x, dequantised_signal(in, 0, {.scale = 1, .zero_point = 2}));
  RS_ASSIGN(const ConstantPtr weight, dequantised_constant(in, 3, {.scale = 4, .zero_point = 5, .axis = 0}, "weight"));
  RS_ASSIGN(const float x_scale, single_scale(in, 1));
  RS_ASSIGN(const ConstantPtr bias, bias_at(in, 8, x_scale, 4));
  RS_ASSIGN(Signal y, convolve(in, x, weight, bias));
  return set_quantised(in, std::move(y), {.scale = 6, .zero_point = 7});
}

Status lower_qlinear_matmul(Importer& in) {
  RS_ASSIGN(const Value a, dequantised(in, 0, {.scale = 1, .zero_point = 2, .axis = -2}));
  RS_ASSIGN(const Value b, dequantised(in, 3, {.scale = 4, .zero_point = 5, .axis = -1}));
  RS_ASSIGN(Signal y, multiply(in, a, b));
  return set_quantised(in, std::move(y), {.scale = 6, .zero_point = 7});
}

Status lower_qgemm(Importer& in) {
  RS_ASSIGN(const std::int64_t transposed, in.node().integer("transB", 0));
  RS_ASSIGN(const Value a, dequantised(in, 0, {.scale = 1, .zero_point = 2}));
  RS_ASSIGN(const Value b, dequantised(in, 3, {.scale = 4, .zero_point = 5, .axis = transposed != 0 ? 0 : 1}));
  RS_ASSIGN(const float a_scale, single_scale(in, 1));
  RS_ASSIGN(const float alpha, in.node().real("alpha", 1));
  RS_ASSIGN(const ConstantPtr bias, bias_at(in, 6, alpha * a_scale, 4));
  RS_ASSIGN(Signal y, gemm(in, a, b, bias ? std::optional<Value>(bias) : std::nullopt));
  if (!in.has_input(7)) return in.set_output(0, std::move(y));  // without a scale its output is numbers
  return set_quantised(in, std::move(y), {.scale = 7, .zero_point = 8});
}

Status lower_conv_integer(Importer& in) {
  RS_ASSIGN(const Value x, integers(in, 0, 2, 1));
  RS_TRY(parameter(in, 1, "weight").status());
  RS_ASSIGN(const Value weight, integers(in, 1, 3, 0));
  const Signal* signal = std::get_if<Signal>(&x);
  if (signal == nullptr) return unimplemented("its input is a constant; it must depend on the network's input");
  RS_ASSIGN(Signal y, convolve(in, *signal, std::get<ConstantPtr>(weight), nullptr));
  return set_sums(in, std::move(y));
}

Status lower_matmul_integer(Importer& in) {
  RS_ASSIGN(const Value a, integers(in, 0, 2, -2));
  RS_ASSIGN(const Value b, integers(in, 1, 3, -1));
  RS_ASSIGN(Signal y, multiply(in, a, b));
  return set_sums(in, std::move(y));
}

Status lower_qlinear_binary(Importer& in) {
  RS_ASSIGN(const Value a, dequantised(in, 0, {.scale = 1, .zero_point = 2}));
  RS_ASSIGN(const Value b, dequantised(in, 3, {.scale = 4, .zero_point = 5}));
  const auto kind = in.node().op == "QLinearMul" ? op::Binary::Kind::kMul : op::Binary::Kind::kAdd;
  RS_ASSIGN(Signal y, combine(in, kind, a, b));
  return set_quantised(in, std::move(y), {.scale = 6, .zero_point = 7});
}

Status lower_qlinear_activation(Importer& in) {
  RS_ASSIGN(Signal x, dequantised_signal(in, 0, {.scale = 1, .zero_point = 2}));
  op::Activation activation{.kind = op::Activation::Kind::kSigmoid};
  if (in.node().op == "QLinearLeakyRelu") {
    activation.kind = op::Activation::Kind::kLeakyRelu;
    RS_ASSIGN(activation.alpha, in.node().real("alpha", 0.01F));
  }
  RS_ASSIGN(x.layer, in.add(activation, {x.layer}));
  x.sole = true;
  return set_quantised(in, std::move(x), {.scale = 3, .zero_point = 4});
}

Status lower_qlinear_pool(Importer& in) {
  RS_TRY(check_channels_first(in));
  RS_ASSIGN(const Signal x, dequantised_signal(in, 0, {.scale = 1, .zero_point = 2}));
  const bool global = in.node().op == "QLinearGlobalAveragePool";
  Result<Signal> y = global ? pool_all(in, x, op::Pool::Kind::kAverage) : pool_windows(in, x, op::Pool::Kind::kAverage);
  if (!y.ok()) return y.status();
  return set_quantised(in, *std::move(y), {.scale = 3, .zero_point = 4});
}

// Inputs: the output's scale and zero point, then each part with its own.
Status lower_qlinear_concat(Importer& in) {
  if (in.input_count() < 5 || in.input_count() % 3 != 2)
    return invalid_argument("it has {} inputs; 2 and then 3 for each part are needed", in.input_count());
  std::vector<Value> parts;
  for (std::size_t i = 2; i < in.input_count(); i += 3) {
    RS_ASSIGN(Value part, dequantised(in, i, {.scale = i + 1, .zero_point = i + 2}));
    parts.push_back(std::move(part));
  }
  RS_ASSIGN(Signal y, join(in, parts));
  return set_quantised(in, std::move(y), {.scale = 0, .zero_point = 1});
}

}  // namespace roofscape::onnx_import
