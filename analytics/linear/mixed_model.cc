#include "analytics/linear/mixed_model.h"

#include <map>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

using Rows = std::vector<Eigen::Index>;

// The rows of each group, groups in order.
std::map<int, Rows> rows_by_group(const std::vector<int>& groups) {
  std::map<int, Rows> rows;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i] >= 0) rows[groups[i]].push_back(static_cast<Eigen::Index>(i));
  return rows;
}

}  // namespace

Result<MixedModel::Fit> MixedModel::fit() const {
  const std::size_t count = targets_.size();
  Matrix covariance(count, count);
  auto sum = view(covariance);
  sum.diagonal().setConstant(noise_);
  for (const Effect& effect : effects_) {
    RS_CHECK(effect.groups.size() == count && effect.features.rows == count);
    for (const auto& [group, rows] : rows_by_group(effect.groups)) {
      const RowMajor x = view(effect.features)(rows, Eigen::all);
      sum(rows, rows) += effect.variance * (x * x.transpose());
    }
  }
  Fit fit;
  fit.model_ = this;
  RS_ASSIGN(fit.inverse_, inverse(covariance));
  const Eigen::Map<const Eigen::VectorXd> y(targets_.data(), static_cast<Eigen::Index>(count));
  const Eigen::VectorXd weights = view(static_cast<const Matrix&>(fit.inverse_)) * y;
  fit.weights_.assign(weights.begin(), weights.end());
  return fit;
}

std::vector<double> MixedModel::Fit::coefficients(std::size_t effect, int group) const {
  const Effect& of = model_->effects_[effect];
  std::vector<double> sum(of.features.columns, 0.0);
  for (std::size_t i = 0; i < of.groups.size(); ++i) {
    if (of.groups[i] != group) continue;
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += of.variance * weights_[i] * of.features(i, k);
  }
  return sum;
}

Result<std::vector<MixedModel::Residual>> MixedModel::Fit::leave_out(const std::vector<int>& groups) const {
  std::vector<Residual> residuals(weights_.size());
  const Eigen::Map<const Eigen::VectorXd> weights(weights_.data(), static_cast<Eigen::Index>(weights_.size()));
  for (const auto& [group, rows] : rows_by_group(groups)) {
    const Matrix block = matrix_of(view(inverse_)(rows, rows));
    RS_ASSIGN(const Matrix spread, inverse(block));
    const Eigen::VectorXd values = view(spread) * weights(rows);
    for (std::size_t k = 0; k < rows.size(); ++k)
      residuals[static_cast<std::size_t>(rows[k])] = {values(static_cast<Eigen::Index>(k)), spread(k, k)};
  }
  return residuals;
}

}  // namespace roofscape::linear
