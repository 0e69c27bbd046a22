#include "server/evaluation_filter.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

v1::Evaluation right_on(std::int64_t right, std::int64_t images) {
  v1::Evaluation evaluation;
  evaluation.mutable_counts()->set_image_count(images);
  evaluation.mutable_counts()->set_top1_count(right);
  evaluation.set_mac_count(1000);
  return evaluation;
}

TEST(ImageCount, WhatWasOutEarlyMeetsNoLimitOfWhatIsMeasured) {
  const ImageCount images{960};
  RS_ASSERT_OK_AND_ASSIGN(const auto accuracy, parse_filter("top1 >= 0.7", {}));
  EXPECT_TRUE(images.holds(accuracy, right_on(720, 960)));
  EXPECT_FALSE(images.holds(accuracy, right_on(600, 960)));
  EXPECT_FALSE(images.holds(accuracy, right_on(150, 192))) << ".78, of a fifth of the images";
  RS_ASSERT_OK_AND_ASSIGN(const auto price, parse_filter("macs <= 2000", {}));
  EXPECT_TRUE(images.holds(price, right_on(150, 192)));
  EXPECT_TRUE(images.is_short_of(search::Metric::kLoss, right_on(150, 192)));
  EXPECT_FALSE(images.is_short_of(search::Metric::kMacs, right_on(150, 192)));
}

}  // namespace
}  // namespace roofscape::server
