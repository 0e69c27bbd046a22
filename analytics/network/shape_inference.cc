#include "analytics/network/shape_inference.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "analytics/base/text.h"
#include "analytics/network/network.h"

namespace roofscape {
namespace {

// Everything that a rule may look at; errors are prefixed with the layer's name by infer_output_shape.
struct Context {
  const Layer& layer;
  std::span<const Shape> inputs;

  const Tensor* constant(std::size_t i) const {
    return i < layer.constants.size() ? layer.constants[i].get() : nullptr;
  }
};

constexpr std::int64_t kMostAttribute = std::int64_t{1} << 30;  // keeps every product below 2^63

Status expect_inputs(const Context& c, std::size_t count) {
  if (c.inputs.size() == count) return {};
  return invalid_argument("takes {} inputs, not {}", count, c.inputs.size());
}

Status expect_rank(const Shape& shape, std::size_t rank) {
  if (shape.size() == rank) return {};
  return invalid_argument("its input {} has {} axes; {} are needed", to_string(shape), shape.size(), rank);
}

Status expect_axis(std::int64_t axis, const Shape& shape) {
  if (axis >= 0 && axis < static_cast<std::int64_t>(shape.size())) return {};
  return invalid_argument("axis {} is outside its input {}", axis, to_string(shape));
}

Status expect_constant(const Context& c, std::size_t i, const Shape& shape, std::string_view what) {
  const Tensor* tensor = c.constant(i);
  if (!tensor) return invalid_argument("its {} is missing", what);
  if (tensor->shape() == shape) return {};
  return invalid_argument("its {} is {}; {} is needed", what, to_string(tensor->shape()), to_string(shape));
}

Status expect_optional(const Context& c, std::size_t i, const Shape& shape, std::string_view what) {
  return c.constant(i) ? expect_constant(c, i, shape, what) : Status();
}

Result<Shape> rule(const Context& c, const op::Input& o) {
  RS_TRY(expect_inputs(c, 0));
  return o.shape;
}

// Checks that hold for both directions of convolution; `weight` is [·, ·, kh, kw].
template <typename Convolution>
Status check_convolution(const Context& c, const Convolution& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_rank(c.inputs[0], 3));
  const Tensor* weight = c.constant(0);
  if (!weight || weight->shape().size() != 4) return invalid_argument("its weight must have 4 axes");
  if (o.groups < 1 || c.inputs[0][0] % o.groups != 0)
    return invalid_argument("{} groups do not divide its {} input channels", o.groups, c.inputs[0][0]);
  for (int i = 0; i < 2; ++i)
    if (o.stride[i] < 1 || o.dilation[i] < 1 || o.stride[i] > kMostAttribute || o.dilation[i] > kMostAttribute)
      return invalid_argument("stride {} and dilation {} must be at least 1", o.stride[i], o.dilation[i]);
  for (const std::int64_t pad : o.pad)
    if (pad < 0 || pad > kMostAttribute) return invalid_argument("pad {} is negative or absurd", pad);
  return {};
}

Result<Shape> rule(const Context& c, const op::Conv& o) {
  RS_TRY(check_convolution(c, o));
  const Shape& x = c.inputs[0];
  const Shape& w = c.constant(0)->shape();
  if (w[1] != x[0] / o.groups)
    return invalid_argument("its weight {} wants {} channels a group; the input has {}", to_string(w), w[1],
                            x[0] / o.groups);
  if (w[0] % o.groups != 0) return invalid_argument("{} groups do not divide its {} filters", o.groups, w[0]);
  RS_TRY(expect_optional(c, 1, {w[0]}, "bias"));
  RS_ASSIGN(const std::int64_t h,
            window_output(x[1], w[2], o.stride[0], o.dilation[0], o.pad[0], o.pad[2], /*ceil_mode=*/false));
  RS_ASSIGN(const std::int64_t v,
            window_output(x[2], w[3], o.stride[1], o.dilation[1], o.pad[1], o.pad[3], /*ceil_mode=*/false));
  return Shape{w[0], h, v};
}

Result<Shape> rule(const Context& c, const op::ConvTranspose& o) {
  RS_TRY(check_convolution(c, o));
  const Shape& x = c.inputs[0];
  const Shape& w = c.constant(0)->shape();
  if (w[0] != x[0])
    return invalid_argument("its weight {} wants {} input channels; the input has {}", to_string(w), w[0], x[0]);
  RS_TRY(expect_optional(c, 1, {w[1] * o.groups}, "bias"));
  Shape out{w[1] * o.groups, 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    if (o.output_pad[i] < 0 || o.output_pad[i] > kMostAttribute)
      return invalid_argument("output padding {} is negative or absurd", o.output_pad[i]);
    out[i + 1] =
        o.stride[i] * (x[i + 1] - 1) + o.output_pad[i] + (w[i + 2] - 1) * o.dilation[i] + 1 - o.pad[i] - o.pad[i + 2];
    if (out[i + 1] < 1) return invalid_argument("its padding leaves no output");
  }
  return out;
}

Result<Shape> rule(const Context& c, const op::Dense&) {
  RS_TRY(expect_inputs(c, 1));
  const Tensor* weight = c.constant(0);
  if (!weight || weight->shape().size() != 2) return invalid_argument("its weight must have 2 axes");
  Shape out = c.inputs[0];
  if (out.empty() || out.back() != weight->shape()[1])
    return invalid_argument("its weight {} wants {} inputs; the input is {}", to_string(weight->shape()),
                            weight->shape()[1], to_string(out));
  out.back() = weight->shape()[0];
  RS_TRY(expect_optional(c, 1, {out.back()}, "bias"));
  return out;
}

Result<Shape> rule(const Context& c, const op::MatMul&) {
  RS_TRY(expect_inputs(c, 2));
  const Shape &a = c.inputs[0], &b = c.inputs[1];
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2])
    return invalid_argument("cannot multiply {} by {}", to_string(a), to_string(b));
  RS_ASSIGN(Shape out, broadcast_shapes(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2)));
  out.push_back(a[a.size() - 2]);
  out.push_back(b.back());
  return out;
}

