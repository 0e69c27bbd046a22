#include "tests/bench/yardstick/recorder.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "tests/bench/yardstick/test_job_file.h"

namespace roofscape::bench {
namespace {

using ::roofscape::testing::IsOk;

// A run, from what the memory holds.
Moment run(const JobFile& file, MeasurementMemory& memory, std::int64_t images = 0) {
  Trace trace(file.prepared.job);
  Recorder recorder(file, memory, trace, images);
  explore::Explorer explorer(file.prepared.job, file.engine, recorder);
  EXPECT_THAT(explorer.run(CancelToken()), IsOk());
  return trace.after(trace.evaluations());
}

TEST(Recorder, WhatIsRememberedChangesNothingButTheTime) {
  const JobFile file = testing::small_job_file(40);
  RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(""));
  const Moment first = run(file, memory), second = run(file, memory);
  EXPECT_EQ(first.evaluations, 40U);
  EXPECT_EQ(second.evaluations, first.evaluations);
  EXPECT_EQ(second.feasible, first.feasible);
  EXPECT_EQ(second.spent.images, first.spent.images);
  EXPECT_EQ(second.hypervolumes, first.hypervolumes);
}

TEST(Recorder, GoesOnUntilTheImagesAreSeen) {
  const JobFile file = testing::small_job_file(20);
  RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(""));
  const Moment as_asked = run(file, memory), longer = run(file, memory, as_asked.spent.images + 2000);
  EXPECT_EQ(as_asked.evaluations, 20U);
  EXPECT_GT(longer.evaluations, 20U);
  EXPECT_GE(longer.spent.images, as_asked.spent.images + 2000);
}

TEST(Recorder, TellsTheExplorersOwnImagesAndHypervolume) {
  const JobFile file = testing::small_job_file(40);
  explore::testing::MemorySink sink;
  explore::Explorer explorer(file.prepared.job, file.engine, sink);
  ASSERT_THAT(explorer.run(CancelToken()), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(""));
  const Moment moment = run(file, memory);
  EXPECT_EQ(moment.spent.images, sink.last.images);
  EXPECT_NEAR(moment.mean, sink.last.hypervolume, 1e-12);
  EXPECT_GT(moment.mean, 0);
}

}  // namespace
}  // namespace roofscape::bench
