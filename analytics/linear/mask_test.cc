#include "analytics/linear/mask.h"

#include <gtest/gtest.h>

namespace roofscape::linear {
namespace {

TEST(Mask, CountsWhatIsRemoved) {
  Mask mask(2, 3);
  EXPECT_EQ(mask.removed(), 0U);
  mask(1, 2) = 0;
  mask(0, 0) = 0;
  EXPECT_EQ(mask.removed(), 2U);
  Matrix weights(2, 3);
  weights.values = {0, 1, 2, 3, 4, 0};
  EXPECT_EQ(nonzero_mask(weights), mask);
}

TEST(Mask, PatternHoldsInEveryGroupAndTheShortLastOne) {
  Mask mask(1, 6);
  EXPECT_FALSE(obeys(mask, {2, 4}));
  mask(0, 1) = mask(0, 2) = 0;
  EXPECT_TRUE(obeys(mask, {2, 4}));
  EXPECT_FALSE(obeys(mask, {1, 4}));
  mask(0, 0) = mask(0, 4) = 0;
  EXPECT_TRUE(obeys(mask, {1, 4}));
}

}  // namespace
}  // namespace roofscape::linear
