// Folding of what picks, joins or sums up elements: Slice, Split, Gather, Concat, the reductions, NonZero.
#include <algorithm>
#include <functional>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {
namespace {

Result<ConstantPtr> data(Importer& in) {
  RS_ASSIGN(ConstantPtr x, in.constant(0, "input"));
  if (!x) return invalid_argument("its input is missing");
  return x;
}

// The part of `x` that `ranges` names, one for each axis.
Result<ConstantPtr> sliced(const Constant& x, const std::vector<SliceRange>& ranges, Budget& budget) {
  std::vector<std::int64_t> strides = row_major_strides(x.shape);
  Shape shape;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < ranges.size(); ++axis) {
    shape.push_back(ranges[axis].size);
    offset += ranges[axis].start * strides[axis];
    strides[axis] *= ranges[axis].step;
  }
  return strided(x, std::move(shape), strides, offset, budget);
}

// What lies before and behind an axis: x is [outer, axis, inner].
struct Blocks {
  std::int64_t outer = 1, inner = 1;
};
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b;
  for (std::size_t i = 0; i < axis; ++i) b.outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.inner *= shape[i];
  return b;
}

}  // namespace

Result<SliceRange> slice_range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t length) {
  if (length == 0) return SliceRange{0, 0, 1};
  if (step == 0) return invalid_argument("its step is 0; it must not be");
  step = std::clamp<std::int64_t>(step, -length - 1, length + 1);  // no less apart than the whole axis
  const auto clamp = [&](std::int64_t position, std::int64_t low, std::int64_t high) {
    return std::clamp(position < 0 ? position + length : position, low, high);
  };
  if (step > 0) {
    const std::int64_t first = clamp(start, 0, length), last = clamp(end, 0, length);
    return SliceRange{first, std::max<std::int64_t>(0, (last - first + step - 1) / step), step};
  }
  const std::int64_t first = clamp(start, 0, length - 1), last = clamp(end, -1, length - 1);
  return SliceRange{first, std::max<std::int64_t>(0, (first - last - step - 1) / -step), step};
}

Result<std::vector<SliceRange>> slice_ranges(Importer& in, const Shape& shape) {
  RS_ASSIGN(const auto starts, in.list(1, "starts"));
  RS_ASSIGN(const auto ends, in.list(2, "ends"));
  RS_ASSIGN(const auto axes, in.list(3, "axes"));
  RS_ASSIGN(const auto steps, in.list(4, "steps"));
  if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()) ||
      (steps && steps->size() != starts->size()))
    return invalid_argument("its starts, ends, axes and steps are not lists of one length");
  std::vector<SliceRange> ranges;
  for (const std::int64_t length : shape) ranges.push_back({0, length, 1});
  for (std::size_t i = 0; i < starts->size(); ++i) {
    RS_ASSIGN(const std::size_t axis, checked_axis(axes ? (*axes)[i] : static_cast<std::int64_t>(i), shape.size()));
    RS_ASSIGN(ranges[axis], slice_range((*starts)[i], (*ends)[i], steps ? (*steps)[i] : 1, shape[axis]));
  }
  return ranges;
}

Result<std::vector<std::int64_t>> split_lengths(Importer& in, std::int64_t length) {
  RS_ASSIGN(auto given, in.list(1, "split"));
  const auto parts = static_cast<std::int64_t>(in.node().outputs.size());
  if (parts == 0) return invalid_argument("it has no outputs");
  std::vector<std::int64_t> lengths;
  if (given) {
    lengths = *std::move(given);
  } else {  // as equal as can be; the last is shorter
    RS_ASSIGN(const std::int64_t declared, in.node().integer("num_outputs", parts));
    if (declared != parts) return invalid_argument("num_outputs is {}, but it has {} outputs", declared, parts);
    const std::int64_t part = (length + parts - 1) / parts;
    for (std::int64_t at = 0; at < parts; ++at)
      lengths.push_back(std::clamp<std::int64_t>(length - at * part, 0, part));
  }
  std::int64_t left = length;
  for (const std::int64_t part : lengths) left = part < 0 || part > left ? -1 : left - part;
  if (left != 0 || static_cast<std::int64_t>(lengths.size()) != parts)
    return invalid_argument("its {} parts {} do not make up an axis of {}", parts, to_string(lengths), length);
  return lengths;
}

