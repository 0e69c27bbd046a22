// The dialect QONNX: quantisers as nodes of its domain, and the operators that only QONNX has.
#include <cmath>

#include "analytics/arith/element.h"
#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

std::string rounding_name(Rounding rounding) {
  switch (rounding) {
    case Rounding::kHalfEven: return "ROUND";
    case Rounding::kHalfUp: return "HALF_UP";
    case Rounding::kHalfDown: return "HALF_DOWN";
    case Rounding::kCeil: return "CEIL";
    case Rounding::kFloor: return "FLOOR";
    case Rounding::kAwayFromZero: return "UP";
    case Rounding::kTowardsZero: return "DOWN";
  }
  check_failed(__FILE__, __LINE__, "a way of rounding is missing");
}

// What FINN calls the integers of a MultiThreshold's output.
std::string output_type(const op::MultiThreshold& o, std::int64_t steps) {
  if (o.scale == 2 && o.bias == -1 && steps == 1) return "BIPOLAR";
  if (o.scale != 1 || o.bias != std::trunc(o.bias)) return "FLOAT32";
  const double highest = static_cast<double>(o.bias) + static_cast<double>(steps);
  for (int bits = 1; bits <= 32; ++bits) {
    const NumberFormat format = NumberFormat::integer(bits, o.bias < 0 ? Signedness::kSigned : Signedness::kUnsigned);
    if (o.bias >= static_cast<float>(format.lowest()) && highest <= static_cast<double>(format.highest()))
      return fmt::format("{}{}", o.bias < 0 ? "INT" : "UINT", bits);
  }
  return "FLOAT32";
}

Status check_qonnx(const Quantiser& q, bool weight) {
  if (q.format.is_fp32()) return {};
  if (q.format.block() != 0 || q.format.is_logarithmic())
    return unimplemented(
        "its {} is {}, which QONNX cannot say; integers, bipolar and floating-point formats can be "
        "exported",
        weight ? "weight" : "input", q.format.name());
  if (!q.one_scale())
    return unimplemented(
        "its weights have a scale for each sign, which QONNX cannot say; standard ONNX holds them as floats");
  const bool onnx_order = q.format.is_integer() && !q.symmetric() && !q.zero_point_first;
  if (!weight && onnx_order && q.rounding != Rounding::kHalfEven)
    return unimplemented(
        "its input is rounded {} before a zero point is added, which neither QONNX's Quant nor "
        "QuantizeLinear does",
        rounding_name(q.rounding));
  return {};
}

Status check_onnx(const Quantiser& q) {
  if (q.format.is_fp32()) return {};
  if (!q.format.is_integer() || q.format.block() != 0 || q.format.is_bipolar())
    return unimplemented("its input is {}, which opset 13 cannot say; integers of any width can be exported{}",
                         q.format.name(),
                         q.format.is_logarithmic() || q.format.block() != 0 ? "" : ", and this format in QONNX");
  if (q.rounding != Rounding::kHalfEven || (q.zero_point_first && !q.symmetric()))
    return unimplemented("its input is rounded {}{}, unlike opset 13's QuantizeLinear; QONNX can say it",
                         rounding_name(q.rounding), q.zero_point_first ? " after the zero point is added" : "");
  return {};
}

}  // namespace

Status Exporter::check_quantisers() const {
  for (const QuantiserPtr& q : layer_->arithmetic.inputs) {
    if (!q) continue;
    RS_TRY(qonnx() ? check_qonnx(*q, /*weight=*/false) : check_onnx(*q));
  }
  if (layer_->arithmetic.weight && qonnx()) return check_qonnx(*layer_->arithmetic.weight, /*weight=*/true);
  return {};
}

