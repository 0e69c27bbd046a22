// The pieces of constant folding that move elements without computing on them.
#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::onnx_import {
namespace {

template <typename T>
std::vector<T> take(std::span<const T> from, const Shape& shape, const std::vector<std::int64_t>& strides,
                    std::int64_t offset) {
  std::vector<T> to(static_cast<std::size_t>(element_count(shape)));
  std::vector<std::int64_t> index(shape.size());
  std::int64_t at = offset;
  for (T& element : to) {
    element = from[static_cast<std::size_t>(at)];
    for (std::size_t axis = shape.size(); axis-- > 0;) {  // the next index, last axis fastest
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return to;
}

QuantiserPtr moved_quantiser(const QuantiserPtr& quantiser, std::optional<std::size_t> channel_axis) {
  if (!quantiser || !quantiser->per_channel()) return quantiser;
  if (!channel_axis) return nullptr;
  auto moved = std::make_shared<Quantiser>(*quantiser);
  moved->axis = static_cast<int>(*channel_axis);
  return moved;
}

// The axis with as many elements before it, and as long, as the grid's axis has under the constant's own shape.
std::optional<std::size_t> channel_axis_under(const Constant& constant, const Shape& shape) {
  if (!constant.quantiser || !constant.quantiser->per_channel()) return std::nullopt;
  const auto axis = static_cast<std::size_t>(constant.quantiser->axis);
  std::int64_t before = 1;
  for (std::size_t i = 0; i < axis; ++i) before *= constant.shape[i];
  std::int64_t seen = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (seen == before && shape[i] == constant.shape[axis]) return i;
    seen *= shape[i];
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Result<ConstantPtr> strided(const Constant& constant, Shape shape, const std::vector<std::int64_t>& strides,
                            std::int64_t offset, Budget& budget, std::optional<std::size_t> channel_axis) {
  RS_ASSIGN(const std::int64_t count, checked_count(shape, NetworkLimits::kElementsPerTensor));
  RS_TRY(budget.allocate(count));
  auto moved = std::make_shared<Constant>();
  moved->shape = shape;
  moved->type = constant.type;
  moved->element_type = constant.element_type;
  moved->quantiser = moved_quantiser(constant.quantiser, channel_axis);
  if (constant.is_float())
    moved->floats = make_tensor(shape, take(constant.floats->values(), shape, strides, offset));
  else
    moved->integers = take(std::span<const std::int64_t>(constant.integers), shape, strides, offset);
  return ConstantPtr(std::move(moved));
}

Result<ConstantPtr> first_of_equal(const ConstantPtr& constant, std::size_t axis, Budget& budget) {
  const Shape& full = constant->shape;
  Shape shape = full;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  if (full[axis] == 1) return reshaped(constant, std::move(shape), budget);
  RS_TRY(budget.compute(constant->size()));
  std::vector<std::int64_t> strides = row_major_strides(full);
  const std::int64_t stride = strides[axis];
  for (std::int64_t i = 0; i < constant->size(); ++i) {
    const std::int64_t first = i - i / stride % full[axis] * stride;
    if (constant->number(static_cast<std::size_t>(i)) != constant->number(static_cast<std::size_t>(first)))
      return unimplemented(
          "a constant of shape {} differs along axis {}, which is the batch; each image must be "
          "treated alike",
          to_string(full), axis);
  }
  strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(axis));
  return strided(*constant, std::move(shape), strides, 0, budget);
}

Result<ConstantPtr> transposed(const ConstantPtr& constant, const std::vector<std::size_t>& permutation,
                               Budget& budget) {
  const std::vector<std::int64_t> strides = row_major_strides(constant->shape);
  Shape shape;
  std::vector<std::int64_t> permuted;
  for (const std::size_t axis : permutation) {
    shape.push_back(constant->shape[axis]);
    permuted.push_back(strides[axis]);
  }
  if (std::is_sorted(permutation.begin(), permutation.end())) return constant;
  std::optional<std::size_t> channel_axis;
  if (constant->quantiser && constant->quantiser->per_channel()) {
    const auto axis = static_cast<std::size_t>(constant->quantiser->axis);
    const auto at = std::find(permutation.begin(), permutation.end(), axis);
    channel_axis = static_cast<std::size_t>(at - permutation.begin());
  }
  return strided(*constant, std::move(shape), permuted, 0, budget, channel_axis);
}

Result<ConstantPtr> reshaped(const ConstantPtr& constant, Shape shape, Budget& budget) {
  if (shape == constant->shape) return constant;
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const auto channel_axis = channel_axis_under(*constant, shape);
  return strided(*constant, std::move(shape), strides, 0, budget, channel_axis);
}

Result<ConstantPtr> broadcast_to(const ConstantPtr& constant, const Shape& shape, Budget& budget) {
  if (shape == constant->shape) return constant;
  const std::vector<std::int64_t> from = row_major_strides(constant->shape);
  const std::size_t extra = shape.size() - std::min(shape.size(), from.size());
  std::vector<std::int64_t> strides(shape.size());
  for (std::size_t axis = extra; axis < shape.size(); ++axis)
    strides[axis] = constant->shape[axis - extra] == 1 ? 0 : from[axis - extra];
  return strided(*constant, shape, strides, 0, budget);
}

}  // namespace roofscape::onnx_import
