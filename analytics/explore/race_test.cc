#include "analytics/explore/race.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/base/rng.h"

namespace roofscape::explore {
namespace {

TEST(Looks, DoubleUpToAllImagesInWholeBatches) {
  EXPECT_EQ(looks(4000, 64), (std::vector<std::int64_t>{192, 448, 960, 1984, 4000}));
  EXPECT_EQ(looks(9886, 64), (std::vector<std::int64_t>{128, 256, 576, 1216, 2432, 4928, 9886}));
  EXPECT_EQ(looks(200, 64), std::vector<std::int64_t>{200});
  EXPECT_EQ(looks(1, 64), std::vector<std::int64_t>{1});
  for (const std::int64_t images : looks(100'000, 48)) EXPECT_TRUE(images == 100'000 || images % 48 == 0);
}

// Images that the candidate loses or wins, in a random order.
std::vector<int> differences(std::int64_t total, std::int64_t lost, std::int64_t won, Rng& rng) {
  std::vector<int> all(static_cast<std::size_t>(total), 0);
  std::fill_n(all.begin(), lost, -1);
  std::fill_n(all.begin() + lost, won, 1);
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[rng.below(i)]);
  return all;
}

// The image count at which a candidate is out; `terms.total` if it is not.
std::int64_t raced(const std::vector<int>& differences, const RaceTerms& terms, const std::vector<std::int64_t>& at) {
  engine::Counts counts;
  for (const std::int64_t look : at) {
    for (; counts.images < look; ++counts.images) {
      const int difference = differences[static_cast<std::size_t>(counts.images)];
      counts.lost += difference < 0 ? 1 : 0;
      counts.won += difference > 0 ? 1 : 0;
    }
    // Right on every image on which the base is, but for those lost.
    counts.top1 = counts.images * terms.base_top1 / terms.total + counts.won - counts.lost;
    if (out(counts, terms)) return look;
  }
  return terms.total;
}

TEST(Race, WrongDecisionsAreNoMoreThanTheConfidenceAllows) {
  constexpr std::int64_t kTotal = 2000, kBase = 1700;
  constexpr int kRuns = 4000;
  const std::vector<std::int64_t> at = looks(kTotal, 64);
  Rng rng(11);
  for (const double confidence : {0.99, 0.999}) {
    int wrong = 0;
    for (int run = 0; run < kRuns; ++run) {
      // It needs exactly what it has: each time that it is out, that is wrong.
      const std::int64_t lost = 40 + static_cast<std::int64_t>(rng.below(300)), won = lost / 3;
      const RaceTerms terms{kTotal, kBase, static_cast<double>(kBase + won - lost), confidence, at.size() - 1};
      wrong += raced(differences(kTotal, lost, won, rng), terms, at) < kTotal ? 1 : 0;
    }
    EXPECT_LE(wrong, static_cast<int>(1.5 * kRuns * (1 - confidence)) + 1) << confidence;
  }
}

TEST(Race, ADestroyedCandidateIsOutAtTheFirstLook) {
  constexpr std::int64_t kTotal = 4000, kBase = 3480;
  const std::vector<std::int64_t> at = looks(kTotal, 64);
  Rng rng(3);
  const RaceTerms terms{kTotal, kBase, 3200, 0.999, at.size() - 1};
  EXPECT_EQ(raced(differences(kTotal, 3100, 20, rng), terms, at), at[0]);
}

TEST(Race, OneThatHoldsWhatItNeedsIsMeasuredOnAllImages) {
  constexpr std::int64_t kTotal = 4000, kBase = 3480;
  const std::vector<std::int64_t> at = looks(kTotal, 64);
  Rng rng(4);
  const RaceTerms terms{kTotal, kBase, 3200, 0.999, at.size() - 1};
  for (int run = 0; run < 50; ++run) EXPECT_EQ(raced(differences(kTotal, 150, 60, rng), terms, at), kTotal);
}

TEST(Race, NobodyIsOutAtFullConfidence) {
  engine::Counts destroyed;
  destroyed.images = 1000;
  destroyed.lost = 900;
  EXPECT_FALSE(out(destroyed, {.total = 4000, .base_top1 = 3480, .needed = 3900, .confidence = 1}));
}

TEST(ExpectedTop1, IsTheBasesWithThePairedDifference) {
  engine::Counts counts;
  counts.images = 500;
  counts.lost = 60;
  counts.won = 10;
  EXPECT_DOUBLE_EQ(expected_top1(counts, {.total = 1000, .base_top1 = 900}), 0.9 - 0.1);
}

}  // namespace
}  // namespace roofscape::explore
