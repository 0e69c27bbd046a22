#include "analytics/calibrate/parts_model.h"

#include <algorithm>
#include <cmath>

namespace roofscape::calibrate {
namespace {

using linear::Matrix;
using linear::MixedModel;
using Parts = PartsModel::Parts;

// A step moves no part's logarithm farther than kTrust, for the tangent knows only its neighbourhood; where times
// would move by less than kSettled (root mean square of logarithms), or after kSteps, the last step is taken.
constexpr int kSteps = 8;
constexpr double kTrust = 0.7, kSettled = 0.1;
// No part is stretched by more than this on the way: e^6 either way.
constexpr double kMostStretch = 6;

// Seconds of each part, stretched.
Parts times(const Parts& seconds, const Parts& stretches) {
  Parts out{};
  for (std::size_t p = 0; p < cost::kParts; ++p) out[p] = seconds[p] * std::exp(stretches[p]);
  return out;
}

double sum(const Parts& parts) {
  double all = 0;
  for (const double part : parts) all += part;
  return all;
}

}  // namespace

void PartsModel::add(Effect effect) {
  parts_.push_back(effect.part);
  effects_.push_back({.variance = effect.variance,
                      .features = std::move(effect.features),
                      .groups = std::move(effect.groups),
                      .scale = {},
                      .bounded = effect.bounded});
}

Parts PartsModel::stretches(std::size_t row, const Matrix& contributions) const {
  Parts out = rows_[row].base;
  for (std::size_t e = 0; e < parts_.size(); ++e) out[static_cast<std::size_t>(parts_[e])] += contributions(row, e);
  for (double& stretch : out) stretch = std::clamp(stretch, -kMostStretch, kMostStretch);
  return out;
}

void PartsModel::take_tangent(const std::vector<Parts>& stretches) {
  std::vector<double> targets;
  std::vector<Parts> shares;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Parts share = times(rows_[i].seconds, stretches[i]);
    const double time = sum(share);
    double target = rows_[i].log_seconds - std::log(time);
    for (std::size_t p = 0; p < cost::kParts; ++p) {
      share[p] /= time;
      target += share[p] * (stretches[i][p] - rows_[i].base[p]);
    }
    targets.push_back(target);
    shares.push_back(share);
  }
  model_.emplace(std::move(targets), noise_);
  for (std::size_t e = 0; e < effects_.size(); ++e) {
    MixedModel::Effect effect = effects_[e];
    for (const Parts& share : shares) effect.scale.push_back(share[static_cast<std::size_t>(parts_[e])]);
    model_->add(std::move(effect));
  }
}

Status PartsModel::fit() {
  std::vector<Parts> at;
  for (const Row& row : rows_) at.push_back(row.base);
  for (int step = 0; step < kSteps; ++step) {
    take_tangent(at);
    RS_ASSIGN(fit_, model_->fit());
    if (move(fit_.contributions(), &at) < kSettled) break;
  }
  return {};
}

double PartsModel::move(const Matrix& contributions, std::vector<Parts>* at) const {
  double sum_of_squares = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Parts to = stretches(i, contributions);
    const Parts share = times(rows_[i].seconds, to);
    const double time = sum(share);
    double moved = 0;
    for (std::size_t p = 0; p < cost::kParts; ++p) {
      moved += std::abs(to[p] - (*at)[i][p]) * share[p] / time;
      (*at)[i][p] += std::clamp(to[p] - (*at)[i][p], -kTrust, kTrust);
    }
    sum_of_squares += moved * moved;
  }
  return std::sqrt(sum_of_squares / static_cast<double>(rows_.size()));
}

Result<std::vector<double>> PartsModel::residuals_without(const std::vector<int>& groups) {
  RS_ASSIGN(const Matrix contributions, fit_.contributions_without(groups));
  std::vector<double> residuals;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    residuals.push_back(rows_[i].log_seconds - std::log(sum(times(rows_[i].seconds, stretches(i, contributions)))));
  return residuals;
}

}  // namespace roofscape::calibrate
