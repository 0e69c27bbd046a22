#include "analytics/linear/least_squares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

using ::roofscape::testing::StatusIs;

TEST(LeastSquares, FindsTheCoefficientsThatMadeTheData) {
  Rng rng(1);
  const Matrix inputs = testing::random_inputs(rng, 8, 50);
  const Matrix truth = testing::random_matrix(rng, 8, 3);
  const Matrix cross = testing::product(inputs, testing::product(testing::transposed(inputs), truth));
  RS_ASSERT_OK_AND_ASSIGN(const Matrix found, least_squares(testing::moments_of(inputs), cross));
  EXPECT_LT(testing::largest_difference(found, truth), 1e-9);
}

TEST(LeastSquares, RidgeShrinksAndSolvesWhatIsSingular) {
  Rng rng(2);
  const Matrix inputs = testing::random_inputs(rng, 8, 3);
  const Matrix moments = testing::moments_of(inputs);
  const Matrix cross = testing::product(inputs, testing::random_matrix(rng, 3, 2));
  RS_ASSERT_OK_AND_ASSIGN(const Matrix small, least_squares(moments, cross, 0.1));
  RS_ASSERT_OK_AND_ASSIGN(const Matrix large, least_squares(moments, cross, 10));
  EXPECT_LT(testing::squared_norm(large), testing::squared_norm(small));
  EXPECT_THAT(least_squares(Matrix(2, 2), Matrix(2, 1)), StatusIs(Code::kFailedPrecondition, ::testing::_));
}

}  // namespace
}  // namespace roofscape::linear
