#include "analytics/linear/product.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

RC_GTEST_PROP(Product, IsThatOfTheSums, (std::uint64_t seed)) {
  Rng rng(seed);
  const Matrix a = testing::random_matrix(rng, 3, 5);
  const Matrix b = testing::random_matrix(rng, 5, 4);
  RC_ASSERT(testing::largest_difference(product(a, b), testing::product(a, b)) < 1e-12);
  RC_ASSERT(testing::largest_difference(product_transposed(a, transposed(b)), product(a, b)) < 1e-12);
}

// No factor near it is better, nor is the one from which it started.
RC_GTEST_PROP(Refitted, IsTheBestFactorBehindAMap, (std::uint64_t seed)) {
  Rng rng(seed);
  const Matrix weights = testing::random_matrix(rng, 4, 9);
  const Matrix map = testing::random_matrix(rng, 3, 9);
  const Matrix start = testing::random_matrix(rng, 4, 3);
  const Matrix inputs = testing::random_inputs(rng, 9, 30);
  const auto error = [&](const Matrix& factor) {
    return testing::squared_norm(testing::product(difference(weights, product(factor, map)), inputs));
  };
  const Matrix best = refitted(weights, start, map, testing::moments_of(inputs));
  RC_ASSERT(error(best) <= error(start));
  Matrix nudged = best;
  for (double& value : nudged.values) value += 0.01 * rng.normal();
  RC_ASSERT(error(best) <= error(nudged));
}

TEST(Refitted, KeepsItsStartWhereNothingFlows) {
  Rng rng(1);
  const Matrix weights = testing::random_matrix(rng, 4, 5);
  const Matrix map = testing::random_matrix(rng, 2, 5);
  const Matrix start = testing::random_matrix(rng, 4, 2);
  EXPECT_EQ(refitted(weights, start, map, Matrix(5, 5)), start);
}

}  // namespace
}  // namespace roofscape::linear