Result<Shape> rule(const Context& c, const op::Affine& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_axis(o.axis, c.inputs[0]));
  const Shape channel{c.inputs[0][static_cast<std::size_t>(o.axis)]};
  RS_TRY(expect_constant(c, 0, channel, "scale"));
  RS_TRY(expect_constant(c, 1, channel, "shift"));
  return c.inputs[0];
}

Result<Shape> rule(const Context& c, const op::Activation& o) {
  RS_TRY(expect_inputs(c, 1));
  if (o.kind != op::Activation::Kind::kPRelu) return c.inputs[0];
  const Tensor* slope = c.constant(0);
  if (!slope) return invalid_argument("its slope is missing");
  RS_ASSIGN(const Shape out, broadcast_shapes(c.inputs[0], slope->shape()));
  if (out != c.inputs[0])
    return invalid_argument("its slope {} does not broadcast to {}", to_string(slope->shape()), to_string(c.inputs[0]));
  return out;
}

Result<Shape> rule(const Context& c, const op::Softmax& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_axis(o.axis, c.inputs[0]));
  return c.inputs[0];
}

Result<Shape> rule(const Context& c, const op::Pool& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_rank(c.inputs[0], 3));
  const Shape& x = c.inputs[0];
  Shape out{x[0], 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    RS_ASSIGN(out[i + 1],
              window_output(x[i + 1], o.kernel[i], o.stride[i], o.dilation[i], o.pad[i], o.pad[i + 2], o.ceil_mode));
    // A window that lies wholly in the padding would have no value.
    if (o.pad[i] >= (o.kernel[i] - 1) * o.dilation[i] + 1 || o.pad[i + 2] >= (o.kernel[i] - 1) * o.dilation[i] + 1)
      return invalid_argument("its pads {} and {} are not smaller than its window of {}", o.pad[i], o.pad[i + 2],
                              (o.kernel[i] - 1) * o.dilation[i] + 1);
  }
  return out;
}

Result<Shape> rule(const Context& c, const op::Binary& o) {
  const Tensor* constant = c.constant(0);
  RS_TRY(expect_inputs(c, constant ? 1 : 2));
  if (o.constant_first && !constant) return invalid_argument("its constant operand is missing");
  return broadcast_shapes(c.inputs[0], constant ? constant->shape() : c.inputs[1]);
}

Result<Shape> rule(const Context& c, const op::Concat& o) {
  if (c.inputs.empty()) return invalid_argument("takes at least 1 input");
  RS_TRY(expect_axis(o.axis, c.inputs[0]));
  const auto axis = static_cast<std::size_t>(o.axis);
  Shape out = c.inputs[0];
  for (const Shape& x : c.inputs.subspan(1)) {
    Shape expected = out;
    if (x.size() == out.size()) expected[axis] = x[axis];
    if (x != expected)
      return invalid_argument("cannot join {} to {} along axis {}", to_string(x), to_string(out), axis);
    out[axis] += x[axis];
  }
  return out;
}

Result<Shape> rule(const Context& c, const op::Slice& o) {
  RS_TRY(expect_inputs(c, 1));
  const Shape& x = c.inputs[0];
  if (o.start.size() != x.size() || o.size.size() != x.size() || o.step.size() != x.size())
    return invalid_argument("needs one start, size and step for each of its {} axes", x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto inside = [&](std::int64_t index) { return index >= 0 && index < x[i]; };
    const bool sane =
        o.step[i] != 0 && o.size[i] >= 1 && o.size[i] <= x[i] && inside(o.start[i]) &&
        (o.size[i] == 1 || (-x[i] < o.step[i] && o.step[i] < x[i] && inside(o.start[i] + (o.size[i] - 1) * o.step[i])));
    if (!sane)
      return invalid_argument("start {}, size {} and step {} leave axis {} of {}", o.start[i], o.size[i], o.step[i], i,
                              to_string(x));
  }
  return o.size;
}

