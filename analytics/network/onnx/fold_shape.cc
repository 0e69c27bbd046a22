// Folding of what changes a shape, and the readings of such nodes' attributes that the lowering functions share.
#include <algorithm>
#include <numeric>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/importer.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::onnx_import {
namespace {

constexpr std::int64_t kMost = NetworkLimits::kElementsPerTensor;

Result<ConstantPtr> data(Importer& in) {
  RS_ASSIGN(ConstantPtr x, in.constant(0, "input"));
  if (!x) return invalid_argument("its input is missing");
  return x;
}

// Axes in a list, each once, ascending.
Result<std::vector<std::size_t>> axis_set(const std::vector<std::int64_t>& list, std::size_t rank) {
  std::vector<bool> named(rank);
  for (const std::int64_t axis : list) {
    RS_ASSIGN(const std::size_t index, checked_axis(axis, rank));
    if (named[index]) return invalid_argument("it names axis {} twice", index);
    named[index] = true;
  }
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis)
    if (named[axis]) axes.push_back(axis);
  return axes;
}

}  // namespace

Result<Shape> reshape_target(Importer& in, const Shape& shape, std::int64_t count) {
  RS_ASSIGN(auto list, in.list(1, "shape"));
  if (!list) return invalid_argument("its target shape is missing");
  RS_ASSIGN(const std::int64_t allow_zero, in.node().integer("allowzero", 0));
  Shape target = *std::move(list);
  if (target.size() > NetworkLimits::kRank)
    return resource_exhausted("its target shape has {} axes; at most {} are supported", target.size(),
                              NetworkLimits::kRank);
  std::optional<std::size_t> open;
  std::int64_t known = 1;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == -1) {
      if (open) return invalid_argument("its target shape {} leaves two axes open", to_string(target));
      open = i;
      continue;
    }
    if (target[i] == 0 && allow_zero == 0) {
      if (i >= shape.size())
        return invalid_argument("its target shape {} copies axis {}, which {} lacks", to_string(target), i,
                                to_string(shape));
      target[i] = shape[i];
    }
    if (target[i] < 0 || (target[i] > 0 && known > kMost / target[i]))
      return invalid_argument("its target shape {} is not valid", to_string(target));
    known *= target[i];
  }
  if (open) target[*open] = known > 0 ? count / known : 0;
  if (open ? known == 0 || count % known != 0 : known != count)
    return invalid_argument("it cannot shape the {} elements of {} as {}", count, to_string(shape), to_string(target));
  return target;
}

Result<std::vector<std::size_t>> squeezed_axes(Importer& in, const Shape& shape) {
  RS_ASSIGN(const auto list, in.list(1, "axes"));
  std::vector<std::size_t> axes;
  if (list) {
    RS_ASSIGN(axes, axis_set(*list, shape.size()));
  } else {
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      if (shape[axis] == 1) axes.push_back(axis);
  }
  for (const std::size_t axis : axes)
    if (shape[axis] != 1)
      return invalid_argument("it removes axis {} of {}, whose size is not 1", axis, to_string(shape));
  return axes;
}

Result<std::vector<std::size_t>> unsqueezed_axes(Importer& in, std::size_t rank) {
  RS_ASSIGN(const auto list, in.list(1, "axes"));
  if (!list) return invalid_argument("its axes are missing");
  if (rank + list->size() > NetworkLimits::kRank)
    return resource_exhausted("its output has {} axes; at most {} are supported", rank + list->size(),
                              NetworkLimits::kRank);
  return axis_set(*list, rank + list->size());
}

