// MatMul and Gemm: a dense layer where one operand is a constant, a product of activations where none is.
#include <algorithm>
#include <numeric>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

// x[…, i] times w[i, o], as a dense layer on the last axis.
Result<Signal> dense(Importer& in, Signal x, const ConstantPtr& weight_oi) {
  if (x.rank() == 0) return invalid_argument("it multiplies a single number by a matrix");
  RS_TRY(image_axis(x, -1).status());
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(op::Dense{}, {image}, {as_tensor(*weight_oi), nullptr}));
  in.layer(x.layer).arithmetic.weight = weight_oi->quantiser;
  x.shape.back() = weight_oi->shape[0];
  x.sole = true;
  return x;
}

// A constant of rank 1, or one whose leading axes are all 1, as a matrix; `as_column` says how rank 1 stands.
Result<ConstantPtr> as_matrix(Importer& in, const ConstantPtr& c, bool as_column) {
  Shape shape = c->shape;
  if (shape.size() == 1) shape.insert(as_column ? shape.end() : shape.begin(), 1);
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() != 2)
    return unimplemented(
        "its constant operand {} is no matrix: a product with a different matrix for each index is "
        "not supported",
        to_string(c->shape));
  return reshaped(c, std::move(shape), in.budget());
}

std::vector<std::size_t> swap_last_two(std::size_t rank) {
  std::vector<std::size_t> order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[rank - 1], order[rank - 2]);
  return order;
}

// Gives a signal leading axes of size 1 up to `rank`.
void widen(Signal& x, std::size_t rank) {
  while (x.rank() < rank) {
    x.shape.insert(x.shape.begin(), 1);
    if (x.batch) x.batch = *x.batch + 1;
  }
}

Result<Signal> times_constant(Importer& in, const Signal& a, const ConstantPtr& b) {
  RS_ASSIGN(ConstantPtr matrix, as_matrix(in, b, /*as_column=*/true));
  RS_ASSIGN(matrix, transposed(matrix, {1, 0}, in.budget()));
  RS_ASSIGN(Signal y, dense(in, a, matrix));
  if (b->shape.size() == 1) y.shape.pop_back();
  widen(y, b->shape.size());
  return y;
}

// A·x = (xᵀ·Aᵀ)ᵀ
Result<Signal> constant_times(Importer& in, const ConstantPtr& a, Signal b) {
  RS_ASSIGN(const ConstantPtr matrix, as_matrix(in, a, /*as_column=*/false));
  const bool vector = b.rank() == 1;
  if (vector) b.shape.push_back(1);
  const auto order = swap_last_two(b.rank());
  RS_ASSIGN(b, transpose(in, std::move(b), order));
  RS_ASSIGN(b, dense(in, std::move(b), matrix));
  RS_ASSIGN(b, transpose(in, std::move(b), order));
  if (a->shape.size() == 1) {
    if (b.batch) b.batch = batch_without(b, b.rank() - 2);
    b.shape.erase(b.shape.end() - 2);
  }
  if (vector) b.shape.pop_back();
  widen(b, a->shape.size());
  return b;
}

// The image of an operand of a product, once the batch lies `batch` axes from the right in both.
Result<LayerId> matrix_image(Importer& in, const Signal& x, std::optional<std::size_t> batch) {
  if (!batch || *batch >= x.rank()) return in.image(x);
  RS_ASSIGN(const Shape shape, in.shape_without_batch(x, x.rank() - 1 - *batch));
  return in.with_shape(x, shape);
}

Result<Signal> product(Importer& in, Signal a, Signal b) {
  if (a.rank() == 0 || b.rank() == 0) return invalid_argument("it multiplies a single number by a matrix");
  const bool row = a.rank() == 1, column = b.rank() == 1;
  if (row) widen(a, 2);
  if (column) b.shape.push_back(1);
  const auto from_right = [](const Signal& x) {
    return x.batch ? std::optional<std::size_t>(x.rank() - 1 - *x.batch) : std::nullopt;
  };
  const auto batch = a.batch ? from_right(a) : from_right(b);
  if (batch && (*batch < 2 || (b.batch && from_right(b) != batch)))
    return unimplemented("the batch is an axis of the matrices {} and {}, or lies at different axes of them",
                         to_string(a.shape), to_string(b.shape));
  RS_ASSIGN(const LayerId left, matrix_image(in, a, batch));
  RS_ASSIGN(const LayerId right, matrix_image(in, b, batch));
  RS_ASSIGN(const LayerId layer, in.add(op::MatMul{}, {left, right}));
  Signal y{.layer = layer, .shape = in.layer_shape(layer)};
  if (batch) {
    widen(y, *batch);
    y.shape.insert(y.shape.end() - static_cast<std::ptrdiff_t>(*batch), 1);
    y.batch = y.rank() - 1 - *batch;
  }
  if (column) y.shape.pop_back();
  if (row) y.shape.erase(y.shape.end() - (column ? 1 : 2));
  if (y.batch && (row || column)) y.batch = *y.batch;  // leading axes keep their numbers
  return y;
}

