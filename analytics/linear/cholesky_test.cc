#include "analytics/linear/cholesky.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

class CholeskyTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  Rng rng_{GetParam()};
  Matrix matrix_ =
      damped_hessian(testing::moments_of(testing::random_inputs(rng_, GetParam(), 2 * GetParam() + 3))).values;
  double tolerance_ = 1e-9;
};

TEST_P(CholeskyTest, FactorIsLowerAndGivesTheMatrixBack) {
  RS_ASSERT_OK_AND_ASSIGN(const Matrix lower, cholesky(matrix_));
  for (std::size_t i = 0; i < lower.rows; ++i)
    for (std::size_t j = i + 1; j < lower.rows; ++j) EXPECT_EQ(lower(i, j), 0);
  EXPECT_LT(testing::largest_difference(testing::product(lower, testing::transposed(lower)), matrix_),
            tolerance_ * matrix_(0, 0));
}

TEST_P(CholeskyTest, InverseIsSymmetricAndInverts) {
  RS_ASSERT_OK_AND_ASSIGN(const Matrix inverted, inverse(matrix_));
  EXPECT_EQ(inverted, testing::transposed(inverted));
  EXPECT_LT(testing::largest_difference(testing::product(inverted, matrix_), testing::identity(matrix_.rows)),
            tolerance_);
}

TEST_P(CholeskyTest, UpperFactorIsThatOfTheInverse) {
  RS_ASSERT_OK_AND_ASSIGN(const Matrix upper, upper_factor_of_inverse(matrix_));
  RS_ASSERT_OK_AND_ASSIGN(const Matrix inverted, inverse(matrix_));
  for (std::size_t i = 0; i < upper.rows; ++i) {
    EXPECT_GT(upper(i, i), 0);
    for (std::size_t j = 0; j < i; ++j) EXPECT_EQ(upper(i, j), 0);
  }
  EXPECT_LT(testing::largest_difference(testing::product(testing::transposed(upper), upper), inverted),
            tolerance_ * inverted(0, 0));
}

TEST_P(CholeskyTest, SolvesSeveralRightHandSides) {
  const Matrix right = testing::random_matrix(rng_, GetParam(), 3);
  RS_ASSERT_OK_AND_ASSIGN(const Matrix solution, solve(matrix_, right));
  EXPECT_LT(testing::largest_difference(testing::product(matrix_, solution), right), tolerance_);
}

INSTANTIATE_TEST_SUITE_P(Sizes, CholeskyTest, ::testing::Values(1, 2, 7, 40, 130));

TEST(Cholesky, RefusesWhatIsNotPositiveDefinite) {
  Matrix matrix(2, 2);
  matrix.values = {1, 2, 2, 1};
  const auto refused = StatusIs(Code::kFailedPrecondition, HasSubstr("not positive definite"));
  EXPECT_THAT(cholesky(matrix), refused);
  EXPECT_THAT(inverse(matrix), refused);
  EXPECT_THAT(upper_factor_of_inverse(matrix), refused);
  EXPECT_THAT(solve(matrix, matrix), refused);
  matrix(0, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(cholesky(matrix), refused);
}

}  // namespace
}  // namespace roofscape::linear
