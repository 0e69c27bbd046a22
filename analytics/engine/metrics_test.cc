#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/engine/engine.h"

namespace roofscape::engine {
namespace {

TEST(Metrics, TurnsCountsIntoShares) {
  Counts counts;
  counts.images = 200;
  counts.top1 = 150;
  counts.top5 = 190;
  counts.agree = 160;
  counts.loss_fixed = std::int64_t{200} << 19;  // half a nat an image
  counts.snr_fixed = std::int64_t{200} * 30 << 20;
  const Metrics m = metrics(counts);
  EXPECT_DOUBLE_EQ(m.top1, 0.75);
  EXPECT_DOUBLE_EQ(m.top5, 0.95);
  EXPECT_DOUBLE_EQ(m.agreement, 0.8);
  EXPECT_DOUBLE_EQ(m.loss, 0.5);
  EXPECT_DOUBLE_EQ(m.snr_db, 30);
}

TEST(Metrics, WilsonIntervalAgreesWithPublishedValues) {
  // Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662, 0 of 20 gives 0 to 0.1611.
  Counts counts;
  counts.images = 263;
  counts.top1 = 81;
  EXPECT_NEAR(metrics(counts).top1_interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(metrics(counts).top1_interval.high, 0.3662, 5e-5);
  counts.images = 20;
  counts.top1 = 0;
  EXPECT_EQ(metrics(counts).top1_interval.low, 0);
  EXPECT_NEAR(metrics(counts).top1_interval.high, 0.1611, 5e-5);
  counts.top1 = 20;
  EXPECT_EQ(metrics(counts).top1_interval.high, 1);
}

TEST(Metrics, NoImagesSayNothing) {
  const Metrics m = metrics(Counts{});
  EXPECT_EQ(m.top1, 0);
  EXPECT_EQ(m.top1_interval.low, 0);
  EXPECT_EQ(m.top1_interval.high, 1);
}

}  // namespace
}  // namespace roofscape::engine