std::string Exporter::qonnx_quantised(const std::string& value, const Quantiser& q, const Shape& shape,
                                      std::string_view suffix) {
  if (q.format.is_fp32()) return value;
  const GraphWriter::Domain domain{std::string(kQonnxDomain)};
  Shape channels;
  if (q.per_channel()) {
    channels.assign(shape.size(), 1);
    channels[static_cast<std::size_t>(q.axis)] = static_cast<std::int64_t>(q.scale.size());
  }
  const auto number = [&](std::string_view name, double x) {
    return writer_.number(named(name), static_cast<float>(x));
  };
  const std::string scale = writer_.floats(named("scale"), channels, q.scale);
  if (q.format.is_bipolar()) return writer_.node(domain, "BipolarQuant", {value, scale}, named(suffix));
  if (!q.format.is_integer()) {
    const std::vector<std::string> inputs{value,
                                          scale,
                                          number("exponent_bits", q.format.exponent_bits()),
                                          number("mantissa_bits", q.format.mantissa_bits()),
                                          number("exponent_bias", (1 << (q.format.exponent_bits() - 1)) - 1),
                                          number("largest", static_cast<double>(largest_element(q.format)))};
    const bool has_nan = !q.format.is_finite() || q.format.bits() >= 8;
    return writer_.node(domain, "FloatQuant", inputs, named(suffix),
                        {{"has_inf", std::int64_t{q.format.is_finite() ? 0 : 1}},
                         {"has_nan", std::int64_t{has_nan ? 1 : 0}},
                         {"has_subnormal", std::int64_t{1}},
                         {"saturation", std::int64_t{1}},
                         {"rounding_mode", std::string("ROUND")}});
  }
  std::vector<float> zero_points(q.zero_point.begin(), q.zero_point.end());
  if (q.symmetric()) zero_points = {0};
  const std::string zero_point = writer_.floats(named("zero_point"), q.symmetric() ? Shape{} : channels, zero_points);
  return writer_.node(domain, "Quant", {value, scale, zero_point, number("bits", q.format.bits())}, named(suffix),
                      {{"signed", std::int64_t{q.format.is_signed() ? 1 : 0}},
                       {"narrow", std::int64_t{q.format.is_narrow() ? 1 : 0}},
                       {"rounding_mode", rounding_name(q.rounding)}});
}

Result<std::string> export_operation(Exporter& out, const op::MultiThreshold& o) {
  if (!out.qonnx()) return unimplemented("opset 13 has no MultiThreshold; QONNX has");
  const std::size_t rank = out.input_shape(0).size() + 1, axis = static_cast<std::size_t>(o.axis) + 1;
  const bool last = axis + 1 == rank;
  // Operands of other than 2 and 4 axes have their channels last, whatever data_layout says.
  const bool known = rank == 2 || rank == 4 ? axis == 1 || last : last;
  if (!known) return unimplemented("its channels are axis {} of {}; QONNX takes the first or last", axis, rank);
  const Tensor& thresholds = *out.layer().constants[0];
  return out.qonnx_result("MultiThreshold", {out.input(0), out.constant(0, "thresholds")},
                          {{"out_dtype", output_type(o, thresholds.shape()[1])},
                           {"out_scale", o.scale},
                           {"out_bias", o.bias},
                           {"data_layout", std::string(rank == 4 && axis != 1 ? "NHWC" : "NCHW")}});
}

Result<std::string> export_operation(Exporter& out, const op::Truncate& o) {
  if (!out.qonnx()) return unimplemented("opset 13 has no Trunc; QONNX has");
  const bool first = o.output_scale == o.scale && o.output_zero_point == o.zero_point;
  const float step = std::ldexp(1.0F, static_cast<int>(o.shift));
  if (!first && (o.output_scale != o.scale * step || o.output_zero_point * step != o.zero_point))
    return unimplemented("it gives scale {} and zero point {}, which no version of Trunc does", o.output_scale,
                         o.output_zero_point);
  const std::int64_t version = first ? 1 : 2;
  if (out.trunc_version() != 0 && out.trunc_version() != version)
    return unimplemented("the network needs both versions of Trunc; a file can hold one");
  out.trunc_version() = version;
  const auto number = [&](std::string_view name, float x) { return out.writer().number(out.named(name), x); };
  std::vector<std::string> inputs{out.input(0), number("scale", o.scale), number("zero_point", o.zero_point),
                                  number("bits_in", 32)};
  GraphWriter::Attributes attributes{{"rounding_mode", rounding_name(o.rounding)}};
  if (first) {
    inputs.push_back(number("bits_out", static_cast<float>(32 - o.shift)));
  } else {
    inputs.push_back(number("output_scale", o.output_scale));
    inputs.push_back(number("bits_out", 32));
    attributes.push_back({"signed", std::int64_t{1}});
  }
  return out.qonnx_result("Trunc", inputs, attributes, version);
}

}  // namespace roofscape::onnx_export
