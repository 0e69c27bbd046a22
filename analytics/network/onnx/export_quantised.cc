// Quantisers in standard ONNX: QuantizeLinear/DequantizeLinear for integers of up to 8 bits, and for wider ones the
// same arithmetic as float operators.
#include <algorithm>
#include <cstdint>

#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

bool fits_eight_bits(const NumberFormat& format) { return format.is_integer() && format.bits() <= 8; }
// Whether a DequantizeLinear of 8-bit integers gives the values on this grid.
bool said_in_bytes(const QuantiserPtr& q) { return q && fits_eight_bits(q->format) && q->one_scale(); }
// Whether int8 or uint8 holds values that the format has not.
bool narrower_than_bytes(const NumberFormat& format) {
  return format.is_signed() ? format.lowest() > -128 || format.highest() < 127 : format.highest() < 255;
}

// Shape in which one number a channel broadcasts against a value of this image shape, whose batch axis is left out.
Shape channel_shape(const Quantiser& quantiser, const Shape& image) {
  if (!quantiser.per_channel()) return {};
  Shape shape(image.size(), 1);
  shape[static_cast<std::size_t>(quantiser.axis)] = static_cast<std::int64_t>(quantiser.scale.size());
  return shape;
}

// For each channel, `unit(scale)` times the integer `bound` less the zero point.
std::vector<float> bounds(const Quantiser& q, std::int64_t bound, bool in_steps) {
  std::vector<float> values;
  for (std::size_t c = 0; c < q.scale.size(); ++c) {
    const auto steps = static_cast<float>(bound - q.zero_point[c]);
    values.push_back(in_steps ? steps : q.scale[c] * steps);
  }
  return values;
}

// Keeps a value within the format's range, in steps or in real numbers, channel by channel.
std::string limited(Exporter& out, const std::string& value, const Quantiser& q, const Shape& image, bool in_steps) {
  GraphWriter& w = out.writer();
  const Shape shape = channel_shape(q, image);
  const std::string low = w.floats(out.named("lowest"), shape, bounds(q, q.format.lowest(), in_steps));
  const std::string high = w.floats(out.named("highest"), shape, bounds(q, q.format.highest(), in_steps));
  if (!q.per_channel()) return out.part("Clip", {value, low, high}, "clip");
  return out.part("Min", {out.part("Max", {value, low}, "max"), high}, "min");
}

// How the integers of a quantiser lie in bytes. Moving them and their zero point by the same number changes no value.
struct ByteForm {
  bool is_signed = false;
  std::int32_t offset = 0;

  static ByteForm as_they_are(const NumberFormat& format) { return {format.is_signed(), 0}; }
  static ByteForm unsigned_of(const NumberFormat& format) { return {false, format.is_signed() ? 128 : 0}; }
};

std::string integers_in(Exporter& out, std::string_view name, const Shape& shape, std::vector<std::int32_t> integers,
                        const ByteForm& form) {
  for (std::int32_t& integer : integers) integer += form.offset;
  return out.writer().bytes(out.named(name), shape, integers, form.is_signed);
}

struct ScaleNames {
  std::string scale, zero_point;
};
ScaleNames scale_names(Exporter& out, const Quantiser& q, const ByteForm& form) {
  const Shape shape = q.per_channel() ? Shape{static_cast<std::int64_t>(q.scale.size())} : Shape{};
  return {out.writer().floats(out.named("scale"), shape, q.scale),
          integers_in(out, "zero_point", shape, q.zero_point, form)};
}

}  // namespace

