// Times that are sums of parts, each stretched by a factor of its own whose logarithm is linear in features:
//
//   time_i = Σ over parts p:  seconds_i,p · exp(base_i,p + Σ over effects e of p:  x_e,i · β_e,group(e, i))
//
// fitted to measured times. Coefficients differ from group to group and are drawn toward nothing by their variance, so
// that a group with many rows speaks for itself and one with few leans on what it lies in: the mode of the posterior of
//
//   ln measured_i − ln time_i ~ Huber(noise),      β_e,g ~ N(0, variances_e)
//
// Sums of coefficients may have bounds, which the fit keeps but for a hair: what lies beyond costs its square.
//
//   PartsModel model(rows, 0.02);
//   model.add({.part = cost::Part::kArithmetic, .variances = {0.3}, .features = x, .groups = class_of});
//   RS_TRY(model.fit());
//   model.coefficients(0, 0);
//   RS_ASSIGN(const auto residuals, model.residuals_without(network_of));   // ln measured − ln predicted
//
// Found by L-BFGS (liblbfgs), from nothing. Equal rows give equal numbers.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/cost/features.h"
#include "analytics/linear/matrix.h"

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
    std::vector<double> variances;  // of the coefficient of each feature
    linear::Matrix features;        // [rows, as many]
    std::vector<int> groups;        // of each row, from 0; -1: the effect does not touch the row
  };

  // Groups of which a row belongs to several, each so much: their coefficients add up, times the shares.
  struct Share {
    int group;
    double weight;
  };
  struct Mixture {
    cost::Part part;
    double variance;                         // of each group's coefficient
    int groups;                              // how many
    std::vector<std::vector<Share>> shares;  // of each row
  };

  // Σ weight · coefficient ≥ least.
  struct Bound {
    struct Term {
      std::size_t effect;
      int group;
      std::size_t feature;  // of the effect
      double weight;
    };
    std::vector<Term> terms;
    double least = 0;
  };

  PartsModel(std::vector<Row> rows, double noise_variance) : rows_(std::move(rows)), noise_(noise_variance) {}
  void add(Effect effect);
  // Returns its number among the mixtures.
  std::size_t add(Mixture mixture);
  // Of effects that are there already; terms of groups without rows count as 0.
  void keep(const Bound& bound);
  // Fails with kInternal where the minimum is not found, which has not been seen.
  Status fit();
  // What the effect adds for a group; zeros for a group without rows.
  std::vector<double> coefficients(std::size_t effect, int group) const;
  double coefficient(std::size_t mixture, int group) const;
  // ln measured − ln predicted of each row by a model that has seen no row of its group: groups are left out one by one
  // where there are few, else a tenth of them at a time. Features of a row that is left out count as at the edge of
  // what the other rows have.
  Result<std::vector<double>> residuals_without(const std::vector<int>& groups) const;

 private:
  struct Placed {
    Effect effect;               // features times √variance: coefficients are fitted in units of it
    std::vector<double> scales;  // √variances
    std::size_t first = 0;       // of its coefficients
    int group_count = 0;         // with coefficients
    std::vector<int> offset;     // of each row's group: where its coefficients begin behind `first`; -1: none
  };
  using Rows = std::vector<std::size_t>;

  // Logarithms of the parts' stretches of a row; features within the edges, where there are any.
  Parts stretches(std::size_t row, std::span<const double> at, const std::vector<linear::Matrix>* edges) const;
  // Half the sum of squares, bounded for what is far off, of coefficients, and of what is beyond bounds; and its
  // gradient.
  double objective(const Rows& rows, std::span<const double> at, std::span<double> gradient) const;
  Status minimise(const Rows& rows, std::vector<double>* at) const;
  double residual(std::size_t row, std::span<const double> at, const std::vector<linear::Matrix>* edges) const;
  // Of each effect the least and the most of its features among `rows`: [2, features].
  std::vector<linear::Matrix> edges_of(const Rows& rows) const;

  std::vector<Row> rows_;
  double noise_;
  struct PlacedBound {
    std::vector<std::pair<std::size_t, double>> weights;  // of coefficients as they are fitted
    double least = 0;
  };

  struct PlacedMixture {
    Mixture mixture;  // shares times √variance
    double scale = 1;
    std::size_t first = 0;
  };

  std::vector<Placed> effects_;
  std::vector<PlacedMixture> mixtures_;
  std::vector<PlacedBound> bounds_;
  std::vector<double> solution_;  // coefficients of all effects and groups
  std::size_t size_ = 0;
};

}  // namespace roofscape::calibrate
