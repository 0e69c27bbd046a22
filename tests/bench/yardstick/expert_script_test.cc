#include "tests/bench/yardstick/expert_script.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "tests/bench/yardstick/test_job_file.h"

namespace roofscape::bench {
namespace {

using ::roofscape::testing::IsOk;

Moment expert(const JobFile& file, std::int64_t images) {
  auto memory = MeasurementMemory::open("");
  Trace trace(file.prepared.job);
  auto lab = Lab::create(file, *memory, trace);
  EXPECT_THAT(lab.status(), IsOk());
  EXPECT_THAT(run_expert_script(**lab, images), IsOk());
  EXPECT_LE((*lab)->images(), images);
  return trace.after(trace.evaluations());
}

TEST(ExpertScript, FindsMoreWithMoreImagesAndKeepsToThem) {
  const JobFile file = testing::small_job_file(40);
  const Moment few = expert(file, 10 * 200), many = expert(file, 60 * 200);
  EXPECT_GT(few.mean, 0);
  EXPECT_GT(many.mean, few.mean);
  EXPECT_GT(many.spent.images, few.spent.images);
}

TEST(ExpertScript, IsTheSameEveryTime) {
  const JobFile file = testing::small_job_file(40);
  const Moment first = expert(file, 30 * 200), second = expert(file, 30 * 200);
  EXPECT_EQ(second.evaluations, first.evaluations);
  EXPECT_EQ(second.hypervolumes, first.hypervolumes);
}

}  // namespace
}  // namespace roofscape::bench
