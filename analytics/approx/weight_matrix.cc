#include "analytics/approx/weight_matrix.h"

#include <algorithm>

#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

using Moments = std::shared_ptr<const SecondMoments>;

Moments moments_in(const std::map<std::string, Moments, std::less<>>& all, const Layer& layer) {
  const auto found = all.find(layer.name);
  return found == all.end() ? nullptr : found->second;
}

void read(WeightMatrix& matrix, const Tensor& tensor, std::size_t rows, std::size_t columns) {
  matrix.values = linear::Matrix(rows, columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      matrix.values(r, c) = static_cast<double>(tensor.values()[matrix.element(r, c)]);
}

// Rows one after another, `groups` equal parts of them: [O, C/groups, kh, kw], [O, I], [D, G·H, I].
void add_rows(const Tensor& tensor, std::size_t constant, std::size_t rows, std::size_t groups, std::size_t channels,
              const Moments& moments, std::vector<WeightMatrix>& all) {
  const auto columns = static_cast<std::size_t>(tensor.size()) / std::max<std::size_t>(rows, 1);
  const std::size_t group_rows = rows / groups;
  for (std::size_t group = 0; group < groups; ++group) {
    WeightMatrix& matrix = all.emplace_back();
    matrix.constant = constant;
    matrix.moments = moments;
    matrix.group = moments && moments->groups > 1 ? static_cast<std::int64_t>(group) : 0;
    matrix.first_row = group * group_rows;
    matrix.offset = matrix.first_row * columns;
    matrix.row_stride = columns;
    matrix.channels = channels;
    read(matrix, tensor, group_rows, columns);
  }
}

// [C, O/groups, kh, kw]: a row is an output channel and a tap, a column an input channel.
void add_transposed(const op::ConvTranspose& conv, const Tensor& tensor, const Moments& moments,
                    std::vector<WeightMatrix>& all) {
  const auto inputs = static_cast<std::size_t>(tensor.shape()[0]);
  const auto outputs = static_cast<std::size_t>(tensor.shape()[1]);
  const auto groups = static_cast<std::size_t>(conv.groups);
  const std::size_t rows = static_cast<std::size_t>(tensor.size()) / std::max<std::size_t>(inputs, 1);
  for (std::size_t group = 0; group < groups; ++group) {
    WeightMatrix& matrix = all.emplace_back();
    matrix.moments = moments;
    matrix.group = static_cast<std::int64_t>(group);
    matrix.offset = group * (inputs / groups) * rows;
    matrix.row_stride = 1;
    matrix.column_stride = rows;
    matrix.rows_per_channel = rows / std::max<std::size_t>(outputs, 1);
    matrix.channels = outputs;
    read(matrix, tensor, rows, inputs / groups);
  }
}

}  // namespace

void WeightMatrix::write_to(std::span<float> constant_values) const {
  for (std::size_t r = 0; r < values.rows; ++r)
    for (std::size_t c = 0; c < values.columns; ++c) constant_values[element(r, c)] = static_cast<float>(values(r, c));
}

linear::Matrix WeightMatrix::gram() const {
  RS_CHECK(moments != nullptr && static_cast<std::size_t>(moments->columns) == values.columns);
  return approx::gram(*moments, group);
}

Result<CurvaturePtr> WeightMatrix::curvature(CurvatureOrder order) const {
  RS_CHECK(moments != nullptr && static_cast<std::size_t>(moments->columns) == values.columns);
  return curvatures->of(moments, group, order);
}

linear::Matrix centred_gram(const SecondMoments& moments, std::int64_t group) {
  const auto n = static_cast<std::size_t>(moments.columns);
  const auto samples = static_cast<double>(std::max<std::int64_t>(moments.samples, 1));
  const std::span<const double> sums = moments.sums_of(group);
  const std::span<const double> totals = moments.totals_of(group);
  linear::Matrix gram(n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) gram(i, j) = sums[i * n + j] - totals[i] * totals[j] / samples;
  return gram;
}

std::vector<WeightMatrix> weight_matrices(const Draft& draft, const Layer& layer) {
  std::vector<WeightMatrix> all;
  const Moments moments = moments_in(draft.calibration.moments, layer);
  const Tensor& weight = *layer.constants[0];
  const auto rows = static_cast<std::size_t>(weight.shape()[0]);
  if (const auto* conv = layer.as<op::Conv>()) {
    add_rows(weight, 0, rows, static_cast<std::size_t>(conv->groups), rows, moments, all);
  } else if (const auto* transposed = layer.as<op::ConvTranspose>()) {
    add_transposed(*transposed, weight, moments, all);
  } else if (layer.as<op::Recurrent>()) {
    const auto gates = static_cast<std::size_t>(weight.shape()[1]);
    add_rows(weight, 0, rows * gates, 1, gates, moments, all);
    add_rows(*layer.constants[1], 1, rows * gates, rows, gates, moments_in(draft.calibration.state_moments, layer),
             all);
  } else {
    add_rows(weight, 0, rows, 1, rows, moments, all);
  }
  for (WeightMatrix& matrix : all) matrix.curvatures = draft.curvatures;
  return all;
}

std::int64_t moment_columns(const Layer& layer) {
  const Shape& shape = layer.weight()->shape();
  if (const auto* transposed = layer.as<op::ConvTranspose>()) return shape[0] / transposed->groups;
  if (layer.as<op::Recurrent>()) return std::max(shape[2], layer.constants[1]->shape()[2]);
  return shape[0] == 0 ? 0 : layer.weight()->size() / shape[0];
}

MaybeDecline declines_moments(std::string_view method, const Layer& layer) {
  const std::int64_t columns = moment_columns(layer);
  if (columns <= kMostMomentColumns) return {};
  return Decline{std::string(method), DeclineReason::kShape,
                 fmt::format("its dot products have {} terms, and second moments are kept for at most {}; use knobs "
                             "that need none",
                             columns, kMostMomentColumns)};
}

int output_axis(const Layer& layer) { return layer.as<op::ConvTranspose>() || layer.as<op::Recurrent>() ? 1 : 0; }

int reduction_axis(const Layer& layer) {
  if (layer.as<op::ConvTranspose>()) return 0;
  return layer.as<op::Recurrent>() ? 2 : 1;
}

std::size_t weight_count(const Layer& layer) { return layer.as<op::Recurrent>() ? 2 : 1; }

}  // namespace roofscape::approx