Result<std::size_t> flatten_axis(Importer& in, std::size_t rank) {
  RS_ASSIGN(const std::int64_t axis, in.node().integer("axis", 1));
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis > count) return invalid_argument("axis {} is outside a tensor with {} axes", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

Result<std::vector<std::size_t>> reduced_axes(Importer& in, std::size_t rank) {
  RS_ASSIGN(const auto list, in.list(1, "axes"));
  RS_ASSIGN(const std::int64_t nothing, in.node().integer("noop_with_empty_axes", 0));
  if (list && !list->empty()) return axis_set(*list, rank);
  std::vector<std::size_t> all(nothing != 0 ? 0 : rank);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

Result<std::vector<std::size_t>> permutation(Importer& in, std::size_t rank) {
  RS_ASSIGN(const auto list, in.node().integers("perm", {}));
  std::vector<std::size_t> order;
  if (!in.node().has("perm"))
    for (std::size_t axis = rank; axis-- > 0;) order.push_back(axis);
  for (const std::int64_t axis : list) {
    RS_ASSIGN(const std::size_t index, checked_axis(axis, rank));
    order.push_back(index);
  }
  std::vector<std::size_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t axis = 0; axis < std::max(sorted.size(), rank); ++axis)
    if (axis >= sorted.size() || sorted[axis] != axis)
      return invalid_argument("its permutation {} does not name each of {} axes once", to_string(list), rank);
  return order;
}

Status fold_identity(Importer& in) {
  RS_ASSIGN(ConstantPtr x, data(in));
  return in.set_output(0, std::move(x));
}

Status fold_reshape(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(Shape shape, reshape_target(in, x->shape, x->size()));
  RS_ASSIGN(ConstantPtr y, reshaped(x, std::move(shape), in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_flatten(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const std::size_t axis, flatten_axis(in, x->shape.size()));
  const auto middle = x->shape.begin() + static_cast<std::ptrdiff_t>(axis);
  Shape shape{element_count(Shape(x->shape.begin(), middle)), element_count(Shape(middle, x->shape.end()))};
  RS_ASSIGN(ConstantPtr y, reshaped(x, std::move(shape), in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_squeeze(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto axes, squeezed_axes(in, x->shape));
  Shape shape;
  for (std::size_t axis = 0; axis < x->shape.size(); ++axis)
    if (!std::binary_search(axes.begin(), axes.end(), axis)) shape.push_back(x->shape[axis]);
  RS_ASSIGN(ConstantPtr y, reshaped(x, std::move(shape), in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_unsqueeze(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto axes, unsqueezed_axes(in, x->shape.size()));
  Shape shape = x->shape;
  for (const std::size_t axis : axes) shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  RS_ASSIGN(ConstantPtr y, reshaped(x, std::move(shape), in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_transpose(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto order, permutation(in, x->shape.size()));
  RS_ASSIGN(ConstantPtr y, transposed(x, order, in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_expand(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto target, in.list(1, "shape"));
  if (!target) return invalid_argument("its target shape is missing");
  RS_TRY(checked_count(*target, kMost).status());
  RS_ASSIGN(const Shape shape, broadcast_shapes(x->shape, *target));
  RS_ASSIGN(ConstantPtr y, broadcast_to(x, shape, in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_tile(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(const auto repeats, in.list(1, "repeats"));
  if (!repeats || repeats->size() != x->shape.size())
    return invalid_argument("it needs one number of repeats for each of {} axes", x->shape.size());
  // As a broadcast of [1, d0, 1, d1, …] to [r0, d0, r1, d1, …].
  Shape wide, result;
  std::vector<std::int64_t> strides;
  const std::vector<std::int64_t> from = row_major_strides(x->shape);
  RS_TRY(checked_count(*repeats, kMost).status());
  for (std::size_t axis = 0; axis < from.size(); ++axis) {
    wide.insert(wide.end(), {(*repeats)[axis], x->shape[axis]});
    strides.insert(strides.end(), {0, from[axis]});
    result.push_back((*repeats)[axis] * x->shape[axis]);
  }
  RS_TRY(checked_count(result, kMost).status());
  if (wide.size() > NetworkLimits::kRank)
    return unimplemented("it tiles {} axes; at most {} are supported", from.size(), NetworkLimits::kRank / 2);
  RS_ASSIGN(ConstantPtr tiled, strided(*x, std::move(wide), strides, 0, in.budget()));
  RS_ASSIGN(ConstantPtr y, reshaped(tiled, std::move(result), in.budget()));
  return in.set_output(0, std::move(y));
}

Status fold_shape(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  RS_ASSIGN(ConstantPtr y, shape_constant(in, x->shape));
  return in.set_output(0, std::move(y));
}

Status fold_size(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, data(in));
  return in.set_output(0, integer_constant({}, {x->size()}));
}

Result<ConstantPtr> shape_constant(Importer& in, const Shape& shape) {
  RS_ASSIGN(std::int64_t start, in.node().integer("start", 0));
  RS_ASSIGN(std::int64_t end, in.node().integer("end", static_cast<std::int64_t>(shape.size())));
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto clamp = [&](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + rank : i, 0, rank); };
  start = clamp(start);
  end = std::max(start, clamp(end));
  return integer_constant({end - start}, {shape.begin() + start, shape.begin() + end});
}

}  // namespace roofscape::onnx_import
