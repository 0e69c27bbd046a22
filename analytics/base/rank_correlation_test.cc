#include "analytics/base/rank_correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace roofscape {
namespace {

using Numbers = std::vector<double>;

TEST(RankCorrelation, LooksAtOrderAlone) {
  const Numbers a = {1, 2, 3, 4, 5};
  Numbers grown, fallen;
  for (const double value : a) {
    grown.push_back(std::exp(value));
    fallen.push_back(-value * value * value);
  }
  EXPECT_DOUBLE_EQ(rank_correlation(a, grown), 1);
  EXPECT_DOUBLE_EQ(rank_correlation(a, fallen), -1);
}

// 1 - 6*sum(d^2)/(n*(n^2-1)) for ranks without ties: d = 1, 1, 1, 1, 0.
TEST(RankCorrelation, IsSpearmans) {
  EXPECT_DOUBLE_EQ(rank_correlation(Numbers{1, 2, 3, 4, 5}, Numbers{20, 10, 40, 30, 50}), 1 - 6.0 * 4 / (5 * 24));
}

TEST(RankCorrelation, EqualNumbersShareTheirRanks) {
  // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
  EXPECT_NEAR(rank_correlation(Numbers{1, 2, 2, 3}, Numbers{1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5), 1e-12);
  EXPECT_EQ(rank_correlation(Numbers{7, 7, 7}, Numbers{1, 2, 3}), 0);
  EXPECT_EQ(rank_correlation(Numbers{}, Numbers{}), 0);
}

}  // namespace
}  // namespace roofscape
