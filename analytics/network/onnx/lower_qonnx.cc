// QONNX's operators: Quant (IntQuant), BipolarQuant, FloatQuant, Trunc and FINN's MultiThreshold.
//
// Scales, zero points and bit widths are inputs there, and must be constants. Quant rounds x / scale + zero point, so
// that its ties fall otherwise than QuantizeLinear's where the zero point is odd (Quantiser::zero_point_first).
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "analytics/arith/element.h"
#include "analytics/base/text.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/quantised.h"

namespace roofscape::onnx_import {
namespace {

struct RoundingName {
  std::string_view name;
  Rounding rounding;
};
constexpr std::array kRoundings = {
    RoundingName{"ROUND", Rounding::kHalfEven},  RoundingName{"HALF_EVEN", Rounding::kHalfEven},
    RoundingName{"HALF_UP", Rounding::kHalfUp},  RoundingName{"HALF_DOWN", Rounding::kHalfDown},
    RoundingName{"CEIL", Rounding::kCeil},       RoundingName{"FLOOR", Rounding::kFloor},
    RoundingName{"UP", Rounding::kAwayFromZero}, RoundingName{"DOWN", Rounding::kTowardsZero},
};

Result<Rounding> rounding_mode(const Node& node, std::string_view otherwise) {
  RS_ASSIGN(const std::string given, node.text("rounding_mode", otherwise));
  std::string name = given;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const RoundingName& entry : kRoundings)
    if (entry.name == name) return entry.rounding;
  return unimplemented(
      "its rounding_mode is '{}'; ROUND, HALF_EVEN, HALF_UP, HALF_DOWN, CEIL, FLOOR, UP and DOWN are known",
      printable(given));
}

const Shape& shape_of(const Value& value) {
  const Signal* signal = std::get_if<Signal>(&value);
  return signal != nullptr ? signal->shape : std::get<ConstantPtr>(value)->shape;
}

Result<Spread> spread_at(Importer& in, std::size_t i, const Shape& x, std::string_view role) {
  RS_ASSIGN(const ConstantPtr given, parameter(in, i, role));
  return broadcast_spread(*given, x, role);
}

// The one whole number at input i, from `low` to `high`.
Result<int> whole_at(Importer& in, std::size_t i, std::string_view role, int low, int high) {
  RS_ASSIGN(const ConstantPtr given, parameter(in, i, role));
  if (given->size() == 0) return invalid_argument("its {} is empty; a whole number is needed", role);
  const double value = given->number(0);
  for (std::int64_t k = 1; k < given->size(); ++k)
    if (given->number(static_cast<std::size_t>(k)) != value)
      return unimplemented("its {} differs from element to element ({}, {} …); one for the whole tensor is supported",
                           role, value, given->number(static_cast<std::size_t>(k)));
  if (value != std::trunc(value) || !(value >= low && value <= high))
    return unimplemented("its {} is {}; a whole number from {} to {} is supported", role, value, low, high);
  return static_cast<int>(value);
}

struct IntegerRange {
  int bits = 0;
  bool is_signed = true, narrow = false;
};
Result<NumberFormat> integer_format(const IntegerRange& range) {
  if (range.narrow && !range.is_signed)
    return unimplemented("it is unsigned and narrow, which leaves out the largest integer; set narrow to 0");
  if (range.is_signed && range.bits == 1) return NumberFormat::bipolar();
  return NumberFormat::integer(range.bits, range.is_signed ? Signedness::kSigned : Signedness::kUnsigned, range.narrow);
}

Result<IntegerRange> integer_range(Importer& in, std::size_t bits_at, std::string_view role) {
  RS_ASSIGN(const std::int64_t is_signed, in.node().integer("signed", 1));
  RS_ASSIGN(const std::int64_t narrow, in.node().integer("narrow", 0));
  IntegerRange range{.is_signed = is_signed != 0, .narrow = narrow != 0};
  RS_ASSIGN(range.bits, whole_at(in, bits_at, role, 1, range.is_signed ? 32 : 31));
  return range;
}

bool any_zero_point(const Quantiser& q) { return !q.symmetric(); }

}  // namespace

