#include "analytics/linear/coordinate_rounding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

constexpr double kStep = 0.5;
constexpr double kEnd = 2;

Neighbours on_grid(std::size_t, std::size_t, double value) {
  return {std::max(value - kStep, -kEnd), std::min(value + kStep, kEnd)};
}

Matrix rounded(const Matrix& weights) {
  Matrix result = weights;
  for (double& value : result.values) value = std::clamp(std::round(value / kStep) * kStep, -kEnd, kEnd);
  return result;
}

RC_GTEST_PROP(CoordinateRounding, NeverLosesAndEndsWhereNoMoveHelps, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const std::size_t columns = *rc::gen::inRange<std::size_t>(1, 20);
  const Matrix weights = testing::random_matrix(rng, 3, columns);
  const Matrix hessian = damped_hessian(testing::moments_of(testing::random_inputs(rng, columns, columns + 5))).values;
  const auto loss = [&](const Matrix& values) { return quadratic_form(difference(values, weights), hessian); };
  double before = loss(rounded(weights));
  for (const int passes : {0, 1, 2, 1000}) {
    const Matrix result = coordinate_rounding(weights, rounded(weights), hessian, on_grid, passes);
    RC_ASSERT(loss(result) <= before * (1 + 1e-12));
    before = loss(result);
    RC_ASSERT(rounded(result) == result);
    if (passes < 1000) continue;
    for (std::size_t r = 0; r < result.rows; ++r) {
      for (std::size_t i = 0; i < columns; ++i) {
        const auto [below, above] = on_grid(r, i, result(r, i));
        for (const double to : {below, above}) {
          Matrix moved = result;
          moved(r, i) = to;
          RC_ASSERT(loss(moved) >= before * (1 - 1e-9));
        }
      }
    }
  }
}

TEST(CoordinateRounding, WhatHasNoNeighboursStays) {
  Rng rng(1);
  const Matrix weights = testing::random_matrix(rng, 2, 6);
  const Matrix hessian = damped_hessian(testing::moments_of(testing::random_inputs(rng, 6, 9))).values;
  const Matrix start(2, 6);
  const auto stay = [](std::size_t, std::size_t, double value) { return Neighbours{value, value}; };
  EXPECT_EQ(coordinate_rounding(weights, start, hessian, stay), start);
}

TEST(CoordinateRounding, ImprovesOnNearestRounding) {
  double nearest = 0;
  double moved = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Rng rng(seed);
    const Matrix weights = testing::random_matrix(rng, 4, 24);
    const Matrix hessian = damped_hessian(testing::moments_of(testing::random_inputs(rng, 24, 48))).values;
    const Matrix start = rounded(weights);
    nearest += quadratic_form(difference(start, weights), hessian);
    moved += quadratic_form(difference(coordinate_rounding(weights, start, hessian, on_grid), weights), hessian);
  }
  EXPECT_LT(moved, 0.6 * nearest);
}

}  // namespace
}  // namespace roofscape::linear
