#include "analytics/linear/group_removal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

GroupedColumns random_columns(Rng& rng, std::size_t rows, std::vector<std::vector<std::size_t>> groups,
                              std::size_t columns, bool refitted) {
  return {testing::random_matrix(rng, rows, columns),
          damped_hessian(testing::moments_of(testing::random_inputs(rng, columns, 2 * columns))).values,
          std::move(groups), refitted};
}

// The textbook: what a set of groups costs, solved anew.
double loss_of(const GroupedColumns& matrix, const std::vector<std::size_t>& gone) {
  Mask kept(matrix.weights.rows, matrix.weights.columns);
  Matrix left = matrix.weights;
  for (const std::size_t group : gone)
    for (const std::size_t column : matrix.groups[group])
      for (std::size_t row = 0; row < left.rows; ++row) {
        kept(row, column) = 0;
        left(row, column) = 0;
      }
  if (matrix.refitted) left = reconstruct(matrix.weights, kept, matrix.hessian).value();
  return quadratic_form(difference(left, matrix.weights), matrix.hessian) / 2;
}

// Two layers whose groups lie in different places: of two, of three and one, and one that a layer does not read.
std::vector<GroupedColumns> two_layers(std::uint64_t seed, bool first_refitted, bool second_refitted) {
  Rng rng(seed);
  return {random_columns(rng, 3, {{0, 1}, {2, 3}, {4, 5}, {6, 7}}, 9, first_refitted),
          random_columns(rng, 5, {{5, 2, 0}, {3}, {}, {1, 4}}, 6, second_refitted)};
}

RC_GTEST_PROP(GroupRemoval, EqualsSolvingEverySetAnew, ()) {
  const auto matrices =
      two_layers(*rc::gen::inRange<std::uint64_t>(0, 1000), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>());
  const Elimination result = eliminate_groups(matrices, 4).value();
  RC_ASSERT(result.order.size() == 4U);
  std::vector<std::size_t> gone;
  double before = 0;
  for (std::size_t step = 0; step < 4; ++step) {
    std::optional<double> least;
    for (std::size_t group = 0; group < 4; ++group) {
      if (std::find(gone.begin(), gone.end(), group) != gone.end()) continue;
      std::vector<std::size_t> more = gone;
      more.push_back(group);
      const double loss = loss_of(matrices[0], more) + loss_of(matrices[1], more) - before;
      least = least ? std::min(*least, loss) : loss;
    }
    gone.push_back(result.order[step]);
    const double now = loss_of(matrices[0], gone) + loss_of(matrices[1], gone);
    RC_ASSERT(std::abs(result.losses[step] - (now - before)) <= 1e-7 * (1 + now));
    RC_ASSERT(now - before <= *least + 1e-7 * (1 + now));
    before = now;
  }
}

TEST(GroupRemoval, OneOfTwoEqualColumnsCostsNextToNothingAndTheOtherThenAll) {
  GroupedColumns columns{Matrix(1, 3), Matrix(3, 3), {{0}, {1}, {2}}, true};
  columns.weights.values = {2, 3, 1};
  // x₀ = x₁, x₂ apart from them.
  columns.hessian.values = {1 + 1e-6, 1, 0, 1, 1 + 1e-6, 0, 0, 0, 1};
  RS_ASSERT_OK_AND_ASSIGN(const Elimination result, eliminate_groups({columns}, 3));
  EXPECT_EQ(result.order, (std::vector<std::size_t>{0, 2, 1}));
  EXPECT_NEAR(result.losses[0], 0, 1e-5);
  EXPECT_NEAR(result.losses[1], 0.5, 1e-9);
  EXPECT_NEAR(result.losses[2], 12.5, 1e-4);
}

TEST(GroupRemoval, OfASetOneStays) {
  const auto order = [](std::vector<std::vector<std::size_t>> sets) {
    return eliminate_groups(two_layers(1, true, true), 4, Survivors(std::move(sets))).value().order;
  };
  const std::vector<std::size_t> free = order({});
  ASSERT_EQ(free.size(), 4U);
  const std::vector<std::size_t> guarded = order({{free[0]}});
  EXPECT_EQ(guarded.size(), 3U);
  EXPECT_EQ(std::count(guarded.begin(), guarded.end(), free[0]), 0);
  EXPECT_EQ(order({{free[0], free[1]}, {free[2]}}).size(), 2U);
}

TEST(GroupRemoval, StopsAfterTheStepsAskedFor) {
  EXPECT_EQ(eliminate_groups(two_layers(1, true, true), 2).value().order.size(), 2U);
  EXPECT_TRUE(eliminate_groups({}, 2).value().order.empty());
}

}  // namespace
}  // namespace roofscape::linear
