#include "analytics/approx/prune_masks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/obs.h"
#include "analytics/linear/sweep.h"

namespace roofscape::approx {
namespace {

// Blocks of neighbours in the rows of matrices, numbered row after row.
struct Blocks {
  std::size_t size = 1;
  std::size_t per_row(const linear::Matrix& matrix) const { return (matrix.columns + size - 1) / size; }
};

// NaN counts as the largest, so that scores have an order.
double score_of(std::span<const double> row, std::size_t first, std::size_t count) {
  double score = 0;
  for (const double value : row.subspan(first, count)) score += value * value;
  return std::isnan(score) ? HUGE_VAL : score;
}

std::vector<double> magnitude_scores(const std::vector<WeightMatrix>& matrices, std::size_t block) {
  std::vector<double> scores;
  for (const WeightMatrix& matrix : matrices)
    for (std::size_t r = 0; r < matrix.values.rows; ++r)
      for (std::size_t c = 0; c < matrix.values.columns; c += block)
        scores.push_back(score_of(matrix.values.row(r), c, std::min(block, matrix.values.columns - c)));
  return scores;
}

// The `count` smallest scores; of equal ones those that come first.
std::vector<bool> smallest(const std::vector<double>& scores, std::size_t count) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto by_score = [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
  };
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(order.begin(), middle, order.end(), by_score);
  std::vector<bool> chosen(scores.size(), false);
  for (auto i = order.begin(); i != middle; ++i) chosen[*i] = true;
  return chosen;
}

void clear_pattern(linear::Matrix& weights, linear::NOfM pattern) {
  for (std::size_t r = 0; r < weights.rows; ++r) {
    const std::span<double> row = weights.row(r);
    for (std::size_t first = 0; first < row.size(); first += pattern.of) {
      const std::size_t count = std::min(pattern.of, row.size() - first);
      if (count <= pattern.keep) continue;
      std::vector<double> scores;
      for (std::size_t i = 0; i < count; ++i) scores.push_back(score_of(row, first + i, 1));
      const std::vector<bool> leaves = smallest(scores, count - pattern.keep);
      for (std::size_t i = 0; i < count; ++i)
        if (leaves[i]) row[first + i] = 0;
    }
  }
}

void prune_by_magnitude(std::vector<WeightMatrix>& matrices, const PrunePlan& plan) {
  if (plan.pattern) {
    for (WeightMatrix& matrix : matrices) clear_pattern(matrix.values, *plan.pattern);
    return;
  }
  const std::vector<double> scores = magnitude_scores(matrices, plan.block);
  const auto leaving = static_cast<std::size_t>(std::floor(plan.fraction * static_cast<double>(scores.size())));
  const std::vector<bool> leaves = smallest(scores, leaving);
  std::size_t block = 0;
  for (WeightMatrix& matrix : matrices)
    for (std::size_t r = 0; r < matrix.values.rows; ++r)
      for (std::size_t c = 0; c < matrix.values.columns; c += plan.block, ++block)
        if (leaves[block]) {
          const std::size_t end = std::min(c + plan.block, matrix.values.columns);
          for (std::size_t i = c; i < end; ++i) matrix.values(r, i) = 0;
        }
}

linear::Matrix row_of(const linear::Matrix& matrix, std::size_t row) {
  linear::Matrix one(1, matrix.columns);
  std::copy(matrix.row(row).begin(), matrix.row(row).end(), one.values.begin());
  return one;
}

// Optimal Brain Surgeon over all matrices at once: groups of a convolution compete for one budget.
Status prune_exactly(std::vector<WeightMatrix>& matrices, const PrunePlan& plan) {
  linear::ObsOptions options{.block = plan.block, .pattern = plan.pattern};
  std::vector<linear::Elimination> rows;
  std::vector<linear::Hessian> hessians;
  std::size_t blocks = 0;
  for (const WeightMatrix& matrix : matrices) {
    hessians.push_back(linear::damped_hessian(matrix.gram()));
    RS_ASSIGN(const linear::Matrix inverse, linear::inverse(hessians.back().values));
    for (std::size_t r = 0; r < matrix.values.rows; ++r)
      rows.push_back(linear::eliminate(row_of(matrix.values, r), inverse, options));
    blocks += matrix.values.rows * Blocks{plan.block}.per_row(matrix.values);
  }
  const std::size_t columns = matrices[0].values.columns;
  const auto leaving = static_cast<std::size_t>(std::floor(plan.fraction * static_cast<double>(blocks)));
  const linear::Mask kept = plan.pattern ? linear::prefix_mask(rows, columns, columns)
                                         : linear::cheapest_mask(rows, columns, leaving, plan.block);
  std::size_t first = 0;
  for (std::size_t m = 0; m < matrices.size(); ++m) {
    linear::Matrix& weights = matrices[m].values;
    linear::Mask own(weights.rows, columns);
    std::copy_n(kept.kept.begin() + static_cast<std::ptrdiff_t>(first * columns), own.kept.size(), own.kept.begin());
    first += weights.rows;
    RS_ASSIGN(weights, linear::reconstruct(weights, own, hessians[m].values));
  }
  return {};
}

Status prune_by_sweep(WeightMatrix& matrix, const PrunePlan& plan) {
  RS_ASSIGN(const CurvaturePtr curvature, matrix.curvature(CurvatureOrder::kNatural));
  linear::SweepOptions options;
  if (plan.pattern) {
    options.pattern = plan.pattern;
  } else {
    options.fraction = plan.fraction;
  }
  RS_ASSIGN(const linear::Swept swept, linear::sweep(matrix.values, curvature->hessian, curvature->factor, options));
  RS_ASSIGN(matrix.values, linear::reconstruct(matrix.values, swept.kept, curvature->hessian.values));
  return {};
}

Status prune_matrices(std::vector<WeightMatrix>& matrices, const PrunePlan& plan) {
  const bool known = std::all_of(matrices.begin(), matrices.end(), [](const auto& m) { return m.moments != nullptr; });
  if (plan.criterion == PrunePlan::Criterion::kMagnitude || !known) {
    prune_by_magnitude(matrices, plan);
    return {};
  }
  // A sweep chooses within one matrix and single weights.
  if (plan.criterion == PrunePlan::Criterion::kExact || matrices.size() > 1 || plan.block > 1)
    return prune_exactly(matrices, plan);
  return prune_by_sweep(matrices[0], plan);
}

// The matrices of each constant.
std::vector<std::vector<WeightMatrix>> by_constant(const Draft& draft, const Layer& layer) {
  std::vector<std::vector<WeightMatrix>> parts(weight_count(layer));
  for (WeightMatrix& matrix : weight_matrices(draft, layer)) parts[matrix.constant].push_back(std::move(matrix));
  return parts;
}

}  // namespace

