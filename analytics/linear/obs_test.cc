#include "analytics/linear/obs.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/cholesky.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

struct Problem {
  Matrix weights, hessian, inverted;
};

Problem problem(std::uint64_t seed, std::size_t rows, std::size_t columns) {
  Rng rng(seed);
  Matrix weights = testing::random_matrix(rng, rows, columns);
  Matrix hessian = damped_hessian(testing::moments_of(testing::random_inputs(rng, columns, 2 * columns))).values;
  Matrix inverted = inverse(hessian).value();
  return {std::move(weights), std::move(hessian), std::move(inverted)};
}

Matrix row_of(const Matrix& matrix, std::size_t row) {
  Matrix result(1, matrix.columns);
  std::copy(matrix.row(row).begin(), matrix.row(row).end(), result.values.begin());
  return result;
}

std::vector<Elimination> each_row(const Problem& p, const ObsOptions& options = {}) {
  std::vector<Elimination> rows;
  for (std::size_t r = 0; r < p.weights.rows; ++r) rows.push_back(eliminate(row_of(p.weights, r), p.inverted, options));
  return rows;
}

double loss_of(const Problem& p, const Matrix& result) {
  return quadratic_form(difference(result, p.weights), p.hessian) / 2;
}

// The textbook: every step looks at all, updates w and downdates all of H⁻¹.
Elimination naive(std::vector<double> w, Matrix h) {
  Elimination result;
  std::vector<bool> gone(w.size(), false);
  while (result.order.size() < w.size()) {
    std::size_t best = w.size();
    for (std::size_t p = 0; p < w.size(); ++p)
      if (!gone[p] && (best == w.size() || w[p] * w[p] / h(p, p) < w[best] * w[best] / h(best, best))) best = p;
    result.order.push_back(best);
    result.losses.push_back(w[best] * w[best] / (2 * h(best, best)));
    gone[best] = true;
    const Matrix before = h;
    const double step = w[best] / before(best, best);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] -= step * before(best, i);
      for (std::size_t j = 0; j < w.size(); ++j) h(i, j) -= before(i, best) * before(best, j) / before(best, best);
    }
  }
  return result;
}

TEST(Obs, BundledDowndatesGiveTheTextbooksOrderAndLosses) {
  for (const std::size_t columns : {1U, 5U, 48U, 130U}) {
    const Problem p = problem(columns, 1, columns);
    const Elimination fast = eliminate(p.weights, p.inverted);
    const Elimination slow = naive(p.weights.values, p.inverted);
    ASSERT_EQ(fast.order, slow.order) << columns;
    for (std::size_t step = 0; step < columns; ++step)
      EXPECT_NEAR(fast.losses[step], slow.losses[step], 1e-8 * slow.losses.back());
  }
}

RC_GTEST_PROP(Obs, StepLossesAddUpToTheLossOfTheReconstruction, ()) {
  const std::size_t columns = *rc::gen::inRange<std::size_t>(1, 25);
  const Problem p = problem(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange<std::size_t>(1, 4), columns);
  const std::size_t block = *rc::gen::inRange<std::size_t>(1, 6);
  const Elimination shared = eliminate(p.weights, p.inverted, {.block = block});  // whole columns of all rows
  const std::size_t steps = *rc::gen::inRange<std::size_t>(0, shared.order.size() + 1);
  const std::vector<Elimination> rows(p.weights.rows, shared);
  const Matrix pruned = reconstruct(p.weights, prefix_mask(rows, columns, steps, block), p.hessian).value();
  const double sum =
      std::accumulate(shared.losses.begin(), shared.losses.begin() + static_cast<std::ptrdiff_t>(steps), 0.0);
  RC_ASSERT(std::abs(sum - loss_of(p, pruned)) <= 1e-8 * (1 + sum));
}

