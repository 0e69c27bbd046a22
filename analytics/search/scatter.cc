#include "analytics/search/scatter.h"

#include <algorithm>
#include <cmath>

namespace roofscape::search {
namespace {

// The part of a residual that even a copy with one changed weight would not share.
constexpr double kOwn = 0.15;

double shared(const Scatter::Row& a, const Scatter::Row& b) {
  double sum = 0;
  for (std::size_t v = 0; v < a.point.size(); ++v)
    if (a.point[v] == b.point[v]) sum += a.roots[v] * b.roots[v];
  return sum;
}

}  // namespace

Scatter::Scatter(std::vector<Row> rows, const std::vector<double>& residuals) : rows_(std::move(rows)) {
  const std::size_t count = rows_.size();
  std::vector<double> matrix(count * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) matrix[i * count + j] = (1 - kOwn) * shared(rows_[i], rows_[j]);
    matrix[i * count + i] += kOwn;
  }
  factor_ = Cholesky::factor(std::move(matrix), count);
  if (factor_) alpha_ = factor_->solve(residuals);
}

Scatter::Belief Scatter::at(const Row& row) const {
  if (!factor_) return {};
  Belief belief{0, 0};
  std::vector<double> near(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    near[i] = (1 - kOwn) * shared(row, rows_[i]);
    belief.mean += near[i] * alpha_[i];
  }
  factor_->solve_lower(near);
  double variance = 1;
  for (const double value : near) variance -= value * value;
  belief.deviation = std::sqrt(std::max(variance, kOwn));
  return belief;
}

}  // namespace roofscape::search
