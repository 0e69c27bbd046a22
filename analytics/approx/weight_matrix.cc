#include "analytics/approx/weight_matrix.h"

#include <algorithm>

#include "analytics/base/status.h"

namespace roofscape::approx {
namespace {

struct View {
  std::size_t groups = 1, rows = 0, columns = 0;
  bool turned = false;  // a group lies in memory as [columns, rows]

  std::size_t position(std::size_t group, std::size_t row, std::size_t column) const {
    return group * rows * columns + (turned ? column * rows + row : row * columns + column);
  }
};

const Tensor& tensor_of(const Layer& layer, WeightRole role) {
  RS_CHECK(layer.has_weight() && (role == WeightRole::kInput || layer.as<op::Recurrent>()));
  return *layer.constants[static_cast<std::size_t>(role)];
}

View view_of(const Layer& layer, WeightRole role) {
  const Tensor& weight = tensor_of(layer, role);
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(weight.shape()[axis]); };
  const auto all = static_cast<std::size_t>(weight.size());
  View view;
  if (const auto* transposed = layer.as<op::ConvTranspose>()) {
    view.groups = static_cast<std::size_t>(transposed->groups);
    view.columns = size(0) / view.groups;
    view.turned = true;
  } else if (const auto* conv = layer.as<op::Conv>()) {
    view.groups = static_cast<std::size_t>(conv->groups);
    view.columns = all / size(0);
  } else {
    if (role == WeightRole::kState) view.groups = size(0);
    view.columns = size(weight.shape().size() - 1);
  }
  view.rows = all / view.groups / view.columns;
  return view;
}

}  // namespace

std::vector<linear::Matrix> weight_matrices(const Layer& layer, WeightRole role) {
  const View view = view_of(layer, role);
  const std::span<const float> values = tensor_of(layer, role).values();
  std::vector<linear::Matrix> matrices(view.groups, linear::Matrix(view.rows, view.columns));
  for (std::size_t group = 0; group < view.groups; ++group)
    for (std::size_t row = 0; row < view.rows; ++row)
      for (std::size_t column = 0; column < view.columns; ++column)
        matrices[group](row, column) = values[view.position(group, row, column)];
  return matrices;
}

TensorPtr weight_tensor(const Layer& layer, std::span<const linear::Matrix> matrices, WeightRole role) {
  const View view = view_of(layer, role);
  RS_CHECK(matrices.size() == view.groups);
  std::vector<float> values(view.groups * view.rows * view.columns);
  for (std::size_t group = 0; group < view.groups; ++group) {
    RS_CHECK(matrices[group].rows == view.rows && matrices[group].columns == view.columns);
    for (std::size_t row = 0; row < view.rows; ++row)
      for (std::size_t column = 0; column < view.columns; ++column)
        values[view.position(group, row, column)] = static_cast<float>(matrices[group](row, column));
  }
  return make_tensor(tensor_of(layer, role).shape(), std::move(values));
}

linear::Matrix moments_matrix(const SecondMoments& moments, std::size_t group) {
  const auto n = static_cast<std::size_t>(moments.columns);
  linear::Matrix result(n, n);
  std::ranges::copy(moments.sums_of(static_cast<std::int64_t>(group)), result.values.begin());
  return result;
}

}  // namespace roofscape::approx
