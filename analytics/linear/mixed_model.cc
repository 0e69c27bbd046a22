#include "analytics/linear/mixed_model.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

using Rows = std::vector<Eigen::Index>;
using Effect = MixedModel::Effect;

// The rows of each group, groups in order.
std::map<int, Rows> rows_by_group(const std::vector<int>& groups) {
  std::map<int, Rows> rows;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i] >= 0) rows[groups[i]].push_back(static_cast<Eigen::Index>(i));
  return rows;
}

double scale_of(const Effect& effect, std::size_t row) { return effect.scale.empty() ? 1 : effect.scale[row]; }

// Of each feature the least and the most among rows outside of a group: what the edge is where that one is left out.
class Edges {
 public:
  Edges(const Matrix& features, const std::vector<int>& groups) : columns_(features.columns) {
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t k = 0; k < features.columns; ++k) {
        columns_[k].most.raise(features(i, k), groups[i]);
        columns_[k].least.raise(-features(i, k), groups[i]);
      }
  }

  // `value` of a row of `group`; as it is where there is no other group.
  double inside(std::size_t feature, double value, int group) const {
    const double most = columns_[feature].most.without(group), least = -columns_[feature].least.without(group);
    return least <= most ? std::clamp(value, least, most) : value;
  }

 private:
  // The largest value, and the largest of the groups that do not hold it.
  struct Largest {
    double first = -kNone, second = -kNone;
    int group = -1;

    void raise(double value, int of) {
      if (value > first) {
        if (of != group || of < 0) second = first;
        first = value;
        group = of;
      } else if (of != group || of < 0) {
        second = std::max(second, value);
      }
    }
    double without(int left_out) const { return group == left_out ? second : first; }
  };
  struct Column {
    Largest most, least;
  };
  static constexpr double kNone = std::numeric_limits<double>::infinity();
  std::vector<Column> columns_;
};

// One effect's rows group by group, each group's side by side.
class Grouped {
 public:
  explicit Grouped(const Effect& effect) : effect_(effect) {
    for (auto& [group, rows] : rows_by_group(effect.groups)) {
      Block block;
      block.rows = std::move(rows);
      block.scaled = view(effect.features)(block.rows, Eigen::all);
      for (std::size_t k = 0; k < block.rows.size(); ++k)
        block.scaled.row(static_cast<Eigen::Index>(k)) *= scale_of(effect, static_cast<std::size_t>(block.rows[k]));
      blocks_.emplace(group, std::move(block));
    }
  }

  void add_covariance(Eigen::Map<RowMajor>* sum) const {
    for (const auto& [group, block] : blocks_)
      (*sum)(block.rows, block.rows) += effect_.variance * (block.scaled * block.scaled.transpose());
  }

  // What `weights` of all rows say of the group.
  Eigen::VectorXd coefficients(int group, const Eigen::VectorXd& weights) const {
    const auto found = blocks_.find(group);
    if (found == blocks_.end()) return Eigen::VectorXd::Zero(static_cast<Eigen::Index>(effect_.features.columns));
    return effect_.variance * (found->second.scaled.transpose() * weights(found->second.rows));
  }

  // features · coefficients of those rows, into `column` of `out`; features within `edges` of the rows' group
  // `left_out`.
  void contribute(const Rows& rows, const Eigen::VectorXd& weights, std::size_t column, Matrix* out,
                  const Edges* edges = nullptr, int left_out = -1) const {
    std::map<int, Eigen::VectorXd> found;
    for (const Eigen::Index row : rows) {
      const auto at = static_cast<std::size_t>(row);
      const int group = effect_.groups[at];
      if (group < 0) continue;
      auto known = found.find(group);
      if (known == found.end()) known = found.emplace(group, coefficients(group, weights)).first;
      Eigen::VectorXd features = view(effect_.features).row(row);
      if (edges != nullptr)
        for (Eigen::Index k = 0; k < features.size(); ++k)
          features(k) = edges->inside(static_cast<std::size_t>(k), features(k), left_out);
      (*out)(at, column) = features.dot(known->second);
    }
  }

 private:
  struct Block {
    Rows rows;
    RowMajor scaled;
  };
  const Effect& effect_;
  std::map<int, Block> blocks_;
};

Eigen::VectorXd vector_of(const std::vector<double>& values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

Result<MixedModel::Fit> MixedModel::fit() const {
  const std::size_t count = targets_.size();
  Fit fit;
  fit.model_ = this;
  fit.covariance_ = Matrix(count, count);
  auto sum = view(fit.covariance_);
  sum.diagonal().setConstant(noise_);
  for (const Effect& effect : effects_) {
    RS_CHECK(effect.groups.size() == count && effect.features.rows == count);
    RS_CHECK(effect.scale.empty() || effect.scale.size() == count);
    Grouped(effect).add_covariance(&sum);
  }
  Matrix targets(count, 1);
  targets.values = targets_;
  RS_ASSIGN(Matrix weights, solve(fit.covariance_, targets));
  fit.weights_ = std::move(weights.values);
  return fit;
}

std::vector<double> MixedModel::Fit::coefficients(std::size_t effect, int group) const {
  const Eigen::VectorXd found = Grouped(model_->effects_[effect]).coefficients(group, vector_of(weights_));
  return {found.begin(), found.end()};
}

Matrix MixedModel::Fit::contributions() const {
  Matrix out(weights_.size(), model_->effects_.size());
  Rows all(weights_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Eigen::Index>(i);
  const Eigen::VectorXd weights = vector_of(weights_);
  for (std::size_t e = 0; e < model_->effects_.size(); ++e)
    Grouped(model_->effects_[e]).contribute(all, weights, e, &out);
  return out;
}

Result<Matrix> MixedModel::Fit::contributions_without(const std::vector<int>& groups) {
  Matrix out = contributions();
  const std::vector<Grouped> effects(model_->effects_.begin(), model_->effects_.end());
  std::vector<std::optional<Edges>> edges;
  for (const Effect& effect : model_->effects_)
    effect.bounded ? edges.emplace_back(Edges(effect.features, groups)) : edges.emplace_back();
  if (inverse_.rows == 0) {
    RS_ASSIGN(inverse_, inverse(covariance_));
  }
  const Eigen::VectorXd weights = vector_of(weights_);
  for (const auto& [group, rows] : rows_by_group(groups)) {
    const RowMajor columns = view(inverse_)(Eigen::all, rows);
    const Matrix block = matrix_of(columns(rows, Eigen::all));
    Matrix of_rows(rows.size(), 1);
    for (std::size_t k = 0; k < rows.size(); ++k) of_rows(k, 0) = weights(rows[k]);
    RS_ASSIGN(const Matrix values, solve(block, of_rows));
    Eigen::VectorXd without = weights - columns * vector_of(values.values);
    without(rows).setZero();
    for (std::size_t e = 0; e < effects.size(); ++e)
      effects[e].contribute(rows, without, e, &out, edges[e] ? &*edges[e] : nullptr, group);
  }
  return out;
}

}  // namespace roofscape::linear
