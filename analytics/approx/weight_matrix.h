// A layer's weights as matrices: one row an output, one column an input of the dot product, as second-order methods
// want them. One matrix a group (of grouped and transposed convolutions) or a direction (of R of recurrent layers).
//
//   for (WeightMatrix& w : weight_matrices(draft, layer)) {
//     w.values = improve(w.values, w.gram());
//     w.write_to(values_of_the_constant);
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analytics/approx/curvatures.h"
#include "analytics/approx/method.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/matrix.h"

namespace roofscape::approx {

// Layers whose dot products are longer keep no second moments: their square would not fit.
inline constexpr std::int64_t kMostMomentColumns = 4096;

struct WeightMatrix {
  std::size_t constant = 0;  // index into Layer::constants
  linear::Matrix values;     // [rows, columns]
  // What its columns are multiplied with; null where it is not known.
  std::shared_ptr<const SecondMoments> moments;
  std::int64_t group = 0;                  // of the moments
  std::shared_ptr<Curvatures> curvatures;  // the draft's

  // Where row r and column c stand in the constant.
  std::size_t element(std::size_t row, std::size_t column) const {
    return offset + row * row_stride + column * column_stride;
  }
  // The channel of a quantiser along the weight's output axis to which a row belongs.
  std::size_t channel(std::size_t row) const { return (first_row + row) / rows_per_channel % channels; }
  void write_to(std::span<float> constant_values) const;
  // G = Σ x·xᵀ; needs moments.
  linear::Matrix gram() const;
  // H, damped, and its factor; needs moments.
  Result<CurvaturePtr> curvature(CurvatureOrder order) const;

  std::size_t offset = 0, row_stride = 0, column_stride = 1;
  std::size_t first_row = 0, rows_per_channel = 1, channels = 1;
};

// Σ (x − E[x])·(x − E[x])ᵀ of one group: what counts where the bias takes back the mean of the error.
linear::Matrix centred_gram(const SecondMoments& moments, std::int64_t group = 0);

// Of a layer with weights, in the order of its constants and groups.
std::vector<WeightMatrix> weight_matrices(const Draft& draft, const Layer& layer);

// Columns of the widest of them: inputs of a dot product.
std::int64_t moment_columns(const Layer& layer);
// Declines for `method` where a layer is too wide for second moments.
MaybeDecline declines_moments(std::string_view method, const Layer& layer);

// The axis of a weight tensor along which each output channel has a scale of its own.
int output_axis(const Layer& layer);
// The axis along which blocks with a shared exponent run: the inputs of the dot product.
int reduction_axis(const Layer& layer);
// How many of the leading constants are weights.
std::size_t weight_count(const Layer& layer);

}  // namespace roofscape::approx