Status prune_weights(const Draft& draft, Layer& layer, const PrunePlan& plan) {
  for (std::vector<WeightMatrix>& matrices : by_constant(draft, layer)) {
    RS_TRY(prune_matrices(matrices, plan));
    TensorPtr& constant = layer.constants[matrices[0].constant];
    std::vector<float> values(constant->values().size());
    for (const WeightMatrix& matrix : matrices) matrix.write_to(values);
    constant = make_tensor(constant->shape(), std::move(values));
  }
  return {};
}

Result<std::vector<double>> relative_losses(const Draft& draft, const Layer& layer, const PrunePlan& plan) {
  std::vector<double> losses;
  double whole = 0;
  for (const WeightMatrix& matrix : weight_matrices(draft, layer)) {
    if (plan.criterion == PrunePlan::Criterion::kMagnitude || !matrix.moments) {
      const std::vector<double> scores = magnitude_scores({matrix}, plan.block);
      whole += std::accumulate(scores.begin(), scores.end(), 0.0);
      losses.insert(losses.end(), scores.begin(), scores.end());
      continue;
    }
    const linear::Hessian hessian = linear::damped_hessian(matrix.gram());
    RS_ASSIGN(const linear::Matrix inverse, linear::inverse(hessian.values));
    whole += linear::quadratic_form(matrix.values, hessian.values);
    for (std::size_t r = 0; r < matrix.values.rows; ++r)
      for (std::size_t c = 0; c < matrix.values.columns; c += plan.block) {
        double loss = 0;  // of a block: its diagonal alone
        for (std::size_t i = c; i < std::min(c + plan.block, matrix.values.columns); ++i)
          loss += matrix.values(r, i) * matrix.values(r, i) / inverse(i, i);
        losses.push_back(loss);
      }
  }
  for (double& loss : losses) loss = whole > 0 ? loss / whole : 0;
  return losses;
}

}  // namespace roofscape::approx
