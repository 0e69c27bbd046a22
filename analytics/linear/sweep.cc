#include "analytics/linear/sweep.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

using Order = std::vector<std::size_t>;  // position in the sweep → column

Order natural_order(std::size_t columns) {
  Order order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

// Runs of `run` columns, the one of the largest sum over H's diagonal first; a shorter last run stays last.
Order descending_order(const Matrix& hessian, std::size_t run) {
  const std::size_t columns = hessian.columns;
  const std::size_t whole = columns / run;
  std::vector<double> sums(whole, 0.0);
  for (std::size_t i = 0; i < whole * run; ++i) sums[i / run] += hessian(i, i);
  Order runs = natural_order(whole);
  std::stable_sort(runs.begin(), runs.end(), [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  Order order;
  for (const std::size_t first : runs)
    for (std::size_t i = 0; i < run; ++i) order.push_back(first * run + i);
  for (std::size_t i = whole * run; i < columns; ++i) order.push_back(i);
  return order;
}

Matrix reordered(const Matrix& hessian, const Order& order) {
  Matrix result(hessian.rows, hessian.columns);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = 0; j < order.size(); ++j) result(i, j) = hessian(order[i], order[j]);
  return result;
}

class Sweeper {
 public:
  Sweeper(const Matrix& weights, const Hessian& hessian, const SweepFactor& factor, const SweepOptions& options)
      : hessian_(hessian),
        options_(options),
        order_(factor.order),
        upper_(factor.upper),
        rows_(weights.rows),
        columns_(weights.columns),
        values_(columns_, rows_),
        errors_(columns_, rows_),
        kept_(columns_, rows_) {
    for (std::size_t i = 0; i < columns_; ++i) {
      for (std::size_t r = 0; r < rows_; ++r) {
        values_(i, r) = weights(r, order_[i]);
        if (options.frozen != nullptr && !(*options.frozen)(r, order_[i])) kept_(i, r) = 0;
      }
    }
  }

  Swept run() && {
    // What is chosen together must lie in one block, where values are current.
    const std::size_t choice = options_.pattern ? options_.pattern->of : options_.choice;
    const std::size_t block = std::max(options_.block / choice, std::size_t{1}) * choice;
    for (std::size_t first = 0; first < columns_; first += block) {
      const std::size_t end = std::min(columns_, first + block);
      for (std::size_t i = first; i < end; ++i) {
        if (i % choice == 0) choose(i, std::min(columns_, i + choice));
        settle(i, end);
      }
      reach_beyond(first, end);
    }
    return finish();
  }

 private:
  void choose(std::size_t first, std::size_t end) {
    if (options_.pattern)
      thin_group(first, end);
    else if (options_.fraction > 0)
      remove_share(first, end);
  }

  // What removing an element costs: w²/U_ii², nothing where nobody reads it or where it is gone already.
  double score(std::size_t i, std::size_t r) const {
    if (kept_.row(i)[r] == 0) return -1;
    if (hessian_.dead[order_[i]]) return 0;
    const double error = values_(i, r) / upper_(i, i);
    return error * error;
  }

  struct Candidate {
    double score;
    std::size_t position, row;
    bool operator<(const Candidate& other) const {
      return std::tie(score, position, row) < std::tie(other.score, other.position, other.row);
    }
  };

  void remove_least(std::vector<Candidate>& candidates, std::size_t count) {
    count = std::min(count, candidates.size());
    std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count), candidates.end());
    for (std::size_t c = 0; c < count; ++c) kept_(candidates[c].position, candidates[c].row) = 0;
  }

  // Elements of the columns so far, rounded down, less those that are gone: choices add up to the share of the whole.
  void remove_share(std::size_t first, std::size_t end) {
    const auto wanted =
        static_cast<std::size_t>(std::floor(options_.fraction * static_cast<double>(rows_) * static_cast<double>(end)));
    const auto gone_before = static_cast<std::size_t>(
        std::count(kept_.kept.begin(), kept_.kept.begin() + static_cast<std::ptrdiff_t>(first * rows_), 0));
    if (wanted <= gone_before) return;
    std::vector<Candidate> candidates;
    for (std::size_t i = first; i < end; ++i)
      for (std::size_t r = 0; r < rows_; ++r) candidates.push_back({score(i, r), i, r});
    remove_least(candidates, wanted - gone_before);
  }

  void thin_group(std::size_t first, std::size_t end) {
    if (end - first <= options_.pattern->keep) return;
    std::vector<Candidate> candidates;
    for (std::size_t r = 0; r < rows_; ++r) {
      candidates.clear();
      for (std::size_t i = first; i < end; ++i) candidates.push_back({score(i, r), i, r});
      remove_least(candidates, end - first - options_.pattern->keep);
    }
  }

  // Puts column i where it goes and its error onto the rest of the block.
  void settle(std::size_t i, std::size_t end) {
    const std::span<double> values = values_.row(i);
    std::vector<double> result(values.begin(), values.end());
    if (options_.rule) options_.rule(order_[i], values, result);
    for (std::size_t r = 0; r < rows_; ++r)
      if (kept_.row(i)[r] == 0) result[r] = 0;
    const std::span<double> errors = errors_.row(i);
    for (std::size_t r = 0; r < rows_; ++r) {
      errors[r] = (values[r] - result[r]) / upper_(i, i);
      loss_ += errors[r] * errors[r];
    }
    std::copy(result.begin(), result.end(), values.begin());
    for (std::size_t j = i + 1; j < end; ++j) {
      const double share = upper_(i, j);
      const std::span<double> later = values_.row(j);
      for (std::size_t r = 0; r < rows_; ++r) later[r] -= share * errors[r];
    }
  }

  void reach_beyond(std::size_t first, std::size_t end) {
    if (end == columns_) return;
    const auto from = static_cast<Eigen::Index>(first);
    const auto to = static_cast<Eigen::Index>(end);
    const auto rest = static_cast<Eigen::Index>(columns_ - end);
    view(values_).bottomRows(rest).noalias() -=
        view(upper_).block(from, to, to - from, rest).transpose() * view(errors_).middleRows(from, to - from);
  }

  Swept finish() const {
    Swept result{Matrix(rows_, columns_), Mask(rows_, columns_), loss_};
    for (std::size_t i = 0; i < columns_; ++i) {
      for (std::size_t r = 0; r < rows_; ++r) {
        result.weights(r, order_[i]) = values_(i, r);
        result.kept(r, order_[i]) = kept_.row(i)[r];
      }
    }
    return result;
  }

  const Hessian& hessian_;
  const SweepOptions& options_;
  const Order& order_;
  const Matrix& upper_;
  std::size_t rows_, columns_;
  // Turned and in the order of the sweep, so that a column is a run in memory: settled ones before position i, wishes
  // after.
  Matrix values_, errors_;
  Mask kept_;
  double loss_ = 0;
};

}  // namespace

Result<SweepFactor> sweep_factor(const Hessian& hessian, const SweepOptions& options) {
  SweepFactor factor;
  factor.order = options.descending ? descending_order(hessian.values, options.pattern ? options.pattern->of : 1)
                                    : natural_order(hessian.values.columns);
  RS_ASSIGN(factor.upper,
            upper_factor_of_inverse(options.descending ? reordered(hessian.values, factor.order) : hessian.values));
  return factor;
}

Result<Swept> sweep(const Matrix& weights, const Hessian& hessian, const SweepOptions& options) {
  RS_CHECK(!options.pattern || options.pattern->of > 0);
  RS_ASSIGN(const SweepFactor factor, sweep_factor(hessian, options));
  return sweep(weights, hessian, factor, options);
}

Result<Swept> sweep(const Matrix& weights, const Hessian& hessian, const SweepFactor& factor,
                    const SweepOptions& options) {
  RS_CHECK(hessian.values.columns == weights.columns && factor.order.size() == weights.columns);
  RS_CHECK(options.choice > 0 && (!options.pattern || options.pattern->of > 0));
  return Sweeper(weights, hessian, factor, options).run();
}

}  // namespace roofscape::linear
