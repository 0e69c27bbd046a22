// Operators that move axes about. Most leave no layer behind: a signal only takes another shape.
#include <algorithm>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

// Product of the dimensions before `axis`.
std::int64_t before(const Shape& shape, std::size_t axis) {
  return element_count(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)));
}

// Finds the batch in `target`, which holds the file's batch size, and brings it down to 1. The batch axis is one with
// as many elements before it as there were; where there is none, the batch has merged into another axis, whose size
// is divided, and is implicit from then on.
Status reshape_batch(const Importer& in, const Signal& x, Shape& target, std::optional<std::size_t>& batch) {
  const std::int64_t size = in.batch_size();
  batch.reset();
  const std::int64_t ahead = x.batch ? before(x.shape, *x.batch) : 1;
  const auto fits = [&](std::size_t axis) {
    return axis < target.size() && target[axis] == size && before(target, axis) == ahead;
  };
  if (x.batch && fits(*x.batch)) batch = x.batch;
  for (std::size_t axis = 0; x.batch && !batch && axis < target.size(); ++axis)
    if (fits(axis)) batch = axis;
  if (batch) {
    target[*batch] = 1;
  } else if (size > 1) {
    const auto merged = std::find_if(target.begin(), target.end(), [&](std::int64_t dim) { return dim % size == 0; });
    if (merged == target.end())
      return unimplemented("it mixes the batch of {} into a shape of {}; each image must stand alone", size,
                           to_string(target));
    *merged /= size;
    if (*merged == 1 && !x.batch) batch = static_cast<std::size_t>(merged - target.begin());
  }
  return {};
}

// The same elements under another ONNX shape.
Status reshape_to(Importer& in, Signal x, Shape shape, std::optional<std::size_t> batch) {
  x.shape = std::move(shape);
  x.batch = batch;
  x.reshape_name = in.node().name;
  return in.set_output(0, std::move(x));
}

}  // namespace

Shape file_shape(const Importer& in, const Signal& x) {
  Shape shape = x.shape;
  if (x.batch) shape[*x.batch] = in.batch_size();
  return shape;
}

Status lower_reshape(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  const std::int64_t count = element_count(x.shape) * in.batch_size();
  RS_ASSIGN(Shape target, reshape_target(in, file_shape(in, x), count));
  std::optional<std::size_t> batch;
  RS_TRY(reshape_batch(in, x, target, batch));
  return reshape_to(in, std::move(x), std::move(target), batch);
}

Status lower_flatten(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const std::size_t axis, flatten_axis(in, x.rank()));
  const Shape shape = file_shape(in, x);
  const std::int64_t rows = before(shape, axis);
  Shape target{rows, element_count(x.shape) * (x.batch ? in.batch_size() : 1) / rows};
  if (!x.batch) return reshape_to(in, std::move(x), std::move(target), std::nullopt);
  std::optional<std::size_t> batch;
  RS_TRY(reshape_batch(in, x, target, batch));
  return reshape_to(in, std::move(x), std::move(target), batch);
}

Status lower_squeeze(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const auto axes, squeezed_axes(in, file_shape(in, x)));
  const bool named = in.has_input(1) || in.node().has("axes");
  for (std::size_t i = axes.size(); i-- > 0;) {  // from the last, so that those before keep their numbers
    if (x.batch == axes[i] && !named && in.batch_is_open()) continue;  // the batch is of size 1 only here
    x.batch = batch_without(x, axes[i]);
    x.shape.erase(x.shape.begin() + static_cast<std::ptrdiff_t>(axes[i]));
  }
  Shape shape = x.shape;
  const auto batch = x.batch;
  return reshape_to(in, std::move(x), std::move(shape), batch);
}

Status lower_unsqueeze(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const auto axes, unsqueezed_axes(in, x.rank()));
  for (const std::size_t axis : axes) {
    x.shape.insert(x.shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    if (x.batch && axis <= *x.batch) x.batch = *x.batch + 1;
  }
  Shape shape = x.shape;
  const auto batch = x.batch;
  return reshape_to(in, std::move(x), std::move(shape), batch);
}

Result<Signal> transpose(Importer& in, Signal x, const std::vector<std::size_t>& order) {
  Shape shape;
  std::optional<std::size_t> batch;
  std::vector<std::size_t> moved;  // axes longer than 1 in their new order
  op::Transpose transpose;         // without the batch
  for (std::size_t i = 0; i < order.size(); ++i) {
    shape.push_back(x.shape[order[i]]);
    if (x.shape[order[i]] != 1) moved.push_back(order[i]);
    if (x.batch == order[i]) {
      batch = i;
      continue;
    }
    RS_ASSIGN(const std::int64_t axis, image_axis(x, static_cast<std::int64_t>(order[i])));
    transpose.permutation.push_back(axis);
  }
  if (std::is_sorted(moved.begin(), moved.end())) {  // elements stay in their order
    x.shape = std::move(shape);
    x.batch = batch;
    x.reshape_name = in.node().name;
    return x;
  }
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(const LayerId layer, in.add(std::move(transpose), {image}));
  return Signal{.layer = layer, .shape = std::move(shape), .batch = batch};
}

Status lower_transpose(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const auto order, permutation(in, x.rank()));
  RS_ASSIGN(Signal y, transpose(in, std::move(x), order));
  return in.set_output(0, std::move(y));
}

Status lower_shape(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(ConstantPtr shape, shape_constant(in, file_shape(in, x)));
  return in.set_output(0, std::move(shape));
}

Status lower_size(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  return in.set_output(0, integer_constant({}, {element_count(x.shape) * in.batch_size()}));
}

}  // namespace roofscape::onnx_import