Result<std::string> Exporter::quantised(const std::string& value, const QuantiserPtr& quantiser, const Shape& shape) {
  if (!quantiser || quantiser->format.is_fp32()) return value;
  const Quantiser& q = *quantiser;
  std::string& done = quantised_[{value, quantiser.get()}];
  if (!done.empty()) return done;
  if (qonnx() && (q.zero_point_first || q.symmetric())) {
    Quantiser in_file = q;
    if (q.per_channel()) ++in_file.axis;
    Shape with_batch = shape;
    with_batch.insert(with_batch.begin(), 1);
    done = qonnx_quantised(value, in_file, with_batch, "quantize");
  } else if (fits_eight_bits(q.format)) {
    // Within the narrow range the 8-bit integers are the narrow ones.
    const bool narrow = narrower_than_bytes(q.format);
    // QONNX's tools know a format narrower than its type by a Clip of the integers.
    const bool clip_integers = narrow && qonnx();
    const std::string inside = narrow && !clip_integers ? limited(*this, value, q, shape, /*in_steps=*/false) : value;
    const ScaleNames names = scale_names(*this, q, ByteForm::as_they_are(q.format));
    GraphWriter::Attributes attributes;
    if (q.per_channel()) attributes.push_back({"axis", std::int64_t{q.axis} + 1});
    std::string integers = part("QuantizeLinear", {inside, names.scale, names.zero_point}, "quantize", attributes);
    if (clip_integers) {
      const auto bound = [&](std::string_view name, std::int64_t integer) {
        return writer_.bytes(named(name), {}, std::vector{static_cast<std::int32_t>(integer)}, q.format.is_signed());
      };
      integers =
          part("Clip", {integers, bound("lowest", q.format.lowest()), bound("highest", q.format.highest())}, "clip");
    }
    done = part("DequantizeLinear", {integers, names.scale, names.zero_point}, "dequantize", attributes);
  } else {
    const std::string scale = writer_.floats(named("scale"), channel_shape(q, shape), q.scale);
    const std::string steps = part("Round", {part("Div", {value, scale}, "div")}, "round");
    done = part("Mul", {limited(*this, steps, q, shape, /*in_steps=*/true), scale}, "mul");
  }
  return done;
}

bool Exporter::reads_dequantised() const { return !qonnx() && said_in_bytes(layer_->arithmetic.input(0)); }

bool Exporter::stores_integers() const { return !qonnx() && said_in_bytes(layer_->arithmetic.weight); }

std::string Exporter::dequantised_weight(const Shape& shape, std::span<const float> values, int axis) {
  const QuantiserPtr& quantiser = layer_->arithmetic.weight;
  if (quantiser && qonnx()) {
    Quantiser in_file = *quantiser;
    in_file.axis = axis;
    in_file.rounding = Rounding::kHalfEven;  // weights are on the grid: nothing is left to round
    return qonnx_quantised(writer_.floats(named("weight"), shape, values), in_file, shape, "weight_quantize");
  }
  if (!stores_integers()) return writer_.floats(named("weight"), shape, values);
  Quantiser q = *quantiser;
  q.axis = axis;
  std::int64_t inner = 1;  // elements that share an index along the axis, lying together
  for (std::size_t i = q.per_channel() ? static_cast<std::size_t>(axis) + 1 : shape.size(); i < shape.size(); ++i)
    inner *= shape[i];
  std::vector<std::int32_t> integers;
  integers.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    integers.push_back(q.quantise(values[i], i / static_cast<std::size_t>(inner) % q.scale.size()));
  // ONNX Runtime multiplies uint8 by int8 with sums of pairs that saturate at 16 bits where a processor has AVX2 but no
  // VNNI; uint8 by uint8 it multiplies exactly.
  const ByteForm form = options_.weights == OnnxExportOptions::Weights::kUint8 ? ByteForm::unsigned_of(q.format)
                                                                               : ByteForm::as_they_are(q.format);
  const std::string stored = integers_in(*this, "weight_integers", shape, std::move(integers), form);
  const ScaleNames names = scale_names(*this, q, form);
  GraphWriter::Attributes attributes;
  if (q.per_channel()) attributes.push_back({"axis", std::int64_t{axis}});
  return part("DequantizeLinear", {stored, names.scale, names.zero_point}, "weight", attributes);
}

std::string Exporter::weight() {
  const Tensor& tensor = *layer_->constants[0];
  const QuantiserPtr& q = layer_->arithmetic.weight;
  return dequantised_weight(tensor.shape(), tensor.values(), q ? q->axis : Quantiser::kPerTensor);
}

std::string Exporter::weight_part(std::size_t i, std::string_view suffix) {
  const QuantiserPtr& q = layer_->arithmetic.weight;
  if (!q || !qonnx()) return constant(i, suffix);
  const Tensor& tensor = *layer_->constants[i];
  return qonnx_quantised(constant(i, suffix), *q, tensor.shape(), fmt::format("{}_quantize", suffix));
}

std::string Exporter::transposed_weight() {
  const Tensor& tensor = *layer_->constants[0];
  const auto rows = static_cast<std::size_t>(tensor.shape()[0]), columns = static_cast<std::size_t>(tensor.shape()[1]);
  std::vector<float> values(rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) values[c * rows + r] = tensor.values()[r * columns + c];
  const QuantiserPtr& q = layer_->arithmetic.weight;
  const int axis = q && q->per_channel() ? 1 - q->axis : Quantiser::kPerTensor;
  return dequantised_weight({tensor.shape()[1], tensor.shape()[0]}, values, axis);
}

}  // namespace roofscape::onnx_export
