// Times that are sums of parts, each stretched by a factor of its own whose logarithm is linear in features: fitted to
// measured times by a few steps of Gauss and Newton, each a linear mixed model (linear/mixed_model.h).
//
//   time_i = Σ over parts p:  seconds_i,p · exp(base_i,p + Σ over effects e of p:  x_e,i · β_e,group(e, i))
//
//   PartsModel model(rows, 0.02);
//   model.add({.part = cost::Part::kArithmetic, .variance = 0.3, .features = x, .groups = class_of});
//   RS_TRY(model.fit());
//   model.coefficients(0, 0);
//   RS_ASSIGN(const auto residuals, model.residuals_without(network_of));   // ln measured − ln predicted
//
// A step replaces ln time by its tangent at the last step's parts, in which an effect counts by the share of the time
// that its part has: a row that is all launches says nothing of arithmetic.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/cost/features.h"
#include "analytics/linear/matrix.h"
#include "analytics/linear/mixed_model.h"

namespace roofscape::calibrate {

class PartsModel {
 public:
  using Parts = std::array<double, cost::kParts>;
  struct Row {
    Parts seconds{};         // 0: the row has no such part
    Parts base{};            // what is known beforehand of each part's logarithm of stretch
    double log_seconds = 0;  // ln of the measured time
  };
  struct Effect {
    cost::Part part;
    double variance = 1;      // of each coefficient
    linear::Matrix features;  // [rows, any]
    std::vector<int> groups;  // of each row, from 0; -1: the effect does not touch the row
    // Left out, a row's features count as at the edge of what the other rows have.
    bool bounded = true;
  };

  PartsModel(std::vector<Row> rows, double noise_variance) : rows_(std::move(rows)), noise_(noise_variance) {}
  void add(Effect effect);
  // Fails with kFailedPrecondition where the noise is too small for the numbers.
  Status fit();
  // What the effect adds for a group; zeros for a group without rows.
  std::vector<double> coefficients(std::size_t effect, int group) const { return fit_.coefficients(effect, group); }
  // ln measured − ln predicted of each row by a model without all rows of its group; the steps' tangents are those of
  // the model of all rows.
  Result<std::vector<double>> residuals_without(const std::vector<int>& groups);

 private:
  // Logarithm of each part's stretch, of a row.
  Parts stretches(std::size_t row, const linear::Matrix& contributions) const;
  void take_tangent(const std::vector<Parts>& stretches);
  // Moves tangents toward what a step found; by how much times would have moved.
  double move(const linear::Matrix& contributions, std::vector<Parts>* at) const;

  std::vector<Row> rows_;
  double noise_;
  std::vector<cost::Part> parts_;  // of each effect
  std::vector<linear::MixedModel::Effect> effects_;
  std::optional<linear::MixedModel> model_;
  linear::MixedModel::Fit fit_;
};

}  // namespace roofscape::calibrate