Status fold_slice(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto ranges, slice_ranges(in, x->shape));
  RS_ASSIGN(ConstantPtr y, sliced(*x, ranges, in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_split(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 0));
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, x->shape.size()));
  RS_ASSIGN(const auto lengths, split_lengths(in, x->shape[axis]));
  std::vector<SliceRange> ranges;
  for (const std::int64_t length : x->shape) ranges.push_back({0, length, 1});
  ranges[axis].size = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    ranges[axis].start += ranges[axis].size;
    ranges[axis].size = lengths[i];
    RS_ASSIGN(ConstantPtr part, sliced(*x, ranges, in.budget()));
    RS_TRY(in.set_output(i, std::move(part)));
  }
  return {};
}

Status fold_gather(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const ConstantPtr indices, in.constant(1, "indices"));
  if (!indices || indices->is_float()) return invalid_argument("its indices must be integers");
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 0));
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, x->shape.size()));
  Shape shape(x->shape.begin(), x->shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices->shape.begin(), indices->shape.end());
  shape.insert(shape.end(), x->shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x->shape.end());
  RS_ASSIGN(const std::int64_t count, checked_count(shape, NetworkLimits::kElementsPerTensor));
  RS_TRY(in.budget().allocate(count));
  const std::int64_t length = x->shape[axis];
  for (const std::int64_t index : indices->integers)
    if (index < -length || index >= length) return invalid_argument("index {} is outside an axis of {}", index, length);

  const Blocks b = blocks(x->shape, axis);
  const auto gather = [&](const auto& from) {
    std::vector<std::decay_t<decltype(from[0])>> to;
    to.reserve(static_cast<std::size_t>(count));
    for (std::int64_t outer = 0; count > 0 && outer < b.outer; ++outer)
      for (const std::int64_t index : indices->integers) {
        const std::int64_t at = (outer * length + (index < 0 ? index + length : index)) * b.inner;
        to.insert(to.end(), from.begin() + at, from.begin() + at + b.inner);
      }
    return to;
  };
  if (x->is_float()) return in.set_output(0, float_constant(std::move(shape), gather(x->floats->values())));
  return in.set_output(0, integer_constant(std::move(shape), gather(x->integers), x->type));
}

Status fold_concat(Importer& in) {
  std::vector<ConstantPtr> parts;
  for (std::size_t i = 0; i < in.input_count(); ++i) {
    RS_ASSIGN(ConstantPtr part, in.constant(i, "input"));
    if (!part) return invalid_argument("its input {} is missing", i);
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return invalid_argument("it has no inputs");
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", in.opset() < 4 ? 1 : 0));
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, parts[0]->shape.size()));
  Shape shape = parts[0]->shape;
  shape[axis] = 0;
  for (const ConstantPtr& part : parts) {
    Shape expected = shape;
    if (part->shape.size() == shape.size()) expected[axis] = part->shape[axis];
    if (part->shape != expected || part->is_float() != parts[0]->is_float())
      return invalid_argument("it cannot join {} to {} along axis {}", to_string(part->shape),
                              to_string(parts[0]->shape), axis);
    shape[axis] += part->shape[axis];
  }
  RS_ASSIGN(const std::int64_t count, checked_count(shape, NetworkLimits::kElementsPerTensor));
  RS_TRY(in.budget().allocate(count));

  const Blocks b = blocks(shape, axis);
  const auto join = [&](auto values_of, auto& to) {
    to.reserve(static_cast<std::size_t>(count));
    for (std::int64_t outer = 0; count > 0 && outer < b.outer; ++outer)
      for (const ConstantPtr& part : parts) {
        const std::int64_t run = part->shape[axis] * b.inner;
        const auto from = values_of(*part);
        to.insert(to.end(), from.begin() + outer * run, from.begin() + (outer + 1) * run);
      }
  };
  if (parts[0]->is_float()) {
    std::vector<float> values;
    join([](const Constant& c) { return c.floats->values(); }, values);
    return in.set_output(0, float_constant(std::move(shape), std::move(values)));
  }
  std::vector<std::int64_t> values;
  join([](const Constant& c) { return std::span<const std::int64_t>(c.integers); }, values);
  return in.set_output(0, integer_constant(std::move(shape), std::move(values), parts[0]->type));
}

