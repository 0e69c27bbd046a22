#include "analytics/linear/sweep.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/cholesky.h"
#include "analytics/linear/obs.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

constexpr double kStep = 0.25;

void round_to_grid(std::size_t, std::span<const double> values, std::span<double> result) {
  for (std::size_t r = 0; r < values.size(); ++r) result[r] = std::round(values[r] / kStep) * kStep;
}

Matrix nearest_on_grid(const Matrix& weights) {
  Matrix result = weights;
  round_to_grid(0, weights.values, result.values);
  return result;
}

struct Problem {
  Matrix weights;
  Hessian hessian;
};

Problem problem(std::uint64_t seed, std::size_t rows, std::size_t columns) {
  Rng rng(seed);
  return {testing::random_matrix(rng, rows, columns),
          damped_hessian(testing::moments_of(testing::random_inputs(rng, columns, 2 * columns)))};
}

Problem any_problem() {
  return problem(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange<std::size_t>(1, 6),
                 *rc::gen::inRange<std::size_t>(1, 30));
}

double loss_of(const Problem& p, const Matrix& result) {
  return quadratic_form(difference(p.weights, result), p.hessian.values);
}

RC_GTEST_PROP(Sweep, WithoutCorrelationItIsPlainRounding, ()) {
  Problem p = any_problem();
  p.hessian.values = testing::identity(p.weights.columns);
  const bool descending = *rc::gen::arbitrary<bool>();
  const Swept swept = sweep(p.weights, p.hessian, {.rule = round_to_grid, .descending = descending}).value();
  RC_ASSERT(swept.weights == nearest_on_grid(p.weights));
}

RC_GTEST_PROP(Sweep, KnowsItsLossWhateverTheBlock, ()) {
  const Problem p = any_problem();
  SweepOptions options{.rule = round_to_grid, .fraction = *rc::gen::element(0.0, 0.4)};
  options.descending = *rc::gen::arbitrary<bool>();
  options.block = *rc::gen::inRange<std::size_t>(1, 40);
  const Swept swept = sweep(p.weights, p.hessian, options).value();
  const double loss = loss_of(p, swept.weights);
  RC_ASSERT(std::abs(swept.loss - loss) <= 1e-8 * (1 + loss));
}

// Babai's bound: each of the errors e_i is at most half a step over U_ii. Rounding alone has no such bound.
RC_GTEST_PROP(Sweep, LossOnAnEndlessGridIsBounded, ()) {
  const Problem p = any_problem();
  const Matrix upper = upper_factor_of_inverse(p.hessian.values).value();
  double bound = 0;
  for (std::size_t i = 0; i < upper.rows; ++i) bound += std::pow(kStep / 2 / upper(i, i), 2);
  bound *= static_cast<double>(p.weights.rows);
  RC_ASSERT(sweep(p.weights, p.hessian, {.rule = round_to_grid}).value().loss <= bound * (1 + 1e-12));
}

TEST(Sweep, BlocksOnlyDeferWork) {
  const Problem p = problem(3, 7, 300);
  RS_ASSERT_OK_AND_ASSIGN(const Swept lazy, sweep(p.weights, p.hessian, {.rule = round_to_grid}));
  RS_ASSERT_OK_AND_ASSIGN(const Swept eager, sweep(p.weights, p.hessian, {.rule = round_to_grid, .block = 300}));
  EXPECT_LT(testing::largest_difference(lazy.weights, eager.weights), 1e-12);
}

TEST(Sweep, AlmostAlwaysBeatsNearestRounding) {
  int natural = 0;
  int descending = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Problem p = problem(seed, 4, 24);
    const double nearest = loss_of(p, nearest_on_grid(p.weights));
    natural += sweep(p.weights, p.hessian, {.rule = round_to_grid}).value().loss <= nearest ? 1 : 0;
    descending +=
        sweep(p.weights, p.hessian, {.rule = round_to_grid, .descending = true}).value().loss <= nearest ? 1 : 0;
  }
  EXPECT_GE(natural, 195);
  EXPECT_GE(descending, 195);
}

// Kept columns after all removed ones take over everything they can; in general the sweep cannot reach back.
RC_GTEST_PROP(Sweep, FrozenMaskIsLeastSquaresWhereWhatGoesComesFirst, ()) {
  const Problem p = any_problem();
  Mask mask(p.weights.rows, p.weights.columns);
  const std::size_t first_kept = *rc::gen::inRange<std::size_t>(0, p.weights.columns + 1);
  for (std::size_t r = 0; r < mask.rows; ++r)
    for (std::size_t i = 0; i < first_kept; ++i) mask(r, i) = 0;
  const Swept swept = sweep(p.weights, p.hessian, {.frozen = &mask}).value();
  const Matrix best = reconstruct(p.weights, mask, p.hessian.values).value();
  RC_ASSERT(testing::largest_difference(swept.weights, best) < 1e-8);
}

