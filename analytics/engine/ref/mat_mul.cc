// Product of two activations, leading axes broadcast; axes that numpy adds to vectors are added here, too.
#include <algorithm>

#include "analytics/engine/integer/accumulator.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/epilogue.h"
#include "analytics/engine/ref/broadcast.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

struct Geometry {
  std::int64_t rows = 1, inner = 1, columns = 1;
  std::int64_t left_elements = 0, right_elements = 0, output_elements = 0;
  std::vector<std::int32_t> left_matrix, right_matrix;  // which matrix of each operand makes the i-th of the result
};

Geometry geometry_of(const Site& site) {
  Shape left = site.inputs[0];
  Shape right = site.inputs[1];
  Geometry g;
  g.left_elements = element_count(left);
  g.right_elements = element_count(right);
  g.output_elements = element_count(site.output());
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  g.rows = left[left.size() - 2];
  g.inner = left.back();
  g.columns = right.back();
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  Shape lead(std::max(left.size(), right.size()), 1);
  for (std::size_t d = 0; d < lead.size(); ++d) {
    const auto size = [&](const Shape& s) { return d + s.size() < lead.size() ? 1 : s[d + s.size() - lead.size()]; };
    lead[d] = size(left) == 1 ? size(right) : size(left);
  }
  g.left_matrix = broadcast_indices(left, lead);
  g.right_matrix = broadcast_indices(right, lead);
  return g;
}

// result(index of the row's first element in the left operand, of the column's first in the right one)
template <typename ResultOf>
void for_each_output(const Geometry& g, std::int64_t count, void* output, ResultOf result) {
  for (std::int64_t n = 0; n < count; ++n) {
    float* out = image_of(output, n, g.output_elements);
    for (std::size_t m = 0; m < g.left_matrix.size(); ++m)
      for (std::int64_t row = 0; row < g.rows; ++row)
        for (std::int64_t column = 0; column < g.columns; ++column)
          *out++ = result(n * g.left_elements + (g.left_matrix[m] * g.rows + row) * g.inner,
                          n * g.right_elements + g.right_matrix[m] * g.inner * g.columns + column);
  }
}

std::unique_ptr<Step> float_step(Geometry geometry) {
  return make_step([g = std::move(geometry)](std::int64_t count, const Buffers& buffers) {
    const auto* left = static_cast<const float*>(buffers.inputs[0]);
    const auto* right = static_cast<const float*>(buffers.inputs[1]);
    for_each_output(g, count, buffers.output, [&](std::int64_t a, std::int64_t b) {
      float sum = 0;
      for (std::int64_t i = 0; i < g.inner; ++i) sum += left[a + i] * right[b + i * g.columns];
      return sum;
    });
  });
}

// Largest |q − z|.
std::int64_t largest(const Quantiser& quantiser) {
  const std::int64_t zero = quantiser.zero_point[0];
  return std::max(quantiser.format.highest() - zero, zero - quantiser.format.lowest());
}

std::unique_ptr<Step> integer_step(Geometry geometry, const Layer& layer) {
  const Quantiser& left = *layer.arithmetic.input(0);
  const Quantiser& right = *layer.arithmetic.input(1);
  const auto accumulator = limiting_accumulator(layer, geometry.inner * largest(left) * largest(right));
  return make_step([g = std::move(geometry), accumulator, left_zero = left.zero_point[0],
                    right_zero = right.zero_point[0], scale = left.scale[0] * right.scale[0],
                    left_element = code_element(left.format),
                    right_element = code_element(right.format)](std::int64_t count, const Buffers& buffers) {
    std::int64_t overflows = 0;
    for_each_output(g, count, buffers.output, [&](std::int64_t a, std::int64_t b) {
      LimitedSum sum(accumulator);
      for (std::int64_t i = 0; i < g.inner; ++i)
        sum.add((code_at(buffers.inputs[0], left_element, a + i) - left_zero) *
                (code_at(buffers.inputs[1], right_element, b + i * g.columns) - right_zero));
      overflows += sum.overflowed() ? 1 : 0;
      return integer_result(sum.value(), scale, 0);
    });
    buffers.count_overflows(overflows);
  });
}

class RefMatMul final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    return is_integer_layer(*site.layer) ? integer_step(geometry_of(site), *site.layer) : float_step(geometry_of(site));
  }
};

}  // namespace

const Kernel& ref_mat_mul() {
  static const RefMatMul kernel;
  return kernel;
}

}  // namespace roofscape::engine
