// A regression of one measured value on points: additive over groups plus pairwise terms (likeness.h), refitted from
// all measurements each time. How much to trust the pairs, how much noise to expect, whether the value is learned as it
// is or by the logarithm of its drop, and which groups matter are chosen by leave-one-out error.
//
//   AdditiveModel model(problem, points, values, {.best = -0.92, .worst = -0.80});
//   Forecast f = model.predict(point);
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "analytics/search/cholesky.h"
#include "analytics/search/forecast.h"
#include "analytics/search/likeness.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

// Between these values the model must be right; errors beyond `worst` do not count.
struct Interest {
  double best = 0, worst = 1;
};

class AdditiveModel {
 public:
  // At least one measurement; points and values of equal number.
  AdditiveModel(const Likeness& likeness, std::vector<Point> points, std::vector<double> values, Interest interest);

  Forecast predict(const Point& point) const;
  // Root mean square leave-one-out error within the interest, in units of the value.
  double error() const { return error_; }
  const std::vector<double>& weights() const { return weights_; }

 private:
  void try_weights(const std::vector<double>& weights, const std::vector<double>& groups);
  std::vector<double> learned_weights(const std::vector<double>& groups) const;

  const Likeness* likeness_;
  std::vector<Point> points_;
  std::vector<double> values_;
  Interest interest_;

  // The best fit so far.
  double error_ = HUGE_VAL;
  Transform transform_;
  std::vector<double> weights_;
  double pairs_ = 0, centre_ = 0, scale_ = 1, noise_ = 0;
  std::optional<Cholesky> factor_;
  std::vector<double> alpha_;
};

}  // namespace roofscape::search