Result<Value> transposed_value(Importer& in, Value v) {
  if (const ConstantPtr* c = std::get_if<ConstantPtr>(&v)) {
    RS_ASSIGN(ConstantPtr t, transposed(*c, {1, 0}, in.budget()));
    return Value(std::move(t));
  }
  RS_ASSIGN(Signal t, transpose(in, std::get<Signal>(std::move(v)), {1, 0}));
  return Value(std::move(t));
}

Result<ConstantPtr> scaled(Importer& in, const ConstantPtr& c, float factor) {
  if (factor == 1) return c;
  RS_ASSIGN(std::vector<float> values, in.new_values(c->size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(c->number(i)) * factor;
  return float_constant(c->shape, std::move(values));
}

Result<Value> scaled_value(Importer& in, Value v, float factor) {
  if (factor == 1) return v;
  if (const ConstantPtr* c = std::get_if<ConstantPtr>(&v)) {
    RS_ASSIGN(ConstantPtr s, scaled(in, *c, factor));
    return Value(std::move(s));
  }
  RS_ASSIGN(Signal s, combine(in, op::Binary::Kind::kMul, v, float_constant({}, {factor})));
  return Value(std::move(s));
}

}  // namespace

Result<Signal> multiply(Importer& in, const Value& a, const Value& b) {
  const Signal *left = std::get_if<Signal>(&a), *right = std::get_if<Signal>(&b);
  if (left != nullptr && right != nullptr) return product(in, *left, *right);
  if (left != nullptr) return times_constant(in, *left, std::get<ConstantPtr>(b));
  return constant_times(in, std::get<ConstantPtr>(a), *right);
}

Status lower_matmul(Importer& in) {
  RS_ASSIGN(const Value a, in.value(0));
  RS_ASSIGN(const Value b, in.value(1));
  RS_ASSIGN(Signal y, multiply(in, a, b));
  return in.set_output(0, std::move(y));
}

Result<Signal> gemm(Importer& in, Value a, Value b, std::optional<Value> c) {
  Value operands[2] = {std::move(a), std::move(b)};
  for (std::size_t i = 0; i < 2; ++i) {
    const Signal* signal = std::get_if<Signal>(&operands[i]);
    const Shape& shape = signal != nullptr ? signal->shape : std::get<ConstantPtr>(operands[i])->shape;
    if (shape.size() != 2) return invalid_argument("its input {} is {}; a matrix is needed", i, to_string(shape));
    RS_ASSIGN(const std::int64_t transpose, in.node().integer(i == 0 ? "transA" : "transB", 0));
    if (transpose != 0) {
      RS_ASSIGN(operands[i], transposed_value(in, std::move(operands[i])));
    }
  }
  RS_ASSIGN(const float alpha, in.node().real("alpha", 1));
  RS_ASSIGN(const float beta, in.node().real("beta", 1));
  const std::size_t scaled_one = std::holds_alternative<ConstantPtr>(operands[0]) ? 0 : 1;
  RS_ASSIGN(operands[scaled_one], scaled_value(in, std::move(operands[scaled_one]), alpha));
  RS_ASSIGN(Signal y, multiply(in, operands[0], operands[1]));
  if (c && beta != 0) {
    RS_ASSIGN(const Value addend, scaled_value(in, *std::move(c), beta));
    RS_ASSIGN(y, combine(in, op::Binary::Kind::kAdd, y, addend));
  }
  return y;
}

Status lower_gemm(Importer& in) {
  RS_ASSIGN(Value a, in.value(0));
  RS_ASSIGN(Value b, in.value(1));
  std::optional<Value> c;
  if (in.has_input(2)) {
    RS_ASSIGN(c, in.value(2));
  }
  RS_ASSIGN(Signal y, gemm(in, std::move(a), std::move(b), std::move(c)));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
