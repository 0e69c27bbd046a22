#include "analytics/linear/low_rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "analytics/base/status_matchers.h"
#include "analytics/linear/hessian.h"
#include "analytics/linear/testing.h"

namespace roofscape::linear {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

Matrix rebuilt(const Spectrum& spectrum, std::size_t rank) {
  const Factors factors = spectrum.factors(rank);
  return testing::product(factors.left, factors.right);
}

// What is predicted is what is measured, for wide and tall weights, and where the inputs span less than all columns.
RC_GTEST_PROP(LowRank, PredictedLossIsTheMeasuredOne, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const std::size_t m = *rc::gen::inRange<std::size_t>(1, 20);
  const std::size_t n = *rc::gen::inRange<std::size_t>(1, 20);
  const Matrix weights = testing::random_matrix(rng, m, n);
  const Matrix inputs = testing::random_inputs(rng, n, *rc::gen::inRange<std::size_t>(1, 40));
  const Spectrum spectrum = whitened_spectrum(weights, testing::moments_of(inputs)).value();
  RC_ASSERT(spectrum.full_rank() == std::min(m, n));
  const double all = testing::squared_norm(testing::product(weights, inputs));
  for (std::size_t rank = 0; rank <= spectrum.full_rank(); ++rank) {
    const Matrix change = difference(weights, rebuilt(spectrum, rank));
    const double measured = testing::squared_norm(testing::product(change, inputs));
    RC_ASSERT(std::abs(measured - spectrum.loss(rank)) <= 1e-4 * measured + 1e-12 * all);
  }
  RC_ASSERT(spectrum.loss(spectrum.full_rank()) == 0);
}

RC_GTEST_PROP(LowRank, NoMatrixOfTheSameRankIsBetter, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const Matrix weights = testing::random_matrix(rng, 6, 9);
  const Matrix inputs = testing::random_inputs(rng, 9, 30);
  const Spectrum whitened = whitened_spectrum(weights, testing::moments_of(inputs)).value();
  const Spectrum plain = plain_spectrum(weights).value();
  for (std::size_t rank = 1; rank < 6; ++rank) {
    const auto error = [&](const Matrix& other) {
      return testing::squared_norm(testing::product(difference(weights, other), inputs));
    };
    RC_ASSERT(error(rebuilt(whitened, rank)) <= error(rebuilt(plain, rank)) * (1 + 1e-9));
    Matrix nudged = whitened.factors(rank).left;
    for (double& value : nudged.values) value += 0.01 * rng.normal();
    RC_ASSERT(error(rebuilt(whitened, rank)) <= error(testing::product(nudged, whitened.factors(rank).right)));
  }
}

TEST(LowRank, PlainSpectrumIsThatOfTheMatrix) {
  Matrix weights(2, 3);
  weights.values = {3, 0, 0, 0, 0, -2};
  RS_ASSERT_OK_AND_ASSIGN(const Spectrum spectrum, plain_spectrum(weights));
  EXPECT_NEAR(spectrum.squares()[0], 9, 1e-12);
  EXPECT_NEAR(spectrum.squares()[1], 4, 1e-12);
  EXPECT_NEAR(spectrum.loss(1), 4, 1e-12);
  EXPECT_LT(testing::largest_difference(rebuilt(spectrum, 2), weights), 1e-12);
  EXPECT_EQ(spectrum.rank_for(0.5), 1U);
  EXPECT_EQ(spectrum.rank_for(0.1), 2U);
  EXPECT_EQ(spectrum.rank_for(1), 0U);
}

TEST(LowRank, RefusesWhatIsNotFinite) {
  Matrix weights(2, 2);
  weights(0, 0) = std::numeric_limits<double>::infinity();
  EXPECT_THAT(plain_spectrum(weights), StatusIs(Code::kFailedPrecondition, HasSubstr("not finite")));
}

}  // namespace
}  // namespace roofscape::linear