Result<Shape> rule(const Context& c, const op::Pad& o) {
  RS_TRY(expect_inputs(c, 1));
  const Shape& x = c.inputs[0];
  if (o.before.size() != x.size() || o.after.size() != x.size())
    return invalid_argument("needs two pads for each of its {} axes", x.size());
  Shape out = x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t most = o.mode == op::Pad::Mode::kReflect ? x[i] - 1 : kMostAttribute;
    if (o.before[i] < 0 || o.after[i] < 0 || o.before[i] > most || o.after[i] > most)
      return invalid_argument("pads {} and {} of axis {} must lie in 0 to {}", o.before[i], o.after[i], i, most);
    out[i] += o.before[i] + o.after[i];
  }
  return out;
}

Result<Shape> rule(const Context& c, const op::Reshape& o) {
  RS_TRY(expect_inputs(c, 1));
  const bool positive = std::all_of(o.shape.begin(), o.shape.end(), [](std::int64_t d) { return d >= 1; });
  if (!positive || o.shape.size() > NetworkLimits::kRank)
    return invalid_argument("its target shape {} is not valid", to_string(o.shape));
  std::int64_t left = element_count(c.inputs[0]);
  for (const std::int64_t d : o.shape) left = left % d == 0 ? left / d : 0;
  if (left != 1)
    return invalid_argument("cannot shape {} elements {} as {}", element_count(c.inputs[0]), to_string(c.inputs[0]),
                            to_string(o.shape));
  return o.shape;
}

Result<Shape> rule(const Context& c, const op::Transpose& o) {
  RS_TRY(expect_inputs(c, 1));
  const Shape& x = c.inputs[0];
  std::vector<bool> seen(x.size());
  Shape out;
  if (o.permutation.size() != x.size())
    return invalid_argument("its permutation has {} axes; the input {}", o.permutation.size(), x.size());
  for (const std::int64_t axis : o.permutation) {
    RS_TRY(expect_axis(axis, x));
    if (seen[static_cast<std::size_t>(axis)]) return invalid_argument("its permutation names axis {} twice", axis);
    seen[static_cast<std::size_t>(axis)] = true;
    out.push_back(x[static_cast<std::size_t>(axis)]);
  }
  return out;
}

Result<Shape> rule(const Context& c, const op::Gather& o) {
  RS_TRY(expect_inputs(c, 1));
  const Shape& x = c.inputs[0];
  RS_TRY(expect_axis(o.axis, x));
  if (element_count(o.indices_shape) != static_cast<std::int64_t>(o.indices.size()))
    return invalid_argument("its {} indices do not fill {}", o.indices.size(), to_string(o.indices_shape));
  for (const std::int64_t index : o.indices)
    if (index < 0 || index >= x[static_cast<std::size_t>(o.axis)])
      return invalid_argument("index {} is outside axis {} of {}", index, o.axis, to_string(x));
  Shape out(x.begin(), x.begin() + o.axis);
  out.insert(out.end(), o.indices_shape.begin(), o.indices_shape.end());
  out.insert(out.end(), x.begin() + o.axis + 1, x.end());
  return out;
}

Result<Shape> rule(const Context& c, const op::Select& o) {
  RS_TRY(expect_inputs(c, 2));
  RS_TRY(expect_rank(c.inputs[0], 1));
  if (c.inputs[0] != c.inputs[1])
    return invalid_argument("its early scores are {}, its late ones {}; they must be as many", to_string(c.inputs[0]),
                            to_string(c.inputs[1]));
  if (!(o.leaving >= 0 && o.leaving <= 1))
    return invalid_argument("the share of images that leave is {}; use 0 to 1", o.leaving);
  if (o.confidence != o.confidence) return invalid_argument("its confidence is not a number");
  return c.inputs[0];
}

Result<Shape> rule(const Context& c, const op::ReduceMean& o) {
  RS_TRY(expect_inputs(c, 1));
  const Shape& x = c.inputs[0];
  if (o.axes.empty() || !std::is_sorted(o.axes.begin(), o.axes.end(), std::less_equal<>()))
    return invalid_argument("its axes must be ascending and not empty");
  Shape out;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool reduced = std::binary_search(o.axes.begin(), o.axes.end(), static_cast<std::int64_t>(i));
    if (!reduced) out.push_back(x[i]);
    if (reduced && o.keep_dims) out.push_back(1);
  }
  for (const std::int64_t axis : o.axes) RS_TRY(expect_axis(axis, x));
  return out;
}

