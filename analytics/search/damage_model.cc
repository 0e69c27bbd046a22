#include "analytics/search/damage_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace roofscape::search {
namespace {

constexpr std::size_t kMostRows = 240;
// Of the sum's errors, what a variable that multiplies stands for.
constexpr double kMoversShare = 0.2;
// One unit of the trend: a factor of e² in damage.
constexpr double kTrendUnit = 2;
// By how much a row's noise grows for each unit of log damage beyond what is trusted.
constexpr double kDoubt = 3;

}  // namespace

DamageModel::DamageModel(const Problem& problem, const Likeness& likeness)
    : problem_(problem), likeness_(likeness), variances_(kUsual) {
  for (std::size_t v = 0; v < problem.choices.size(); ++v) {
    Values& alone = alone_.emplace_back();
    for (std::uint32_t c = 0; c < problem.choices[v]; ++c) {
      const double known = problem.damage.empty() ? std::nan("") : problem.damage[v][c];
      const double unknown = c == problem.base[v] || multiplies(v) ? 0 : kUnknownDamage;
      alone.push_back(std::isnan(known) ? unknown : known);
    }
  }
}

double DamageModel::prior(const Point& point) const {
  double sum = kLeastDamage, factors = 0;
  for (std::size_t v = 0; v < point.size(); ++v) (multiplies(v) ? factors : sum) += alone_[v][point[v]];
  return std::log(sum) + factors;
}

DamageModel::Features DamageModel::features(const Point& point) const {
  Features features{&point, 0, std::vector<double>(point.size()), {}};
  double sum = kLeastDamage;
  for (std::size_t v = 0; v < point.size(); ++v)
    if (!multiplies(v)) sum += features.shares[v] = alone_[v][point[v]];
  for (std::size_t v = 0; v < point.size(); ++v)
    features.shares[v] = !multiplies(v) ? features.shares[v] / sum : point[v] == problem_.base[v] ? 0 : kMoversShare;
  features.prior = prior(point);
  features.together = together(point, features.shares);
  return features;
}

std::vector<std::pair<std::uint64_t, double>> DamageModel::together(const Point& point,
                                                                    const std::vector<double>& shares) const {
  if (problem_.kind.empty()) return {};
  std::map<std::uint32_t, std::vector<std::size_t>> changed;  // variables that are not left alone, by layer
  for (std::size_t v = 0; v < point.size(); ++v)
    if (point[v] != problem_.base[v]) changed[problem_.group[v]].push_back(v);
  std::map<std::uint64_t, double> sums;
  for (const auto& [group, variables] : changed) {
    double share = 0;
    for (const std::size_t v : variables) share += shares[v];
    for (std::size_t i = 0; i < variables.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const auto [low, high] = std::minmax(problem_.kind[variables[i]], problem_.kind[variables[j]]);
        sums[std::uint64_t{low} << 32 | high] += share;
      }
  }
  return {sums.begin(), sums.end()};
}

double DamageModel::trend_place(double prior) const { return (prior - centre_) / kTrendUnit; }

DamageModel::Terms DamageModel::terms(const Features& a, const Features& b) const {
  Terms terms;
  terms.trend = trend_place(a.prior) * trend_place(b.prior);
  const Point& x = *a.point;
  const Point& y = *b.point;
  for (std::size_t v = 0; v < x.size(); ++v) {
    const double like = likeness_.of(v, x[v], y[v]);
    terms.factors += a.shares[v] * b.shares[v] * like;
    terms.plain += like;
  }
  if (!x.empty()) terms.plain /= static_cast<double>(x.size());
  for (auto i = a.together.begin(), j = b.together.begin(); i != a.together.end() && j != b.together.end();) {
    if (i->first == j->first)
      terms.together += i++->second * j++->second;
    else if (i->first < j->first)
      ++i;
    else
      ++j;
  }
  return terms;
}

double DamageModel::covariance(const Variances& variances, const Terms& terms) {
  return variances[kLevel] + variances[kTrend] * terms.trend + variances[kFactors] * terms.factors +
         variances[kPairs] * terms.factors * terms.factors + variances[kTogether] * terms.together +
         variances[kPlain] * terms.plain;
}

