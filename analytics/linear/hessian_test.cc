#include "analytics/linear/hessian.h"

#include <gtest/gtest.h>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

TEST(Hessian, DoublesDampensAndReportsDeadColumns) {
  Matrix moments(3, 3);
  moments.values = {4, 1, 0, 1, 2, 0, 0, 0, 0};
  const Hessian hessian = damped_hessian(moments, 0.5);
  EXPECT_EQ(hessian.dead, (std::vector<bool>{false, false, true}));
  EXPECT_EQ(hessian.damping, 3);  // half of the mean of 8 and 4
  EXPECT_EQ(hessian.values.values, (std::vector<double>{11, 2, 0, 2, 7, 0, 0, 0, 4}));
}

TEST(Hessian, NothingSeenIsTheIdentity) { EXPECT_EQ(damped_hessian(Matrix(2, 2)).values, testing::identity(2)); }

TEST(Hessian, RankDeficientMomentsBecomePositiveDefinite) {
  Rng rng(1);
  const Hessian hessian = damped_hessian(testing::moments_of(testing::random_inputs(rng, 20, 3)));
  EXPECT_TRUE(cholesky(hessian.values).ok());
}

TEST(Hessian, QuadraticFormIsTheErrorOfTheOutputs) {
  Rng rng(2);
  const Matrix inputs = testing::random_inputs(rng, 6, 40);
  const Matrix change = difference(testing::random_matrix(rng, 3, 6), testing::random_matrix(rng, 3, 6));
  const double error = testing::squared_norm(testing::product(change, inputs));
  EXPECT_NEAR(quadratic_form(change, testing::moments_of(inputs)), error, 1e-10 * error);
}

}  // namespace
}  // namespace roofscape::linear
