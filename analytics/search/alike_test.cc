#include "analytics/search/alike.h"

#include <gtest/gtest.h>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

Reading within(double value, double share) { return {value, value * (1 - share), value * (1 + share)}; }

std::vector<std::size_t> shown(const std::vector<Fold>& folds) {
  std::vector<std::size_t> indices;
  for (const Fold& fold : folds) indices.push_back(fold.shown);
  return indices;
}

TEST(SurelyBelow, ByMoreThanBothDoubtsTogether) {
  EXPECT_FALSE(surely_below(within(20.0, 0.5), within(20.1, 0.5)));
  EXPECT_TRUE(surely_below(within(8.0, 0.5), within(20.0, 0.5)));
  EXPECT_FALSE(surely_below(within(20.0, 0.5), within(8.0, 0.5)));
  EXPECT_FALSE(surely_below(within(12.0, 0.5), within(20.0, 0.5)));
  EXPECT_TRUE(surely_below(within(16.0, 0.15), Reading::exact(20.0)));
}

TEST(SurelyBelow, WhatIsExactDiffersByMoreThanThreeDigitsTell) {
  EXPECT_TRUE(surely_below(Reading::exact(61000), Reading::exact(61440)));
  EXPECT_FALSE(surely_below(Reading::exact(61400), Reading::exact(61440)));
  EXPECT_FALSE(surely_below(Reading::exact(0.1 + 0.2), Reading::exact(0.3)));
  EXPECT_FALSE(surely_below(Reading::exact(0.3), Reading::exact(0.1 + 0.2)));
  EXPECT_TRUE(surely_below(Reading::exact(-0.91), Reading::exact(-0.9)));  // maximised, so negated
  EXPECT_FALSE(surely_below(Reading::exact(0), Reading::exact(0)));
}

// A front of accuracy (exact here), time and bytes: what is 0.1 µs faster is neither faster nor better than the first.
TEST(FoldAlike, ATinyAdvantageWithinTheIntervalIsNone) {
  const std::vector<Readings> points = {
      {Reading::exact(-0.91), within(20.0, 1), Reading::exact(60)},
      {Reading::exact(-0.90), within(19.9, 1), Reading::exact(60)},
      {Reading::exact(-0.89), within(19.8, 1), Reading::exact(59)},  // fewer bytes are fewer bytes
      {Reading::exact(-0.88), within(19.7, 1), Reading::exact(61)}};
  const std::vector<Fold> folds = fold_alike(points);
  EXPECT_EQ(shown(folds), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(folds[0].stands_for, std::vector<std::size_t>{1});
  EXPECT_EQ(folds[1].stands_for, std::vector<std::size_t>{3});
}

// Each step lies within the intervals, the whole way does not: the third is compared with the first, not with the
// second.
TEST(FoldAlike, DoesNotChain) {
  std::vector<Readings> points;
  for (const double time : {100.0, 80.0, 64.0, 51.0, 41.0}) points.push_back({within(time, 0.3)});
  EXPECT_EQ(shown(fold_alike(points)), (std::vector<std::size_t>{0, 2, 4}));
}

TEST(FoldAlike, OfNothingIsNothing) {
  EXPECT_TRUE(fold_alike({}).empty());
  const std::vector<Readings> one = {{Reading::exact(1)}};
  EXPECT_EQ(shown(fold_alike(one)), std::vector<std::size_t>{0});
}

TEST(FoldAlike, EveryPointIsShownOrFoldedIntoOneOverWhichItHasNoAdvantage) {
  Rng rng(3);
  for (int round = 0; round < 200; ++round) {
    const std::size_t dimensions = 1 + rng.below(6);
    std::vector<Readings> points(rng.below(40));
    for (Readings& point : points)
      for (std::size_t i = 0; i < dimensions; ++i) point.push_back(within(1 + rng.uniform(), 0.3 * rng.uniform()));
    std::vector<int> seen(points.size(), 0);
    std::vector<std::size_t> before;
    for (const Fold& fold : fold_alike(points)) {
      ++seen[fold.shown];
      for (const std::size_t other : before) ASSERT_TRUE(has_advantage(points[fold.shown], points[other]));
      for (const std::size_t folded : fold.stands_for) {
        ++seen[folded];
        ASSERT_GT(folded, fold.shown);
        ASSERT_FALSE(has_advantage(points[folded], points[fold.shown]));
      }
      before.push_back(fold.shown);
    }
    ASSERT_EQ(seen, std::vector<int>(points.size(), 1)) << "round " << round;
  }
}

}  // namespace
}  // namespace roofscape::search
