#include "analytics/zoo/builder.h"

#include <cmath>

#include "analytics/network/shape_inference.h"

namespace roofscape::zoo {
namespace {

std::string kind_name(Kind kind) {
  std::string name = operation_name(op::Activation{kind});
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

}  // namespace

std::array<std::int64_t, 4> Window::padding() const {
  if (pad) return *pad;
  const std::int64_t rows = (kernel[0] - 1) / 2, columns = (kernel[1] - 1) / 2;
  return {rows, columns, rows, columns};
}

Builder::Builder(Shape input) {
  shapes_.push_back(input);
  network_.input(std::move(input));
}

void Builder::part(std::string name) {
  part_ = std::move(name);
  numbers_.clear();
}

LayerId Builder::add(std::string_view kind, Operation operation, std::vector<LayerId> inputs,
                     std::vector<TensorPtr> constants) {
  const int number = ++numbers_[std::string(kind)];
  std::string name = part_.empty() ? fmt::format("{}{}", kind, number) : fmt::format("{}.{}{}", part_, kind, number);
  const LayerId id = network_.add(std::move(name), std::move(operation), std::move(inputs), std::move(constants));
  std::vector<Shape> shapes;
  for (const LayerId input : network_.layer(id).inputs) shapes.push_back(shape(input));
  Result<Shape> inferred = infer_output_shape(network_.layer(id), shapes);
  RS_CHECK(inferred.ok());
  shapes_.push_back(std::move(*inferred));
  return id;
}

LayerId Builder::conv(LayerId x, std::int64_t filters, const Window& window) {
  op::Conv conv;
  conv.stride = {window.stride, window.stride};
  conv.pad = window.padding();
  conv.groups = window.groups;
  const Shape weight{filters, channels(x) / window.groups, window.kernel[0], window.kernel[1]};
  return add("conv", conv, {x}, {shape_only_tensor(weight), shape_only_tensor({filters})});
}

LayerId Builder::depthwise(LayerId x, std::int64_t kernel, std::int64_t stride) {
  return conv(x, channels(x), {.kernel = {kernel, kernel}, .stride = stride, .groups = channels(x)});
}

LayerId Builder::dense(LayerId x, std::int64_t outputs, bool bias) {
  return add("fc", op::Dense{}, {x},
             {shape_only_tensor({outputs, shape(x).back()}), bias ? shape_only_tensor({outputs}) : nullptr});
}

LayerId Builder::activation(LayerId x, Kind kind) { return add(kind_name(kind), op::Activation{kind}, {x}); }

LayerId Builder::relu6(LayerId x) { return add("relu", op::Activation{Kind::kClip, 0, 6}, {x}); }

LayerId Builder::scale_shift(LayerId x, std::int64_t axis) {
  const Shape each{shape(x)[static_cast<std::size_t>(axis)]};
  return add("norm", op::Affine{axis}, {x}, {shape_only_tensor(each), shape_only_tensor(each)});
}

LayerId Builder::layer_norm(LayerId x, std::int64_t axis) {
  constexpr float kEpsilon = 1e-5F;
  const LayerId centred = add("sub", op::Binary{op::Binary::Kind::kSub}, {x, add("mean", op::ReduceMean{{axis}}, {x})});
  const LayerId variance = add("mean", op::ReduceMean{{axis}}, {activation(centred, Kind::kSquare)});
  const LayerId deviation = activation(with_number(variance, op::Binary::Kind::kAdd, kEpsilon), Kind::kSqrt);
  return scale_shift(add("div", op::Binary{op::Binary::Kind::kDiv}, {centred, deviation}), axis);
}

LayerId Builder::max_pool(LayerId x, std::int64_t kernel, std::int64_t stride, std::int64_t pad, bool ceil_mode) {
  op::Pool pool;
  pool.kernel = {kernel, kernel};
  pool.stride = {stride, stride};
  pool.pad = {pad, pad, pad, pad};
  pool.ceil_mode = ceil_mode;
  return add("maxpool", pool, {x});
}

LayerId Builder::average_pool(LayerId x, std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  op::Pool pool;
  pool.kind = op::Pool::Kind::kAverage;
  pool.kernel = {kernel, kernel};
  pool.stride = {stride, stride};
  pool.pad = {pad, pad, pad, pad};
  return add("avgpool", pool, {x});
}

LayerId Builder::global_pool(LayerId x) {
  op::Pool pool;
  pool.kind = op::Pool::Kind::kAverage;
  pool.kernel = {shape(x)[1], shape(x)[2]};
  pool.global = true;
  return add("avgpool", pool, {x});
}

LayerId Builder::with_number(LayerId x, op::Binary::Kind kind, float number) {
  return add("number", op::Binary{kind}, {x}, {make_tensor({1}, {number})});
}

LayerId Builder::concat(std::vector<LayerId> inputs, std::int64_t axis) {
  return add("concat", op::Concat{axis}, std::move(inputs));
}

LayerId Builder::slice(LayerId x, std::int64_t axis, std::int64_t start, std::int64_t size) {
  const Shape& whole = shape(x);
  op::Slice slice{std::vector<std::int64_t>(whole.size(), 0), whole, std::vector<std::int64_t>(whole.size(), 1)};
  slice.start[static_cast<std::size_t>(axis)] = start;
  slice.size[static_cast<std::size_t>(axis)] = size;
  return add("slice", std::move(slice), {x});
}

LayerId Builder::gather(LayerId x, std::vector<std::int64_t> indices) {
  const Shape shape{static_cast<std::int64_t>(indices.size())};
  return add("gather", op::Gather{0, std::move(indices), shape}, {x});
}

LayerId Builder::transpose(LayerId x, std::vector<std::int64_t> order) {
  return add("transpose", op::Transpose{std::move(order)}, {x});
}

}  // namespace roofscape::zoo
