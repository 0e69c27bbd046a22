#include "analytics/approx/statistics_correction.h"

#include <cmath>

#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

constexpr double kLeastSpread = 1e-12;
constexpr double kMostGain = 4;  // a channel that has all but vanished is not blown up without limit

// Σ over the rows of a channel of the variance of w·x.
std::vector<double> variances(const WeightMatrix& matrix, std::vector<double> sums) {
  const auto samples = static_cast<double>(std::max<std::int64_t>(matrix.moments->samples, 1));
  const linear::Matrix gram = matrix.gram();
  const std::span<const double> totals = matrix.moments->totals_of(matrix.group);
  for (std::size_t r = 0; r < matrix.values.rows; ++r) {
    const std::span<const double> row = matrix.values.row(r);
    double square = 0;
    double mean = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      double product = 0;
      for (std::size_t j = 0; j < row.size(); ++j) product += gram(i, j) * row[j];
      square += row[i] * product;
      mean += row[i] * totals[i];
    }
    mean /= samples;
    sums[matrix.channel(r)] += std::max(square / samples - mean * mean, 0.0);
  }
  return sums;
}

void scale_channels(Tensor const& weight, int axis, std::span<const float> scales, std::span<const float> old,
                    std::vector<float>& values) {
  std::int64_t inner = 1;
  for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < weight.shape().size(); ++i) inner *= weight.shape()[i];
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t channel = static_cast<std::size_t>(static_cast<std::int64_t>(i) / inner) % scales.size();
    // A weight is scale·integer: the integer stays.
    values[i] = scales[channel] * std::nearbyint(values[i] / old[channel]);
  }
}

}  // namespace

Status correct_statistics(const Draft& draft, Layer& layer, const Tensor& original) {
  const QuantiserPtr grid = layer.arithmetic.weight;
  if (!grid || !grid->per_channel() || !grid->has_codes() || !grid->one_scale() || grid->axis != output_axis(layer))
    return {};
  Layer before = layer;
  before.constants[0] = make_tensor(original.shape(), {original.values().begin(), original.values().end()});
  std::vector<double> wanted(grid->scale.size(), 0.0), found(grid->scale.size(), 0.0);
  const std::vector<WeightMatrix> originals = weight_matrices(draft, before);
  const std::vector<WeightMatrix> rounded = weight_matrices(draft, layer);
  for (std::size_t i = 0; i < rounded.size(); ++i) {
    if (rounded[i].constant != 0) continue;
    if (!rounded[i].moments)
      return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                                 printable(layer.name));
    wanted = variances(originals[i], std::move(wanted));
    found = variances(rounded[i], std::move(found));
  }
  Quantiser corrected = *grid;
  for (std::size_t c = 0; c < corrected.scale.size(); ++c) {
    if (found[c] <= kLeastSpread || wanted[c] <= kLeastSpread) continue;
    corrected.scale[c] *= static_cast<float>(std::min(std::sqrt(wanted[c] / found[c]), kMostGain));
  }
  for (std::size_t i = 0; i < weight_count(layer); ++i) {
    const Tensor& weight = *layer.constants[i];
    std::vector<float> values(weight.values().begin(), weight.values().end());
    scale_channels(weight, grid->axis, corrected.scale, grid->scale, values);
    layer.constants[i] = make_tensor(weight.shape(), std::move(values));
  }
  layer.arithmetic.weight = std::make_shared<const Quantiser>(std::move(corrected));
  return {};
}

}  // namespace roofscape::approx
