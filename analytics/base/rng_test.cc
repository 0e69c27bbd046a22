#include "analytics/base/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace roofscape {
namespace {

TEST(Rng, SameSeedSameNumbersAndStateRestores) {
  Rng a(7), b(7);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a.next(), b.next());
  Rng c = Rng::from_state(a.state());
  EXPECT_EQ(a.next(), c.next());
  EXPECT_NE(Rng(7).next(), Rng(8).next());
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::vector<int> seen(6);
  for (int i = 0; i < 60'000; ++i) ++seen[rng.below(6)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Rng, NormalHasMeanZeroAndVarianceOne) {
  Rng rng(3);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = rng.normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / 1e5, 0, 0.02);
  EXPECT_NEAR(squares / 1e5, 1, 0.02);
}

TEST(Rng, ForksDependOnTheLabelAlone) {
  const Rng rng(5);
  EXPECT_EQ(rng.fork(1).state(), rng.fork(1).state());
  EXPECT_NE(rng.fork(1).state(), rng.fork(2).state());
}

}  // namespace
}  // namespace roofscape
