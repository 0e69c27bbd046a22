#include "analytics/calibrate/parts_model.h"

#include <fmt/format.h>
#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include "analytics/base/rng.h"

namespace roofscape::calibrate {
namespace {

using linear::Matrix;
using Parts = PartsModel::Parts;

// No part is stretched by more than this: e^6 either way.
constexpr double kMostStretch = 6;
// Beyond a factor of e a row is off by other faults than noise, and pulls no harder the farther off it is.
constexpr double kFarOff = 1;
constexpr int kMostSteps = 3000;
constexpr int kRemembered = 20;    // steps of which L-BFGS knows the curvature
constexpr int kStepsBack = 10;     // over which the objective has to have fallen by
constexpr double kPrecise = 1e-6;  // so much of itself
constexpr double kBeyond = 1e4;    // what a bound weighs: a hundredth beyond costs half of what a row at its noise does
constexpr int kFolds = 10;

double sum(const Parts& parts) {
  double all = 0;
  for (const double part : parts) all += part;
  return all;
}

// Of each row the fold in which it is left out; -1: never. Groups are dealt out in an order that depends on nothing.
std::vector<int> folds_of(const std::vector<int>& groups) {
  std::map<int, int> fold_of_group;
  for (const int group : groups)
    if (group >= 0) fold_of_group[group] = 0;
  std::vector<int> order;
  for (const auto& [group, fold] : fold_of_group) order.push_back(group);
  Rng rng(1);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  const int folds = std::max(1, order.size() <= 2 * kFolds ? static_cast<int>(order.size()) : kFolds);
  for (std::size_t i = 0; i < order.size(); ++i) fold_of_group[order[i]] = static_cast<int>(i) % folds;
  std::vector<int> of_row;
  for (const int group : groups) of_row.push_back(group < 0 ? -1 : fold_of_group[group]);
  return of_row;
}

}  // namespace

void PartsModel::add(Effect effect) {
  Placed placed{std::move(effect), {}, size_, 0, {}};
  Matrix& features = placed.effect.features;
  for (const double variance : placed.effect.variances) placed.scales.push_back(std::sqrt(variance));
  for (std::size_t row = 0; row < features.rows; ++row)
    for (std::size_t k = 0; k < features.columns; ++k) features(row, k) *= placed.scales[k];
  const auto width = static_cast<int>(features.columns);
  int most = -1;
  for (const int group : placed.effect.groups) {
    placed.offset.push_back(group < 0 ? -1 : group * width);
    most = std::max(most, group);
  }
  placed.group_count = most + 1;
  size_ += static_cast<std::size_t>(most + 1) * features.columns;
  effects_.push_back(std::move(placed));
}

std::size_t PartsModel::add(Mixture mixture) {
  PlacedMixture placed{std::move(mixture), 0, size_};
  placed.scale = std::sqrt(placed.mixture.variance);
  for (std::vector<Share>& of_row : placed.mixture.shares)
    for (Share& share : of_row) share.weight *= placed.scale;
  size_ += static_cast<std::size_t>(placed.mixture.groups);
  mixtures_.push_back(std::move(placed));
  return mixtures_.size() - 1;
}

void PartsModel::keep(const Bound& bound) {
  PlacedBound placed{{}, bound.least};
  for (const Bound::Term& term : bound.terms) {
    const Placed& of = effects_[term.effect];
    const std::size_t at = of.first + static_cast<std::size_t>(term.group) * of.effect.features.columns + term.feature;
    placed.weights.emplace_back(at, term.weight * of.scales[term.feature]);
  }
  bounds_.push_back(std::move(placed));
}

Parts PartsModel::stretches(std::size_t row, std::span<const double> at, const std::vector<Matrix>* edges) const {
  Parts out = rows_[row].base;
  for (std::size_t e = 0; e < effects_.size(); ++e) {
    const Placed& placed = effects_[e];
    if (placed.offset[row] < 0) continue;
    const double* coefficient = at.data() + placed.first + placed.offset[row];
    const std::span<const double> features = placed.effect.features.row(row);
    double added = 0;
    for (std::size_t k = 0; k < features.size(); ++k) {
      double feature = features[k];
      if (edges != nullptr && (*edges)[e](0, k) <= (*edges)[e](1, k))
        feature = std::clamp(feature, (*edges)[e](0, k), (*edges)[e](1, k));
      added += feature * coefficient[k];
    }
    out[static_cast<std::size_t>(placed.effect.part)] += added;
  }
  for (const PlacedMixture& placed : mixtures_)
    for (const Share& share : placed.mixture.shares[row])
      out[static_cast<std::size_t>(placed.mixture.part)] +=
          share.weight * at[placed.first + static_cast<std::size_t>(share.group)];
  for (double& stretch : out) stretch = std::clamp(stretch, -kMostStretch, kMostStretch);
  return out;
}

double PartsModel::objective(const Rows& rows, std::span<const double> at, std::span<double> gradient) const {
  double value = 0;
  for (const double coefficient : at) value += 0.5 * coefficient * coefficient;
  std::copy(at.begin(), at.end(), gradient.begin());
  for (const PlacedBound& bound : bounds_) {
    double beyond = bound.least;
    for (const auto& [coefficient, weight] : bound.weights) beyond -= weight * at[coefficient];
    if (!(beyond > 0)) continue;
    value += 0.5 * kBeyond * beyond * beyond;
    for (const auto& [coefficient, weight] : bound.weights) gradient[coefficient] -= kBeyond * beyond * weight;
  }
  for (const std::size_t row : rows) {
    Parts times = stretches(row, at, nullptr);
    Parts inside{};  // whether a stretch still moves
    for (std::size_t p = 0; p < cost::kParts; ++p) {
      inside[p] = std::abs(times[p]) < kMostStretch ? 1 : 0;
      times[p] = rows_[row].seconds[p] * std::exp(times[p]);
    }
    const double time = sum(times), residual = rows_[row].log_seconds - std::log(time);
    const double far = std::abs(residual);
    value += (far < kFarOff ? 0.5 * residual * residual : kFarOff * (far - 0.5 * kFarOff)) / noise_;
    const double pull = -std::clamp(residual, -kFarOff, kFarOff) / noise_ / time;
    for (const Placed& placed : effects_) {
      if (placed.offset[row] < 0) continue;
      const auto part = static_cast<std::size_t>(placed.effect.part);
      const double by = pull * times[part] * inside[part];
      if (by == 0) continue;
      double* to = gradient.data() + placed.first + placed.offset[row];
      const std::span<const double> features = placed.effect.features.row(row);
      for (std::size_t k = 0; k < features.size(); ++k) to[k] += by * features[k];
    }
    for (const PlacedMixture& placed : mixtures_) {
      const auto part = static_cast<std::size_t>(placed.mixture.part);
      const double by = pull * times[part] * inside[part];
      if (by == 0) continue;
      for (const Share& share : placed.mixture.shares[row])
        gradient[placed.first + static_cast<std::size_t>(share.group)] += by * share.weight;
    }
  }
  return value;
}

Status PartsModel::minimise(const Rows& rows, std::vector<double>* at) const {
  if (at->empty() || rows.empty()) return {};
  struct Question {
    const PartsModel* model;
    const Rows* rows;
  } question{this, &rows};
  lbfgs_parameter_t how;
  lbfgs_parameter_init(&how);
  how.m = kRemembered;
  how.past = kStepsBack;
  how.delta = kPrecise;
  how.max_iterations = kMostSteps;
  const auto size = static_cast<int>(at->size());
  const std::unique_ptr<double, decltype(&lbfgs_free)> x(lbfgs_malloc(size), lbfgs_free);
  if (x == nullptr) return Status(Code::kInternal, fmt::format("no memory to fit {} coefficients", size));
  std::copy(at->begin(), at->end(), x.get());
  const int ended = lbfgs(
      size, x.get(), nullptr,
      [](void* data, const double* point, double* gradient, int count, double) {
        const auto* asked = static_cast<const Question*>(data);
        const auto length = static_cast<std::size_t>(count);
        return asked->model->objective(*asked->rows, std::span(point, length), std::span(gradient, length));
      },
      nullptr, &question, &how);
  // Rounding stops the line search where nothing is left to gain: that is a minimum, too.
  const bool found = ended >= 0 || ended == LBFGSERR_MAXIMUMITERATION || ended == LBFGSERR_ROUNDING_ERROR ||
                     ended == LBFGSERR_MAXIMUMLINESEARCH || ended == LBFGSERR_MINIMUMSTEP ||
                     ended == LBFGSERR_WIDTHTOOSMALL;
  if (!found)
    return Status(Code::kInternal, fmt::format("the fit of {} coefficients to {} rows ended with liblbfgs' error {}",
                                               size, rows.size(), ended));
  std::copy_n(x.get(), at->size(), at->begin());
  return {};
}

Status PartsModel::fit() {
  Rows all(rows_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  solution_.assign(size_, 0);
  return minimise(all, &solution_);
}

std::vector<double> PartsModel::coefficients(std::size_t effect, int group) const {
  const Placed& placed = effects_[effect];
  const std::size_t width = placed.effect.features.columns;
  std::vector<double> of(width, 0);
  const std::size_t first = placed.first + static_cast<std::size_t>(group) * width;
  if (group >= placed.group_count) return of;
  for (std::size_t k = 0; k < width; ++k) of[k] = placed.scales[k] * solution_[first + k];
  return of;
}

double PartsModel::coefficient(std::size_t mixture, int group) const {
  const PlacedMixture& placed = mixtures_[mixture];
  return placed.scale * solution_[placed.first + static_cast<std::size_t>(group)];
}

double PartsModel::residual(std::size_t row, std::span<const double> at, const std::vector<Matrix>* edges) const {
  Parts times = stretches(row, at, edges);
  for (std::size_t p = 0; p < cost::kParts; ++p) times[p] = rows_[row].seconds[p] * std::exp(times[p]);
  return rows_[row].log_seconds - std::log(sum(times));
}

std::vector<Matrix> PartsModel::edges_of(const Rows& rows) const {
  std::vector<Matrix> all;
  for (const Placed& placed : effects_) {
    const Matrix& features = placed.effect.features;
    Matrix& edges = all.emplace_back(2, features.columns);
    for (std::size_t k = 0; k < features.columns; ++k) {
      edges(0, k) = std::numeric_limits<double>::infinity();
      edges(1, k) = -std::numeric_limits<double>::infinity();
      for (const std::size_t row : rows) {
        edges(0, k) = std::min(edges(0, k), features(row, k));
        edges(1, k) = std::max(edges(1, k), features(row, k));
      }
    }
  }
  return all;
}

Result<std::vector<double>> PartsModel::residuals_without(const std::vector<int>& groups) const {
  const std::vector<int> folds = folds_of(groups);
  std::vector<double> residuals(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) residuals[i] = residual(i, solution_, nullptr);
  const int count = folds.empty() ? 0 : *std::max_element(folds.begin(), folds.end()) + 1;
  for (int fold = 0; fold < count; ++fold) {
    Rows seen, unseen;
    for (std::size_t i = 0; i < rows_.size(); ++i) (folds[i] == fold ? unseen : seen).push_back(i);
    std::vector<double> at(size_, 0);
    RS_TRY(minimise(seen, &at));
    const std::vector<Matrix> edges = edges_of(seen);
    for (const std::size_t row : unseen) residuals[row] = residual(row, at, &edges);
  }
  return residuals;
}

}  // namespace roofscape::calibrate