Status fold_reduce(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto axes, reduced_axes(in, x->shape.size()));
  RS_ASSIGN(const std::int64_t keep, in.node().integer("keepdims", 1));
  if (x->size() == 0) return unimplemented("it reduces an empty tensor");
  RS_TRY(in.budget().compute(x->size()));

  Shape shape, kept = x->shape;
  for (std::size_t axis = 0; axis < kept.size(); ++axis) {
    const bool reduced = std::binary_search(axes.begin(), axes.end(), axis);
    if (reduced) kept[axis] = 1;
    if (!reduced || keep != 0) shape.push_back(kept[axis]);
  }
  std::vector<std::int64_t> strides = row_major_strides(kept);
  for (const std::size_t axis : axes) strides[axis] = 0;
  const std::vector<std::int64_t> from = row_major_strides(x->shape);
  const std::string& op = in.node().op;
  const bool products = op == "ReduceProd", most = op == "ReduceMax", least = op == "ReduceMin";

  RS_TRY(in.budget().allocate(element_count(kept)));
  std::vector<double> sums(static_cast<std::size_t>(element_count(kept)));
  std::vector<bool> begun(sums.size());
  for (std::int64_t i = 0; i < x->size(); ++i) {
    std::int64_t to = 0;
    for (std::size_t axis = 0; axis < strides.size(); ++axis) to += i / from[axis] % x->shape[axis] * strides[axis];
    const double value = x->number(static_cast<std::size_t>(i));
    double& sum = sums[static_cast<std::size_t>(to)];
    if (!begun[static_cast<std::size_t>(to)])
      sum = value;
    else if (products)
      sum *= value;
    else if (most)
      sum = std::max(sum, value);
    else if (least)
      sum = std::min(sum, value);
    else
      sum += value;
    begun[static_cast<std::size_t>(to)] = true;
  }
  const double share = static_cast<double>(sums.size()) / static_cast<double>(x->size());
  if (op == "ReduceMean")
    for (double& sum : sums) sum *= share;
  if (x->is_float()) return in.set_output(0, float_constant(std::move(shape), {sums.begin(), sums.end()}));
  for (const double sum : sums)
    if (!(std::abs(sum) < 0x1p53)) return invalid_argument("its result {} is too large", sum);
  return in.set_output(0, integer_constant(std::move(shape), {sums.begin(), sums.end()}, x->type));
}

Status fold_nonzero(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  const std::size_t rank = x->shape.size();
  RS_TRY(in.budget().compute(x->size()));
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < x->size(); ++i)
    if (x->number(static_cast<std::size_t>(i)) != 0) found.push_back(i);
  const auto count = static_cast<std::int64_t>(found.size());
  RS_TRY(in.budget().allocate(count * static_cast<std::int64_t>(rank)));
  const std::vector<std::int64_t> strides = row_major_strides(x->shape);
  std::vector<std::int64_t> positions;
  for (std::size_t axis = 0; axis < rank; ++axis)
    for (const std::int64_t i : found) positions.push_back(i / strides[axis] % x->shape[axis]);
  return in.set_output(0, integer_constant({static_cast<std::int64_t>(rank), count}, std::move(positions)));
}

}  // namespace roofscape::onnx_import
