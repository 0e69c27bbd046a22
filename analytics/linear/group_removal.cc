#include "analytics/linear/group_removal.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <memory>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

using Columns = std::vector<std::size_t>;

// What one matrix loses.
class GroupLosses {
 public:
  virtual ~GroupLosses() = default;
  virtual double loss_of(std::size_t group) const = 0;
  virtual void remove(std::size_t group) = 0;
};

class RefittedLosses final : public GroupLosses {
 public:
  static Result<std::unique_ptr<GroupLosses>> create(const GroupedColumns& columns) {
    RS_ASSIGN(const Matrix inverted, inverse(columns.hessian));
    return std::unique_ptr<GroupLosses>(new RefittedLosses(columns, inverted));
  }

  double loss_of(std::size_t group) const override {
    const Columns& own = groups_[group];
    if (own.empty()) return 0;
    const Eigen::LLT<Eigen::MatrixXd> factored(inverse_(own, own));
    return factored.matrixL().solve(weights_(Eigen::all, own).transpose()).squaredNorm() / 2;
  }

  void remove(std::size_t group) override {
    const Columns& own = groups_[group];
    if (own.empty()) return;
    const Eigen::LLT<Eigen::MatrixXd> factored(inverse_(own, own));
    const Eigen::MatrixXd shift = factored.solve(inverse_(own, Eigen::all));
    const Eigen::MatrixXd weights = weights_(Eigen::all, own);
    const Eigen::MatrixXd column = inverse_(Eigen::all, own);
    weights_.noalias() -= weights * shift;
    inverse_.noalias() -= column * shift;
  }

 private:
  RefittedLosses(const GroupedColumns& columns, const Matrix& inverted)
      : groups_(columns.groups), weights_(view(columns.weights)), inverse_(view(inverted)) {}

  const std::vector<Columns>& groups_;
  Eigen::MatrixXd weights_, inverse_;  // as the steps so far leave them
};

// Groups cost what they give out, and what they have in common with those that are gone.
class PlainLosses final : public GroupLosses {
 public:
  explicit PlainLosses(const GroupedColumns& columns) {
    const Eigen::MatrixXd products =
        (view(columns.weights).transpose() * view(columns.weights)).cwiseProduct(view(columns.hessian));
    const auto count = static_cast<Eigen::Index>(columns.groups.size());
    shared_.resize(count, count);
    for (Eigen::Index a = 0; a < count; ++a)
      for (Eigen::Index b = 0; b < count; ++b)
        shared_(a, b) =
            products(columns.groups[static_cast<std::size_t>(a)], columns.groups[static_cast<std::size_t>(b)]).sum();
    losses_ = shared_.diagonal() / 2;
  }

  double loss_of(std::size_t group) const override { return losses_(static_cast<Eigen::Index>(group)); }
  void remove(std::size_t group) override { losses_ += shared_.col(static_cast<Eigen::Index>(group)); }

 private:
  Eigen::MatrixXd shared_;
  Eigen::VectorXd losses_;
};

// NaN counts as the largest, so that losses have an order.
double sum_of(const std::vector<std::unique_ptr<GroupLosses>>& parts, std::size_t group) {
  double sum = 0;
  for (const auto& part : parts) sum += part->loss_of(group);
  return std::isnan(sum) ? HUGE_VAL : sum;
}

}  // namespace

bool Survivors::may_leave(std::size_t group) const {
  return std::none_of(sets_.begin(), sets_.end(), [&](const auto& set) { return set.size() == 1 && set[0] == group; });
}

void Survivors::leave(std::size_t group) {
  for (std::vector<std::size_t>& set : sets_) std::erase(set, group);
}

Result<Elimination> eliminate_groups(const std::vector<GroupedColumns>& matrices, std::size_t steps,
                                     Survivors survivors) {
  std::vector<std::unique_ptr<GroupLosses>> parts;
  std::vector<std::size_t> live(matrices.empty() ? 0 : matrices[0].groups.size());
  for (std::size_t i = 0; i < live.size(); ++i) live[i] = i;
  for (const GroupedColumns& matrix : matrices) {
    RS_CHECK(matrix.groups.size() == live.size() && matrix.hessian.rows == matrix.weights.columns);
    if (matrix.refitted) {
      RS_ASSIGN(std::unique_ptr<GroupLosses> part, RefittedLosses::create(matrix));
      parts.push_back(std::move(part));
    } else {
      parts.push_back(std::make_unique<PlainLosses>(matrix));
    }
  }
  Elimination result;
  while (result.order.size() < steps) {
    std::erase_if(live, [&](std::size_t group) { return !survivors.may_leave(group); });
    if (live.empty()) break;
    std::vector<double> losses;
    for (const std::size_t group : live) losses.push_back(sum_of(parts, group));
    const auto least = std::min_element(losses.begin(), losses.end()) - losses.begin();
    const std::size_t group = live[static_cast<std::size_t>(least)];
    result.order.push_back(group);
    result.losses.push_back(losses[static_cast<std::size_t>(least)]);
    for (const auto& part : parts) part->remove(group);
    live.erase(live.begin() + least);
    survivors.leave(group);
  }
  return result;
}

}  // namespace roofscape::linear