void DamageModel::fit(std::span<const Outcome> outcomes, double trusted) {
  // The base's damage is 0 by definition, and teaches nothing.
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (outcomes[i].point != problem_.base && std::isfinite(outcomes[i].damage)) chosen.push_back(i);
  const auto beyond = [&](std::size_t i) { return std::max(0.0, log_damage(outcomes[i].damage) - trusted); };
  std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
    return beyond(a) != beyond(b) ? beyond(a) < beyond(b) : a > b;
  });
  if (chosen.size() > kMostRows) chosen.resize(kMostRows);
  std::sort(chosen.begin(), chosen.end());

  factor_.reset();
  points_.clear();
  rows_.clear();
  residuals_.clear();
  doubt_.clear();
  if (chosen.empty()) return;
  centre_ = 0;
  for (const std::size_t i : chosen) {
    points_.push_back(outcomes[i].point);
    centre_ += prior(points_.back()) / static_cast<double>(chosen.size());
  }
  for (std::size_t r = 0; r < chosen.size(); ++r) {
    rows_.push_back(features(points_[r]));
    residuals_.push_back(log_damage(outcomes[chosen[r]].damage) - rows_[r].prior);
    const double far = kDoubt * beyond(chosen[r]);
    doubt_.push_back(1 + far * far);
  }
  std::vector<Terms> all(rows_.size() * rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) all[i * rows_.size() + j] = terms(rows_[i], rows_[j]);
  learn_variances(all);
  factor_ = factor(all, variances_);
  if (factor_) alpha_ = factor_->solve(residuals_);
}

std::optional<Cholesky> DamageModel::factor(const std::vector<Terms>& terms, const Variances& variances) const {
  const std::size_t count = rows_.size();
  std::vector<double> matrix(count * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) matrix[i * count + j] = covariance(variances, terms[i * count + j]);
    matrix[i * count + i] += variances[kNoise] * doubt_[i];
  }
  return Cholesky::factor(std::move(matrix), count);
}

// The logarithm of the probability of the residuals, without constants.
double DamageModel::evidence(const std::vector<Terms>& terms, const Variances& variances) const {
  const std::optional<Cholesky> factored = factor(terms, variances);
  if (!factored) return -HUGE_VAL;
  const std::vector<double> alpha = factored->solve(residuals_);
  return -0.5 * std::inner_product(residuals_.begin(), residuals_.end(), alpha.begin(), 0.0) -
         0.5 * factored->log_determinant();
}

// One variance after the other moves up or down its ladder while the evidence grows. A weak prior holds them near what
// is usual.
void DamageModel::learn_variances(const std::vector<Terms>& terms) {
  variances_ = kUsual;
  constexpr double kFactor = 3, kLoyalty = 0.15;
  const auto score = [&](const Variances& variances) {
    double away = 0;
    for (std::size_t p = 0; p < kParts; ++p) away += std::pow(std::log(variances[p] / kUsual[p]), 2);
    return evidence(terms, variances) - kLoyalty * away;
  };
  constexpr int kRounds = 4;
  double best = score(variances_);
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    for (std::size_t p = 0; p < kParts; ++p) {
      for (const double factor : {kFactor, 1 / kFactor}) {
        Variances tried = variances_;
        tried[p] *= factor;
        const double now = score(tried);
        if (!(now > best)) continue;
        best = now;
        variances_ = tried;
        moved = true;
        break;
      }
    }
    if (!moved) break;
  }
}

DamageModel::Belief DamageModel::predict(const Point& point) const {
  const Features own = features(point);
  const Terms self = terms(own, own);
  double variance = covariance(variances_, self) + variances_[kNoise];
  Belief belief{own.prior, std::sqrt(variance)};
  if (!factor_) return belief;
  std::vector<double> near(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    near[i] = covariance(variances_, terms(own, rows_[i]));
    belief.mean += near[i] * alpha_[i];
  }
  factor_->solve_lower(near);
  for (const double value : near) variance -= value * value;
  belief.deviation = std::sqrt(std::max(variance, variances_[kNoise]));
  return belief;
}

}  // namespace roofscape::search