Status lower_quant(Importer& in) {
  RS_ASSIGN(const Value x, in.value(0));
  RS_ASSIGN(const Spread scale, spread_at(in, 1, shape_of(x), "scale"));
  RS_ASSIGN(const Spread zero_point, spread_at(in, 2, shape_of(x), "zero point"));
  RS_ASSIGN(const IntegerRange range, integer_range(in, 3, "bit width"));
  RS_ASSIGN(const Rounding rounding, rounding_mode(in.node(), "ROUND"));
  RS_ASSIGN(const NumberFormat format, integer_format(range));
  RS_ASSIGN(Quantiser q, make_quantiser(format, scale, zero_point));
  if (format.is_bipolar()) {
    if (any_zero_point(q))
      return unimplemented("it has one signed bit (-1 and +1) and zero point {}; 0 is needed", zero_point.values[0]);
  } else {
    q.rounding = rounding;
    q.zero_point_first = any_zero_point(q);  // without one both orders are the same
  }
  return set_on_grid(in, x, std::move(q));
}

Status lower_bipolar_quant(Importer& in) {
  RS_ASSIGN(const Value x, in.value(0));
  RS_ASSIGN(const Spread scale, spread_at(in, 1, shape_of(x), "scale"));
  RS_ASSIGN(Quantiser q, make_quantiser(NumberFormat::bipolar(), scale, {.values = {0}}));
  return set_on_grid(in, x, std::move(q));
}

// Inputs: x, scale, bits of exponent and mantissa, exponent bias, and the largest number, which says what infinity and
// NaN take away.
Status lower_float_quant(Importer& in) {
  RS_ASSIGN(const Value x, in.value(0));
  RS_ASSIGN(Spread scale, spread_at(in, 1, shape_of(x), "scale"));
  RS_ASSIGN(const int exponent, whole_at(in, 2, "exponent bit width", 1, 8));
  RS_ASSIGN(const int mantissa, whole_at(in, 3, "mantissa bit width", 0, 23));
  RS_ASSIGN(const int bias, whole_at(in, 4, "exponent bias", -256, 256));
  RS_ASSIGN(const ConstantPtr largest, parameter(in, 5, "largest value"));
  RS_ASSIGN(double most, as_scalar(*largest, "largest value"));
  RS_ASSIGN(const Rounding rounding, rounding_mode(in.node(), "ROUND"));
  RS_ASSIGN(const std::int64_t is_signed, in.node().integer("signed", 1));
  RS_ASSIGN(const std::int64_t saturation, in.node().integer("saturation", 1));
  if (rounding != Rounding::kHalfEven)
    return unimplemented("its rounding_mode is not ROUND, the only one supported for floating-point formats");
  if (is_signed == 0) return unimplemented("it is unsigned; signed floating-point formats are supported");
  if (saturation == 0) return unimplemented("saturation is 0; numbers beyond the largest must saturate (1)");

  // The file's bias only moves all numbers by a power of two, which is the scale's.
  const int usual_bias = (1 << (exponent - 1)) - 1;
  for (double& value : scale.values) value = std::ldexp(value, usual_bias - bias);
  const double full = std::ldexp(2.0 - std::ldexp(1.0, -mantissa), (1 << exponent) - 1 - usual_bias);
  most = std::min(std::ldexp(most, bias - usual_bias), full);
  NumberFormat format = NumberFormat::minifloat(exponent, mantissa);
  if (exponent <= 7 && most != static_cast<double>(largest_element(format)))
    format = NumberFormat::finite(exponent, mantissa);
  if (format.is_fp32()) return unimplemented("it quantises to fp32");
  if (most != static_cast<double>(largest_element(format)))
    return unimplemented("its largest value is {}; {} or {} are supported for {} bits of exponent and {} of mantissa",
                         largest->number(0),
                         std::ldexp(largest_element(NumberFormat::minifloat(exponent, mantissa)), usual_bias - bias),
                         std::ldexp(largest_element(format), usual_bias - bias), exponent, mantissa);
  RS_ASSIGN(Quantiser q, make_quantiser(format, scale, {.values = {0}}));
  return set_on_grid(in, x, std::move(q));
}

