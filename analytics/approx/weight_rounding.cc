#include "analytics/approx/weight_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/approx/weight_matrix.h"
#include "analytics/arith/block_quantise.h"
#include "analytics/arith/element.h"
#include "analytics/arith/quantise_fast.h"
#include "analytics/base/text.h"
#include "analytics/linear/coordinate_rounding.h"
#include "analytics/linear/sweep.h"

namespace roofscape::approx {
namespace {

void round_to_nearest(TensorPtr& weight, const Quantiser& grid) {
  std::vector<float> values(weight->values().size());
  fake_quantise_tensor(weight->values(), weight->shape(), grid, values);
  weight = make_tensor(weight->shape(), std::move(values));
}

// The grid of each element of one weight matrix. In blocks, exponents are those of the original weights: what is
// rounded on them stays on the grid of its own exponents, which can only be finer.
class ElementGrid {
 public:
  ElementGrid(const Quantiser& grid, const WeightMatrix& matrix, const Tensor& weight) : matrix_(matrix), grid_(grid) {
    if (grid.format.block() != 0) find_exponents(weight);
  }

  float nearest(std::size_t row, std::size_t column, double value) const {
    const auto x = static_cast<float>(value);
    if (scales_.empty()) return grid_.fake(x, grid_.per_channel() ? matrix_.channel(row) : 0);
    const float scale = scales_[matrix_.element(row, column)];
    return scale * round_to_element(x / scale, grid_.format.element());
  }

  // The next values on the grid around one of its values.
  linear::Neighbours neighbours(std::size_t row, std::size_t column, double value) const {
    return {next(row, column, value, -1), next(row, column, value, 1)};
  }

 private:
  void find_exponents(const Tensor& weight) {
    // Scales as values: the largest magnitude of each block, found by a format that keeps nothing else.
    scales_.resize(weight.values().size());
    const Shape& shape = weight.shape();
    std::int64_t inner = 1;
    for (std::size_t i = static_cast<std::size_t>(grid_.axis) + 1; i < shape.size(); ++i) inner *= shape[i];
    const std::int64_t length = shape[static_cast<std::size_t>(grid_.axis)];
    for (std::int64_t i = 0; i < weight.size(); ++i) {
      const std::int64_t along = i / inner % length;
      const std::int64_t first = i - along % grid_.format.block() * inner;
      const std::int64_t count =
          std::min<std::int64_t>(grid_.format.block(), length - along / grid_.format.block() * grid_.format.block());
      float largest = 0;
      for (std::int64_t k = 0; k < count; ++k)
        largest = std::max(largest, std::abs(weight.values()[static_cast<std::size_t>(first + k * inner)]));
      scales_[static_cast<std::size_t>(i)] = std::ldexp(1.0F, shared_exponent(largest, grid_.format));
    }
  }

  // Grows a probe until it rounds to something else: grids need not be even.
  double next(std::size_t row, std::size_t column, double value, int direction) const {
    double step = std::max(std::abs(value) * 1e-3, 1e-12);
    for (int i = 0; i < 64; ++i, step *= 1.5) {
      const double found = static_cast<double>(nearest(row, column, value + direction * step));
      if (found != value) return found;
    }
    return value;
  }

  const WeightMatrix& matrix_;
  const Quantiser& grid_;
  std::vector<float> scales_;
};

// Rounds one matrix in place.
Status round_matrix(WeightMatrix& matrix, const ElementGrid& grid, WeightRounding rounding) {
  RS_ASSIGN(const CurvaturePtr curvature, matrix.curvature(CurvatureOrder::kDescending));
  const linear::Mask frozen = linear::nonzero_mask(matrix.values);
  linear::SweepOptions options;
  options.rule = [&](std::size_t column, std::span<const double> values, std::span<double> result) {
    for (std::size_t row = 0; row < values.size(); ++row) result[row] = grid.nearest(row, column, values[row]);
  };
  options.frozen = &frozen;
  options.descending = true;
  RS_ASSIGN(linear::Swept swept, linear::sweep(matrix.values, curvature->hessian, curvature->factor, options));
  if (rounding == WeightRounding::kCoordinate) {
    swept.weights = linear::coordinate_rounding(matrix.values, swept.weights, curvature->hessian.values,
                                                [&](std::size_t row, std::size_t column, double value) {
                                                  if (!frozen(row, column)) return linear::Neighbours{value, value};
                                                  return grid.neighbours(row, column, value);
                                                });
  }
  matrix.values = std::move(swept.weights);
  return {};
}

}  // namespace

KnobSpec rounding_knob() {
  return KnobSpec::choice("rounding",
                          "nearest: each weight for itself; second-order (GPTQ) and coordinate (AdaRound's objective): "
                          "so that the layer's outputs move least",
                          {"nearest", "second-order", "coordinate"}, "nearest")
      .about_values_alone();
}

WeightRounding rounding_of(const Knobs& knobs) {
  const std::string& value = word(knobs, "rounding");
  return value == "nearest"        ? WeightRounding::kNearest
         : value == "second-order" ? WeightRounding::kSecondOrder
                                   : WeightRounding::kCoordinate;
}

Status round_weights(const Draft& draft, Layer& layer, const Quantiser& grid, WeightRounding rounding) {
  if (rounding == WeightRounding::kNearest) {
    for (std::size_t i = 0; i < weight_count(layer); ++i) round_to_nearest(layer.constants[i], grid);
    return {};
  }
  std::vector<std::vector<float>> rounded(weight_count(layer));
  for (WeightMatrix& matrix : weight_matrices(draft, layer)) {
    const Tensor& weight = *layer.constants[matrix.constant];
    std::vector<float>& values = rounded[matrix.constant];
    if (values.empty()) {
      values.resize(weight.values().size());
      fake_quantise_tensor(weight.values(), weight.shape(), grid, values);
    }
    if (!matrix.moments && matrix.constant == 0)
      return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                                 printable(layer.name));
    if (!matrix.moments) continue;
    RS_TRY(round_matrix(matrix, ElementGrid(grid, matrix, weight), rounding));
    matrix.write_to(values);
  }
  for (std::size_t i = 0; i < rounded.size(); ++i)
    layer.constants[i] = make_tensor(layer.constants[i]->shape(), std::move(rounded[i]));
  return {};
}

}  // namespace roofscape::approx