Result<Shape> rule(const Context& c, const op::MultiThreshold& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_axis(o.axis, c.inputs[0]));
  const Tensor* thresholds = c.constant(0);
  if (!thresholds || thresholds->shape().size() != 2) return invalid_argument("its thresholds must have 2 axes");
  const std::int64_t channels = c.inputs[0][static_cast<std::size_t>(o.axis)];
  if (thresholds->shape()[0] != channels && thresholds->shape()[0] != 1)
    return invalid_argument("its thresholds are {}; axis {} of its input {} wants {} rows, or 1",
                            to_string(thresholds->shape()), o.axis, to_string(c.inputs[0]), channels);
  return c.inputs[0];
}

Result<Shape> rule(const Context& c, const op::Truncate& o) {
  RS_TRY(expect_inputs(c, 1));
  if (o.shift < 0 || o.shift > 31) return invalid_argument("it cuts off {} bits; 0 to 31 are possible", o.shift);
  for (const float scale : {o.scale, o.output_scale})
    if (!std::isfinite(scale) || scale <= 0) return invalid_argument("its scale {} is no positive number", scale);
  return c.inputs[0];
}

Result<Shape> rule(const Context& c, const op::Recurrent& o) {
  RS_TRY(expect_inputs(c, 1));
  RS_TRY(expect_rank(c.inputs[0], 2));
  const bool lstm = o.kind == op::Recurrent::Kind::kLstm;
  const std::int64_t gates = lstm ? 4 : 3;
  const std::int64_t directions = o.direction == op::Recurrent::Direction::kBidirectional ? 2 : 1;
  const Tensor* recurrence = c.constant(1);
  if (!recurrence || recurrence->shape().size() != 3) return invalid_argument("its recurrence weight must have 3 axes");
  const std::int64_t hidden = recurrence->shape()[2];
  RS_TRY(expect_constant(c, 0, {directions, gates * hidden, c.inputs[0][1]}, "input weight"));
  RS_TRY(expect_constant(c, 1, {directions, gates * hidden, hidden}, "recurrence weight"));
  RS_TRY(expect_optional(c, 2, {directions, 2 * gates * hidden}, "bias"));
  RS_TRY(expect_optional(c, 3, {directions, hidden}, "initial hidden state"));
  if (!lstm && (c.constant(4) || c.constant(5))) return invalid_argument("a GRU has neither cell state nor peepholes");
  RS_TRY(expect_optional(c, 4, {directions, hidden}, "initial cell state"));
  RS_TRY(expect_optional(c, 5, {directions, 3 * hidden}, "peephole weight"));
  if (o.output == op::Recurrent::Output::kLastCell && !lstm) return invalid_argument("a GRU has no cell state");
  if (o.output == op::Recurrent::Output::kSequence) return Shape{c.inputs[0][0], directions, hidden};
  return Shape{directions, hidden};
}

}  // namespace

Result<Shape> infer_output_shape(const Layer& layer, std::span<const Shape> inputs) {
  const Context context{layer, inputs};
  Result<Shape> shape = std::visit([&](const auto& operation) { return rule(context, operation); }, layer.operation);
  if (shape.ok()) return shape;
  return shape.status().in(fmt::format("layer '{}' ({})", printable(layer.name), operation_name(layer.operation)));
}

Result<Shape> broadcast_shapes(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (std::size_t i = 0; i < rank; ++i) {  // from the right
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return invalid_argument("{} and {} do not broadcast", to_string(a), to_string(b));
    out[rank - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

Result<std::int64_t> window_output(std::int64_t input, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                                   std::int64_t pad_before, std::int64_t pad_after, bool ceil_mode) {
  for (const std::int64_t value : {kernel, stride, dilation})
    if (value < 1 || value > kMostAttribute)
      return invalid_argument("kernel {}, stride {} and dilation {} must be at least 1", kernel, stride, dilation);
  for (const std::int64_t pad : {pad_before, pad_after})
    if (pad < 0 || pad > kMostAttribute) return invalid_argument("pad {} is negative or absurd", pad);
  if (kernel - 1 > std::numeric_limits<std::int64_t>::max() / 2 / dilation)
    return invalid_argument("kernel {} with dilation {} is absurd", kernel, dilation);
  const std::int64_t window = (kernel - 1) * dilation + 1;
  const std::int64_t room = input + pad_before + pad_after - window;
  if (room < 0)
    return invalid_argument("a window of {} does not fit into {} + {} + {}", window, pad_before, input, pad_after);
  std::int64_t output = room / stride + 1;
  // ceil_mode adds a last partial window, unless it would start in the padding behind the input.
  if (ceil_mode && room % stride != 0 && output * stride < input + pad_before) ++output;
  return output;
}

}  // namespace roofscape