// Version 1: x, scale, zero point, bits in, bits out. Version 2 gives the output's scale before the bits out, from
// which the bits that are cut off follow, and a range to saturate to.
Status lower_trunc(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  const bool second = in.input_count() == 6;
  if (in.input_count() != 5 && !second)
    return invalid_argument("it has {} inputs; 5 (version 1) or 6 (version 2) are needed", in.input_count());
  const auto number_at = [&](std::size_t i, std::string_view role) -> Result<float> {
    RS_ASSIGN(const ConstantPtr given, parameter(in, i, role));
    RS_ASSIGN(const double value, as_scalar(*given, role));
    return static_cast<float>(value);
  };
  op::Truncate cut;
  RS_ASSIGN(cut.scale, number_at(1, "scale"));
  RS_ASSIGN(cut.zero_point, number_at(2, "zero point"));
  RS_ASSIGN(const int bits_in, whole_at(in, 3, "input bit width", 1, 32));
  RS_ASSIGN(cut.rounding, rounding_mode(in.node(), "FLOOR"));
  if (!second) {
    RS_ASSIGN(const int bits_out, whole_at(in, 4, "output bit width", 1, bits_in));
    cut.shift = bits_in - bits_out;
    cut.output_scale = cut.scale;
    cut.output_zero_point = cut.zero_point;
    RS_ASSIGN(x.layer, in.add(cut, {x.layer}));
    x.sole = true;
    return in.set_output(0, std::move(x));
  }
  RS_ASSIGN(cut.output_scale, number_at(4, "output scale"));
  RS_ASSIGN(const IntegerRange range, integer_range(in, 5, "output bit width"));
  RS_ASSIGN(const NumberFormat format, integer_format(range));
  const double shift =
      std::nearbyint(std::log2(static_cast<double>(cut.output_scale) / static_cast<double>(cut.scale)));
  if (!(shift >= 0 && shift <= 31))
    return unimplemented("its output scale {} is not 1 to 2^31 times its scale {}", cut.output_scale, cut.scale);
  cut.shift = static_cast<std::int64_t>(shift);
  cut.output_zero_point = std::ldexp(cut.zero_point, -static_cast<int>(cut.shift));
  if (format.is_bipolar()) return unimplemented("its output bit width is 1 and signed; 2 bits or more are supported");
  RS_ASSIGN(Quantiser q, make_quantiser(format, {.values = {cut.output_scale}}, {.values = {cut.output_zero_point}}));
  RS_ASSIGN(x.layer, in.add(cut, {x.layer}));
  x.sole = true;
  RS_ASSIGN(x, on_grid(in, std::move(x), std::move(q), "saturate"));
  return in.set_output(0, std::move(x));
}

namespace {

// What axis of x the channels are.
Result<std::int64_t> threshold_axis(Importer& in, const Signal& x) {
  RS_ASSIGN(const std::string layout, in.node().text("data_layout", "NCHW"));
  if (layout == "NHWC" || layout == "NC" || layout == "NCHW") {
    if (x.rank() == 2) return 1;
    if (x.rank() == 4) return layout == "NHWC" ? 3 : 1;
    if (layout != "NHWC") return -1;
  }
  return unimplemented("its data_layout is '{}' for an input {}; NCHW, and NHWC for 2 or 4 axes, are supported",
                       printable(layout), to_string(x.shape));
}

// The integers in whose steps bias, bias + scale … bias + steps·scale lie, if they do.
std::optional<Quantiser> threshold_grid(const op::MultiThreshold& o, std::int64_t steps) {
  if (!std::isfinite(o.scale) || o.scale <= 0) return std::nullopt;
  if (steps == 1 && o.bias == -o.scale / 2) return Quantiser{NumberFormat::bipolar(), {o.scale / 2}, {0}};
  const double scale = o.scale, lowest = static_cast<double>(o.bias) / scale;
  const double highest = lowest + static_cast<double>(steps);
  if (lowest != std::trunc(lowest) || lowest * scale != static_cast<double>(o.bias)) return std::nullopt;
  const auto signedness = lowest < 0 ? Signedness::kSigned : Signedness::kUnsigned;
  for (int bits = lowest < 0 ? 2 : 1; bits <= 16; ++bits) {
    const NumberFormat format = NumberFormat::integer(bits, signedness);
    if (lowest >= static_cast<double>(format.lowest()) && highest <= static_cast<double>(format.highest()))
      return Quantiser{format, {o.scale}, {0}};
  }
  return std::nullopt;
}

}  // namespace

Status lower_multi_threshold(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const ConstantPtr thresholds, parameter(in, 1, "thresholds"));
  op::MultiThreshold o;
  RS_ASSIGN(o.scale, in.node().real("out_scale", 1));
  RS_ASSIGN(o.bias, in.node().real("out_bias", 0));
  RS_ASSIGN(const std::int64_t axis, threshold_axis(in, x));
  RS_ASSIGN(o.axis, image_axis(x, axis));
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(o, {image}, {as_tensor(*thresholds)}));
  x.sole = true;
  // What it gives lies on a grid already; readers that know it compute in integers.
  const auto grid = threshold_grid(o, thresholds->shape.back());
  if (grid) {
    RS_ASSIGN(x, on_grid(in, std::move(x), *grid, "grid"));
  }
  return in.set_output(0, std::move(x));
}

}  // namespace roofscape::onnx_import
