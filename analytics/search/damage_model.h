// Forecasts the damage of a point before it is measured: the divergence of its outputs from fp32's.
//
// To first order, the noise that each layer adds adds up: D(x) ≈ Σ_v s_v(x_v), where s_v(c) is the damage that choice c
// does alone (Problem::damage). What that leaves is learned from measured points, as a Gaussian process over the
// residual log D − log Σ s. Its covariance has the form of the problem: if each s is off by a factor of its own, the
// residual is Σ_v w_v(x)·θ_v(x_v), where w_v is the share of v in the sum; layers that amplify each other add products
// of shares; compounding noise adds a trend in log Σ s itself; two methods on one layer may do what neither does alone,
// which is learned by kinds of variables, for all layers at once. How much of each is there is learned, too. Variables
// that multiply (Problem::multiplies) add the logarithm of their factor to that of the sum.
//
//   DamageModel model(problem, likeness);
//   model.fit(outcomes, /*trusted=*/log_damage_at_the_limit);
//   auto [mean, deviation] = model.predict(point);      // of log damage
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analytics/search/cholesky.h"
#include "analytics/search/likeness.h"
#include "analytics/search/log_damage.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

class DamageModel {
 public:
  struct Belief {
    double mean = 0, deviation = 0;  // of the logarithm of damage
  };

  // Both must outlive it.
  DamageModel(const Problem& problem, const Likeness& likeness);

  // Log Σ s of a point: what is expected before anything is measured.
  double prior(const Point& point) const;
  // Each variable's share of that sum: 0 to 1.
  std::vector<double> shares(const Point& point) const { return features(point).shares; }
  // Learns from all outcomes, or from as many as time allows: those of least damage and the latest. Beyond `trusted`
  // points count less the further they are: how thoroughly a network is destroyed teaches little.
  void fit(std::span<const Outcome> outcomes, double trusted);
  Belief predict(const Point& point) const;

 private:
  // Variances of the parts of the residual.
  enum Part { kLevel, kTrend, kFactors, kPairs, kTogether, kPlain, kNoise, kParts };
  using Variances = std::array<double, kParts>;
  static constexpr Variances kUsual = {0.1, 0.1, 1, 0.5, 3, 0.02, 0.01};
  // What covariances of a point need.
  struct Features {
    const Point* point = nullptr;
    double prior = 0;            // log Σ s
    std::vector<double> shares;  // of each variable
    // Of each two kinds that act on one layer: the share of the layers on which they do; by kinds, ascending.
    std::vector<std::pair<std::uint64_t, double>> together;
  };
  struct Terms {
    double trend = 0, factors = 0, together = 0, plain = 0;
  };

  Features features(const Point& point) const;
  std::vector<std::pair<std::uint64_t, double>> together(const Point& point, const std::vector<double>& shares) const;
  Terms terms(const Features& a, const Features& b) const;
  static double covariance(const Variances& variances, const Terms& terms);
  double trend_place(double prior) const;
  void learn_variances(const std::vector<Terms>& terms);
  double evidence(const std::vector<Terms>& terms, const Variances& variances) const;
  std::optional<Cholesky> factor(const std::vector<Terms>& terms, const Variances& variances) const;

  const Problem& problem_;
  const Likeness& likeness_;
  bool multiplies(std::size_t variable) const { return !problem_.multiplies.empty() && problem_.multiplies[variable]; }

  std::vector<Values> alone_;  // s_v(c), complete
  Variances variances_;
  std::vector<Point> points_;  // learned from
  std::vector<Features> rows_;
  std::vector<double> residuals_;
  std::vector<double> doubt_;  // factor on the noise of each row
  double centre_ = 0;          // of the priors of the rows
  std::optional<Cholesky> factor_;
  std::vector<double> alpha_;
};

}  // namespace roofscape::search
