#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/explorer.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using testing::numbers;
using testing::small_job;

void expect_error(const Job& job, Code code, const std::string& field, const std::string& text) {
  const Status status = validate(job);
  EXPECT_THAT(status, StatusIs(code, HasSubstr(text)));
  EXPECT_EQ(status.field(), field);
}

search::Constraint constraint(const char* text) { return search::parse_constraint(text).value(); }
search::Objective objective(const char* text) { return search::parse_objective(text).value(); }

TEST(Validate, AcceptsAGoodJob) {
  Job job = small_job();
  EXPECT_THAT(validate(job), IsOk());
  job.constraints = {constraint("top1 >= 0.9"), constraint("latency@cpu <= 1 s"), constraint("weight_bytes <= 64 KiB")};
  EXPECT_THAT(validate(job), IsOk());
}

// That the base network fits says nothing of a space that does not contain it.
TEST(Validate, LooksForAPointWhereTheBaseNetworkIsNone) {
  Job job = small_job();
  job.rules = {{"conv*", "", {{"accumulator", {{"bits", numbers({14})}}}}}};
  EXPECT_THAT(validate(job), IsOk());
  job.rules[0].required = true;
  EXPECT_THAT(validate(job), StatusIs(Code::kFailedPrecondition, HasSubstr("an accumulator adds integers")));
  job.rules.push_back({"conv*", "", {{"integer", {}}}});
  EXPECT_THAT(validate(job), IsOk());
}

TEST(Validate, NamesTheObjectiveOrConstraintAtFault) {
  Job job = small_job();
  job.objectives.push_back(objective("minimise energy@pi"));
  expect_error(job, Code::kInvalidArgument, "objectives[3]", "'pi' is not one of the exploration's platforms");
  job.objectives.back() = objective("maximise top1");
  expect_error(job, Code::kInvalidArgument, "objectives[3]", "top1 is an objective already");
  job.objectives.clear();
  expect_error(job, Code::kInvalidArgument, "objectives", "no objectives");
  job = small_job();
  job.constraints = {constraint("top1 >= 0.5"), constraint("latency@nowhere <= 1 s")};
  expect_error(job, Code::kInvalidArgument, "constraints[1]", "'nowhere'");
}

TEST(Validate, AsksForTheFiguresThatObjectivesNeed) {
  Job job = small_job();
  v1::Platform plain = cost::testing::cpu();
  plain.clear_peak_watts();
  job.platforms = {{"plain", std::make_shared<const v1::Platform>(plain)}};
  EXPECT_THAT(validate(job), IsOk());
  job.objectives.push_back(objective("minimise energy"));
  expect_error(job, Code::kFailedPrecondition, "objectives[3]", "energy cannot be told for 'plain'");
  job.objectives.back() = objective("minimise lut");
  expect_error(job, Code::kInvalidArgument, "objectives[3]", "none of the platforms has lut");
  job.objectives.pop_back();
  plain.clear_compute();
  job.platforms.push_back({"empty", std::make_shared<const v1::Platform>(plain)});
  const Status status = validate(job);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.field(), "platforms[1]");
}

TEST(Validate, ResourcesConcernThePlatformsThatHaveThem) {
  Job job = small_job();
  job.objectives.push_back(objective("minimise lut"));
  EXPECT_THAT(validate(job), IsOk());
}

TEST(Validate, RefusesConstraintsThatNoPriceHolds) {
  Job job = small_job();
  job.constraints = {constraint("top1 >= 0.5"), constraint("weight_bytes <= 20 B")};
  expect_error(job, Code::kFailedPrecondition, "constraints[1]", "no point of the space was found");
  // Hard to meet by chance, but there: everything at its smallest.
  job.constraints = {constraint("weight_bytes <= 420 B")};
  EXPECT_THAT(validate(job), IsOk());
}

TEST(Validate, RefusesConstraintsThatContradictEachOther) {
  Job job = small_job();
  job.constraints = {constraint("top1 >= 0.9"), constraint("latency <= 1 s"), constraint("top1 <= 0.8")};
  expect_error(job, Code::kInvalidArgument, "constraints[2]", "'top1 <= 0.8' contradicts 'top1 >= 0.9'");
  job.constraints = {constraint("latency@cpu <= 1 ms"), constraint("latency >= 2 ms")};
  expect_error(job, Code::kInvalidArgument, "constraints[1]", "'latency >= 2 ms' contradicts 'latency@cpu <= 1 ms'");
  job.constraints = {constraint("top1 >= 0.1"), constraint("top1 <= 0.1")};
  EXPECT_THAT(validate(job), IsOk());
}

TEST(Validate, ChecksTheRestOfTheJob) {
  Job job = small_job();
  job.rules[1].methods[0].knobs[0].second = numbers({0.25, 2});
  expect_error(job, Code::kOutOfRange, "space[1].prune_filters.fraction[1]", "fraction is 2");
  job = small_job();
  job.searcher = "grid";
  expect_error(job, Code::kInvalidArgument, "search.searcher", "grid measures every point");
  job.searcher = "best";
  expect_error(job, Code::kInvalidArgument, "search.searcher", "'best' is no searcher");
  job = small_job();
  job.evaluation.labels.clear();
  expect_error(job, Code::kInvalidArgument, "objectives[0]", "top1 needs labels");
  job = small_job();
  job.platforms.clear();
  expect_error(job, Code::kInvalidArgument, "platforms", "no platforms");
  job = small_job();
  job.platforms.push_back(job.platforms[0]);
  expect_error(job, Code::kInvalidArgument, "platforms[2]", "named twice");
  job = small_job();
  job.evaluations = 0;
  expect_error(job, Code::kOutOfRange, "search.evaluations", "evaluations is 0");
  job = small_job();
  job.plateau = 1;
  expect_error(job, Code::kOutOfRange, "search.plateau", "plateau is 1");
  job = small_job();
  job.batch = 0;
  expect_error(job, Code::kOutOfRange, "batch", "batch is 0");
}

}  // namespace
}  // namespace roofscape::explore
