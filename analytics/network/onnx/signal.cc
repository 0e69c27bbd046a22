#include "analytics/network/onnx/signal.h"

namespace roofscape::onnx_import {

Shape image_shape(const Signal& signal) {
  Shape shape = signal.shape;
  if (signal.batch) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*signal.batch));
  return shape;
}

Result<std::size_t> checked_axis(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) return invalid_argument("axis {} is outside a tensor with {} axes", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

Result<std::int64_t> image_axis(const Signal& signal, std::int64_t axis) {
  RS_ASSIGN(const std::size_t index, checked_axis(axis, signal.rank()));
  if (signal.batch == index)
    return unimplemented("it works along axis {}, which is the batch; each image must stand alone", index);
  return static_cast<std::int64_t>(index) - (signal.batch && *signal.batch < index ? 1 : 0);
}

std::optional<std::size_t> batch_without(const Signal& signal, std::size_t axis) {
  if (!signal.batch || *signal.batch == axis) return std::nullopt;
  return *signal.batch - (axis < *signal.batch ? 1 : 0);
}

}  // namespace roofscape::onnx_import