// The normal equations on a mask, solved by elimination without pivots: (ŵ·H)_S = (w·H)_S.
RC_GTEST_PROP(Obs, ReconstructionSolvesTheNormalEquations, ()) {
  const Problem p = problem(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange<std::size_t>(1, 5),
                            *rc::gen::inRange<std::size_t>(1, 25));
  Mask mask(p.weights.rows, p.weights.columns);
  for (std::uint8_t& kept : mask.kept) kept = *rc::gen::inRange<int>(0, 2) == 0 ? 0 : 1;
  const Matrix result = reconstruct(p.weights, mask, p.hessian).value();
  const Matrix wanted = testing::product(p.weights, p.hessian);
  const Matrix reached = testing::product(result, p.hessian);
  for (std::size_t i = 0; i < mask.kept.size(); ++i) {
    if (mask.kept[i] == 0)
      RC_ASSERT(result.values[i] == 0);
    else
      RC_ASSERT(std::abs(reached.values[i] - wanted.values[i]) <= 1e-9 * std::sqrt(testing::squared_norm(wanted)));
  }
}

RC_GTEST_PROP(Obs, PatternsHold, ()) {
  const Problem p = problem(*rc::gen::arbitrary<std::uint64_t>(), 3, *rc::gen::inRange<std::size_t>(1, 30));
  const NOfM pattern = *rc::gen::element(NOfM{2, 4}, NOfM{1, 4}, NOfM{1, 2}, NOfM{4, 8}, NOfM{1, 3});
  const std::vector<Elimination> rows = each_row(p, {.pattern = pattern});
  const Mask all = prefix_mask(rows, p.weights.columns, p.weights.columns);
  RC_ASSERT(obeys(all, pattern));
  RC_ASSERT(obeys(all, pattern) && all.removed() == 3 * rows[0].order.size());
}

TEST(Obs, BeatsMagnitudesWithTheSameReconstruction) {
  double exact = 0;
  double magnitude = 0;
  double global = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Problem p = problem(seed, 4, 24);
    const std::vector<Elimination> rows = each_row(p);
    exact += loss_of(p, reconstruct(p.weights, prefix_mask(rows, 24, 12), p.hessian).value());
    global += loss_of(p, reconstruct(p.weights, cheapest_mask(rows, 24, 4 * 12), p.hessian).value());
    Mask smallest(4, 24);
    for (std::size_t r = 0; r < 4; ++r) {
      std::vector<double> sizes;
      for (const double value : p.weights.row(r)) sizes.push_back(std::abs(value));
      std::nth_element(sizes.begin(), sizes.begin() + 12, sizes.end());
      for (std::size_t i = 0; i < 24; ++i) smallest(r, i) = std::abs(p.weights(r, i)) < sizes[12] ? 0 : 1;
    }
    magnitude += loss_of(p, reconstruct(p.weights, smallest, p.hessian).value());
  }
  EXPECT_LT(exact, 0.7 * magnitude);
  EXPECT_LT(global, exact);
}

TEST(Obs, CheapestMaskTakesStepsInEachRowsOrder) {
  const std::vector<Elimination> rows = {{{2, 0, 1}, {5, 1, 9}}, {{1, 2, 0}, {3, 4, 7}}};
  const Mask mask = cheapest_mask(rows, 3, 3);
  EXPECT_EQ(mask.kept, (std::vector<std::uint8_t>{1, 1, 0, 1, 0, 0}));  // 3, 4, then 5 before the 1 behind it
  EXPECT_EQ(cheapest_mask(rows, 3, 99).removed(), 6U);
}

TEST(Obs, StopsAfterTheStepsAskedFor) {
  const Problem p = problem(1, 1, 100);
  const Elimination some = eliminate(p.weights, p.inverted, {.steps = 60});
  Elimination all = eliminate(p.weights, p.inverted);
  all.order.resize(60);
  EXPECT_EQ(some.order, all.order);
}

}  // namespace
}  // namespace roofscape::linear
