#include "analytics/calibrate/spread.h"

#include <gtest/gtest.h>

#include <array>

namespace roofscape::calibrate {
namespace {

TEST(Spread, FewResidualsAreDrawnTowardWhatIsUsual) {
  EXPECT_EQ(spread_of({}, 0, 0), 0);
  EXPECT_DOUBLE_EQ(spread_of({}, 0.3, kSpreadRows), 0.3);
  const std::array<double, 2> residuals = {0.1, -0.1};
  EXPECT_DOUBLE_EQ(spread_of(residuals, 0, 0), 0.1);
  EXPECT_GT(spread_of(residuals, 0.3, kSpreadRows), 0.25);
}

TEST(Spread, OneWildRowCountsABoundedAmount) {
  const std::array<double, 1> wild = {40};
  EXPECT_DOUBLE_EQ(spread_of(wild, 0, 0), 1.5);
}

}  // namespace
}  // namespace roofscape::calibrate
