// Linear regression whose coefficients differ from group to group, each group's drawn toward those it lies in: many
// rows speak for themselves, few lean on their relatives (a linear mixed model with known variances, in its dual form).
//
//   y_i = Σ over effects e:  scale_e,i · x_e,i · β_e,group(e, i)  +  noise,      β_e,g ~ N(0, variance_e)
//
//   MixedModel model(targets, 0.02);
//   model.add({.variance = 0.3, .features = x, .groups = class_of});        // one vector of coefficients a class
//   model.add({.variance = 0.1, .features = x, .groups = platform_of});     // and one more a platform
//   RS_ASSIGN(const MixedModel::Fit fit, model.fit());
//   fit.coefficients(1, platform);         // what the platform adds to its class
//   fit.contributions_without(network_of); // what each effect says of a row, by a model that has not seen its network
//
// Leaving out is exact, by the blocks of the inverse, without another fit: see Rasmussen and Williams, "Gaussian
// Processes for Machine Learning" (2006), section 5.4.2, whose formula for single rows holds for blocks likewise.
// Memory and time grow with the square and the cube of the rows: a few thousand.
#pragma once

#include <vector>

#include "analytics/base/status.h"
#include "analytics/linear/matrix.h"

namespace roofscape::linear {

class MixedModel {
 public:
  struct Effect {
    double variance = 1;          // of each coefficient
    Matrix features;              // [rows, any]
    std::vector<int> groups;      // of each row, from 0; -1: the effect does not touch the row
    std::vector<double> scale{};  // of each row: how much the effect weighs in its target; empty: 1
    // Left out, a row's features count as at the edge of what the other rows have.
    bool bounded = false;
  };

  class Fit {
   public:
    // What the effect adds for a group; zeros for a group without rows.
    std::vector<double> coefficients(std::size_t effect, int group) const;
    // [rows, effects]: features · coefficients, not scaled.
    Matrix contributions() const;
    // The same, each row's by a model without all rows of its group (of -1: by the model of all).
    // The first call inverts the covariance, the others are cheap.
    Result<Matrix> contributions_without(const std::vector<int>& groups);

   private:
    friend class MixedModel;
    const MixedModel* model_ = nullptr;
    Matrix covariance_, inverse_;  // the second empty until it is asked for
    std::vector<double> weights_;  // covariance⁻¹ · targets
  };

  MixedModel(std::vector<double> targets, double noise_variance)
      : targets_(std::move(targets)), noise_(noise_variance) {}
  void add(Effect effect) { effects_.push_back(std::move(effect)); }
  // The model must outlive its fit. Fails with kFailedPrecondition where the noise is too small for the numbers.
  Result<Fit> fit() const;

 private:
  std::vector<double> targets_;
  double noise_;
  std::vector<Effect> effects_;
};

}  // namespace roofscape::linear