RC_GTEST_PROP(Sweep, FrozenElementsStayZeroAndNoMaskBeatsItsReconstruction, ()) {
  const Problem p = any_problem();
  Mask mask(p.weights.rows, p.weights.columns);
  for (std::uint8_t& kept : mask.kept) kept = *rc::gen::inRange<int>(0, 2) == 0 ? 0 : 1;
  const bool descending = *rc::gen::arbitrary<bool>();
  const Swept swept = sweep(p.weights, p.hessian, {.frozen = &mask, .descending = descending}).value();
  RC_ASSERT(swept.kept == mask);
  for (std::size_t i = 0; i < mask.kept.size(); ++i) RC_ASSERT(mask.kept[i] != 0 || swept.weights.values[i] == 0);
  const double best = loss_of(p, reconstruct(p.weights, mask, p.hessian.values).value());
  RC_ASSERT(best <= swept.loss * (1 + 1e-9) + 1e-12);
}

RC_GTEST_PROP(Sweep, RemovesTheShareItIsAskedFor, ()) {
  const Problem p = any_problem();
  SweepOptions options{.rule = round_to_grid, .fraction = *rc::gen::element(0.1, 0.5, 0.9, 1.0)};
  options.descending = *rc::gen::arbitrary<bool>();
  options.choice = *rc::gen::inRange<std::size_t>(1, 40);
  options.block = *rc::gen::inRange<std::size_t>(1, 40);
  const Swept swept = sweep(p.weights, p.hessian, options).value();
  const auto elements = static_cast<double>(p.weights.values.size());
  RC_ASSERT(swept.kept.removed() == static_cast<std::size_t>(std::floor(options.fraction * elements)));
  for (std::size_t i = 0; i < swept.kept.kept.size(); ++i)
    RC_ASSERT(swept.kept.kept[i] != 0 || swept.weights.values[i] == 0);
  RC_ASSERT(nearest_on_grid(swept.weights) == swept.weights);
}

RC_GTEST_PROP(Sweep, PatternsHoldInTheWeightsOwnOrder, ()) {
  const Problem p = any_problem();
  const NOfM pattern = *rc::gen::element(NOfM{2, 4}, NOfM{1, 4}, NOfM{1, 2}, NOfM{4, 8}, NOfM{1, 3});
  SweepOptions options{.pattern = pattern};
  options.descending = *rc::gen::arbitrary<bool>();
  options.block = *rc::gen::inRange<std::size_t>(1, 40);
  const Swept swept = sweep(p.weights, p.hessian, options).value();
  RC_ASSERT(obeys(swept.kept, pattern));
  // No more goes than must.
  const std::size_t whole = p.weights.columns / pattern.of;
  const std::size_t rest = p.weights.columns % pattern.of;
  const std::size_t a_row = whole * (pattern.of - pattern.keep) + (rest > pattern.keep ? rest - pattern.keep : 0);
  RC_ASSERT(swept.kept.removed() == a_row * p.weights.rows);
}

TEST(Sweep, MasksOnTheWayBeatMagnitudes) {
  double chosen = 0;
  double magnitude = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Problem p = problem(seed, 6, 32);
    const Swept swept = sweep(p.weights, p.hessian, {.fraction = 0.5, .choice = 8}).value();
    chosen += swept.loss;
    std::vector<double> sizes;
    for (const double value : p.weights.values) sizes.push_back(std::abs(value));
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
    Matrix zeroed = p.weights;
    for (double& value : zeroed.values) value = std::abs(value) < sizes[sizes.size() / 2] ? 0 : value;
    magnitude += loss_of(p, zeroed);
  }
  EXPECT_LT(chosen, 0.8 * magnitude);
}

TEST(Sweep, DeadColumnsGoFirstAndAreOtherwiseRoundedAlone) {
  Rng rng(5);
  Matrix inputs = testing::random_inputs(rng, 8, 20);
  for (double& value : inputs.row(3)) value = 0;
  const Hessian hessian = damped_hessian(testing::moments_of(inputs));
  const Matrix weights = testing::random_matrix(rng, 5, 8);
  RS_ASSERT_OK_AND_ASSIGN(const Swept pruned, sweep(weights, hessian, {.fraction = 0.125}));
  RS_ASSERT_OK_AND_ASSIGN(const Swept rounded, sweep(weights, hessian, {.rule = round_to_grid}));
  for (std::size_t r = 0; r < 5; ++r) {
    EXPECT_FALSE(pruned.kept(r, 3));
    EXPECT_EQ(rounded.weights(r, 3), std::round(weights(r, 3) / kStep) * kStep);
  }
}

}  // namespace
}  // namespace roofscape::linear
