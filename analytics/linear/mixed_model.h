// Linear regression whose coefficients differ from group to group, each group's drawn toward those it lies in: many
// rows speak for themselves, few lean on their relatives (a linear mixed model with known variances, in its dual form).
//
//   y_i = Σ over effects e:  x_e,i · β_e,group(e, i)  +  noise,      β_e,g ~ N(0, variance_e)
//
//   MixedModel model(targets, 0.02);
//   model.add({.variance = 0.3, .features = x, .groups = class_of});        // one vector of coefficients a class
//   model.add({.variance = 0.1, .features = x, .groups = platform_of});     // and one more a platform
//   RS_ASSIGN(const MixedModel::Fit fit, model.fit());
//   fit.coefficients(1, platform);       // what the platform adds to its class
//   fit.leave_out(network_of);           // residual of each row under a model that has not seen its network
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
    double variance = 1;      // of each coefficient
    Matrix features;          // [rows, any]
    std::vector<int> groups;  // of each row, from 0; -1: the effect does not touch the row
  };
  // Of a row that its model has not seen: target − prediction, and the variance that the model expects of that.
  struct Residual {
    double value = 0, variance = 0;
  };

  class Fit {
   public:
    // What the effect adds for a group; zeros for a group without rows.
    std::vector<double> coefficients(std::size_t effect, int group) const;
    // For each row under a model without all rows of its group.
    Result<std::vector<Residual>> leave_out(const std::vector<int>& groups) const;

   private:
    friend class MixedModel;
    const MixedModel* model_ = nullptr;
    Matrix inverse_;               // of the covariance
    std::vector<double> weights_;  // inverse · targets
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
