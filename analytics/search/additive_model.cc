#include "analytics/search/additive_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roofscape::search {
namespace {

constexpr double kPairs[] = {0.2, 2};      // weight of all pairs against that of all single groups
constexpr double kNoise[] = {1e-4, 1e-2};  // variance of the noise against that of the value

// The ways in which a value may be learned.
std::vector<Transform> transforms(const std::vector<double>& values, Interest interest) {
  const double width = interest.worst - interest.best;
  const double low = *std::min_element(values.begin(), values.end());
  const double cap = interest.worst + width;
  Transform plain, capped, logarithmic;
  capped.cap = cap;
  logarithmic.logarithmic = true;
  logarithmic.low = low;
  logarithmic.offset = 0.03 * width;
  return {plain, capped, logarithmic};
}

}  // namespace

AdditiveModel::AdditiveModel(const Likeness& likeness, std::vector<Point> points, std::vector<double> values,
                             Interest interest)
    : likeness_(&likeness), points_(std::move(points)), values_(std::move(values)), interest_(interest) {
  RS_CHECK(!points_.empty() && points_.size() == values_.size());
  const std::size_t count = points_.size(), group_count = likeness.group_count();
  std::vector<double> groups(count * count * group_count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      likeness.groups(points_[i], points_[j], &groups[(i * count + j) * group_count]);
  try_weights(std::vector<double>(group_count, 1.0 / static_cast<double>(std::max<std::size_t>(group_count, 1))),
              groups);
  for (int round = 0; round < 2 && group_count > 1; ++round) try_weights(learned_weights(groups), groups);
}

void AdditiveModel::try_weights(const std::vector<double>& weights, const std::vector<double>& groups) {
  const std::size_t count = points_.size();
  std::vector<LikenessSums> terms(count * count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      terms[i * count + j] = sums(weights, groups.data() + (i * count + j) * weights.size());
  for (double pairs : kPairs) {
    for (double noise : kNoise) {
      std::vector<double> matrix(count * count);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
          matrix[i * count + j] = 1 + terms[i * count + j].additive + pairs * terms[i * count + j].pairs;
        matrix[i * count + i] += noise;
      }
      std::optional<Cholesky> factor = Cholesky::factor(std::move(matrix), count);
      if (!factor) continue;
      const std::vector<double> inverse_diagonal = factor->inverse_diagonal();
      for (const Transform& transform : transforms(values_, interest_)) {
        std::vector<double> y;
        for (double value : values_) y.push_back(transform.forward(value));
        const double centre = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(count);
        for (double& value : y) value -= centre;
        std::vector<double> alpha = factor->solve(y);
        double squares = 0, quadratic = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const double left_out = transform.back(y[i] + centre - alpha[i] / inverse_diagonal[i]);
          const double error = std::min(left_out, interest_.worst) - std::min(values_[i], interest_.worst);
          squares += error * error;
          quadratic += y[i] * alpha[i];
        }
        const double error = std::sqrt(squares / static_cast<double>(count));
        if (!(error < error_)) continue;
        error_ = error;
        transform_ = transform;
        weights_ = weights;
        pairs_ = pairs;
        noise_ = noise;
        centre_ = centre;
        scale_ = std::sqrt(std::max(quadratic, 0.0) / static_cast<double>(count));
        factor_ = factor;
        alpha_ = std::move(alpha);
      }
    }
  }
}

// A group weighs what its part of the fitted function moves over the measured points, mixed with an equal share for
// all, so that no group is ever given up.
std::vector<double> AdditiveModel::learned_weights(const std::vector<double>& groups) const {
  const std::size_t count = points_.size(), group_count = weights_.size();
  std::vector<double> moved(group_count);
  for (std::size_t g = 0; g < group_count && factor_; ++g) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
      double part = 0;
      for (std::size_t j = 0; j < count; ++j)
        part += alpha_[j] * groups[(std::max(i, j) * count + std::min(i, j)) * group_count + g];
      part *= weights_[g];
      sum += part;
      squares += part * part;
    }
    const double mean = sum / static_cast<double>(count);
    moved[g] = std::sqrt(std::max(squares / static_cast<double>(count) - mean * mean, 0.0));
  }
  const double total = std::accumulate(moved.begin(), moved.end(), 0.0);
  for (double& weight : moved)
    weight = (total > 0 ? 0.8 * weight / total : 0.8 / static_cast<double>(group_count)) +
             0.2 / static_cast<double>(group_count);
  return moved;
}

Forecast AdditiveModel::predict(const Point& point) const {
  Forecast forecast;
  forecast.transform = transform_;
  forecast.mean = centre_;
  if (!factor_) return forecast;
  std::vector<double> near(points_.size()), groups(likeness_->group_count());
  for (std::size_t i = 0; i < points_.size(); ++i) {
    likeness_->groups(point, points_[i], groups.data());
    const LikenessSums terms = sums(weights_, groups.data());
    near[i] = 1 + terms.additive + pairs_ * terms.pairs;
    forecast.mean += near[i] * alpha_[i];
  }
  likeness_->groups(point, point, groups.data());
  const LikenessSums own = sums(weights_, groups.data());
  factor_->solve_lower(near);
  double variance = 1 + own.additive + pairs_ * own.pairs + noise_;
  for (double value : near) variance -= value * value;
  forecast.deviation = scale_ * std::sqrt(std::max(variance, noise_));
  return forecast;
}

}  // namespace roofscape::search
