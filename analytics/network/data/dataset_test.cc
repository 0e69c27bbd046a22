#include "analytics/network/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

Dataset small_set() {
  Dataset set;
  set.image_shape = {1, 1, 2};
  set.count = 3;
  for (int i = 0; i < 6; ++i) set.raw.push_back(static_cast<std::byte>(10 + i));
  set.labels = {2, 0, 1};
  return set;
}

TEST(Dataset, KeyDependsOnEverything) {
  const Dataset set = small_set();
  EXPECT_EQ(set.key(), small_set().key());
  Dataset other = set;
  other.raw[5] = std::byte{0};
  EXPECT_NE(other.key(), set.key());
  other = set;
  other.labels[0] = 1;
  EXPECT_NE(other.key(), set.key());
  other = set;
  other.labels.clear();
  EXPECT_NE(other.key(), set.key());
  other = set;
  other.image_shape = {1, 2, 1};
  EXPECT_NE(other.key(), set.key());
  other = set;
  other.element = Dataset::Element::kFloat32;
  EXPECT_NE(other.key(), set.key());
}

TEST(Subset, TakesImagesAndLabelsInTheGivenOrder) {
  const std::vector<std::int64_t> indices = {2, 0};
  const Dataset part = subset(small_set(), indices);
  EXPECT_EQ(part.count, 2);
  EXPECT_EQ(part.raw, (std::vector<std::byte>{std::byte{14}, std::byte{15}, std::byte{10}, std::byte{11}}));
  EXPECT_EQ(part.labels, (std::vector<std::int32_t>{1, 2}));
  Dataset unlabelled = small_set();
  unlabelled.labels.clear();
  EXPECT_FALSE(subset(unlabelled, indices).labelled());
}

TEST(SplitDataset, PartsAreDisjointWholeAndEvenlySpread) {
  for (std::int64_t count = 1; count <= 60; ++count) {
    for (std::int64_t calibration = 0; calibration < count; ++calibration) {
      RS_ASSERT_OK_AND_ASSIGN(const DataSplit split, split_dataset(count, calibration));
      ASSERT_EQ(std::ssize(split.calibration), calibration);
      ASSERT_EQ(std::ssize(split.evaluation), count - calibration);
      std::vector<std::int64_t> all;
      std::merge(split.calibration.begin(), split.calibration.end(), split.evaluation.begin(), split.evaluation.end(),
                 std::back_inserter(all));
      for (std::int64_t i = 0; i < count; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
      for (std::size_t i = 1; i < split.calibration.size(); ++i) {
        const std::int64_t gap = split.calibration[i] - split.calibration[i - 1];
        ASSERT_GE(gap, count / calibration);
        ASSERT_LE(gap, count / calibration + 1);
      }
    }
  }
}

TEST(SplitDataset, RefusesToLeaveNothingToEvaluate) {
  EXPECT_THAT(split_dataset(10, 10),
              StatusIs(Code::kInvalidArgument, HasSubstr("10 of 10 images for calibration; use 0 to 9")));
  EXPECT_THAT(split_dataset(10, -1), StatusIs(Code::kInvalidArgument, HasSubstr("use 0 to 9")));
  EXPECT_THAT(split_dataset(0, 0), StatusIs(Code::kInvalidArgument, HasSubstr("0 images")));
}

}  // namespace
}  // namespace roofscape
