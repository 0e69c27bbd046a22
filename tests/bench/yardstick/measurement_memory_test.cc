#include "tests/bench/yardstick/measurement_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "analytics/base/status_matchers.h"
#include "db/test_support.h"

namespace roofscape::bench {
namespace {

using ::roofscape::testing::IsOk;

engine::Counts counts(std::int64_t images, std::int64_t top1) {
  engine::Counts counts;
  counts.images = images;
  counts.top1 = top1;
  counts.snr_fixed = -7;
  return counts;
}

const Digest kKey = sha256("network");

TEST(MeasurementMemory, AnotherRunFindsWhatWasAdded) {
  const db::testing::TemporaryFolder folder;
  {
    RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(folder / "measured"));
    EXPECT_THAT(memory.add(kKey, {counts(100, 80), 0.25, {counts(64, 50)}}), IsOk());
  }
  RS_ASSERT_OK_AND_ASSIGN(const MeasurementMemory memory, MeasurementMemory::open(folder / "measured"));
  const auto found = memory.find(kKey);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->counts, counts(100, 80));
  EXPECT_EQ(found->seconds, 0.25);
  ASSERT_EQ(found->looks.size(), 1U);
  EXPECT_EQ(found->looks[0], counts(64, 50));
  EXPECT_FALSE(memory.find(sha256("another")));
}

TEST(MeasurementMemory, KeepsWhatSawMoreImagesOrLooks) {
  const db::testing::TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(folder / "measured"));
  EXPECT_THAT(memory.add(kKey, {counts(64, 50)}), IsOk());
  EXPECT_THAT(memory.add(kKey, {counts(100, 80)}), IsOk());
  EXPECT_THAT(memory.add(kKey, {counts(64, 50)}), IsOk());
  EXPECT_EQ(memory.find(kKey)->counts.images, 100);
  EXPECT_THAT(memory.add(kKey, {counts(100, 80), 0, {counts(64, 50)}}), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const MeasurementMemory again, MeasurementMemory::open(folder / "measured"));
  EXPECT_EQ(again.find(kKey)->counts.images, 100);
  EXPECT_EQ(again.find(kKey)->looks.size(), 1U);
}

TEST(MeasurementMemory, ForgetsALineThatWasCutOff) {
  const db::testing::TemporaryFolder folder;
  const std::string file = folder / "measured";
  {
    RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(file));
    EXPECT_THAT(memory.add(kKey, {counts(100, 80)}), IsOk());
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  RS_ASSERT_OK_AND_ASSIGN(const MeasurementMemory memory, MeasurementMemory::open(file));
  EXPECT_FALSE(memory.find(kKey));
}

}  // namespace
}  // namespace roofscape::bench
