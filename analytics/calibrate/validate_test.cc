#include "analytics/calibrate/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/calibrate.h"
#include "analytics/calibrate/test_platforms.h"
#include "analytics/cost/by_totals.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/load.h"
#include "analytics/cost/machine.h"

namespace roofscape::calibrate {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::measurements;
using testing::processor;
using testing::processors;

std::vector<Table> tables(const std::string& csv) { return {*Table::parse(csv, "mine.csv")}; }

const v1::ValidationSummary& summary(const v1::Validation& validation, const std::string& group,
                                     v1::ValidationGrade grade) {
  for (const v1::ValidationSummary& of : validation.summaries())
    if (of.group() == group && of.grade() == grade) return of;
  return v1::ValidationSummary::default_instance();
}

const v1::CalibrationScope& scope(const v1::Calibration& calibration, const std::string& id) {
  for (const v1::CalibrationScope& of : calibration.scopes())
    if (of.id() == id) return of;
  return v1::CalibrationScope::default_instance();
}

TEST(Validate, ALawIsFound) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate(tables(measurements(4)), processors()));
  ASSERT_EQ(validation.rows_size(), 42);
  const v1::ValidationSummary& network = summary(validation, "all", v1::UNSEEN_NETWORK);
  EXPECT_EQ(network.row_count(), 42);
  EXPECT_LT(network.median_error(), 0.05);
  EXPECT_NEAR(network.geometric_mean_ratio(), 1, 0.03);
  EXPECT_GT(network.rank_correlation(), 0.997);
  EXPECT_GE(network.coverage(), 0.85);
  // "large" has no other member; what is new to the family is asked of "small" alone.
  EXPECT_EQ(summary(validation, "class cpu", v1::UNSEEN_PLATFORM).row_count(), 28);
  EXPECT_EQ(summary(validation, "file mine.csv", v1::UNSEEN_FAMILY).row_count(), 42);
  for (const v1::ValidationRow& row : validation.rows()) EXPECT_EQ(row.likely_reason(), "");
}

// Every network again as an energy: 3 W on all of them.
std::string energies() {
  std::string csv = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";
  const std::vector<Table> times = tables(measurements(4));
  for (std::size_t i = 0; i < times[0].size(); ++i) {
    const Table::Row row = times[0].row(i);
    csv += fmt::format("{},{},FP32,1,energy,{},mJ/inf,{},{}\n", row.text("platform"), row.text("network"),
                       *row.number("value") * 3, row.text("gmacs"), row.text("params_m"));
  }
  return csv;
}

TEST(Validate, EnergiesAreClassesOfTheirOwn) {
  const std::vector<Table> both = {*Table::parse(measurements(4), "mine.csv"),
                                   *Table::parse(energies(), "mine_mj.csv")};
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation times, validate(tables(measurements(4)), processors()));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate(both, processors()));
  EXPECT_EQ(validation.rows_size(), 42);
  ASSERT_EQ(validation.energy_rows_size(), 42);
  EXPECT_EQ(summary(validation, "all", v1::UNSEEN_NETWORK).SerializeAsString(),
            summary(times, "all", v1::UNSEEN_NETWORK).SerializeAsString());
  const v1::ValidationSummary& energy = summary(validation, "class cpu energy", v1::UNSEEN_NETWORK);
  EXPECT_EQ(energy.row_count(), 42);
  EXPECT_LT(energy.median_error(), 0.12);
  EXPECT_EQ(summary(validation, "all energy", v1::UNSEEN_FAMILY).row_count(), 42);
  EXPECT_EQ(summary(validation, "file mine_mj.csv energy", v1::UNSEEN_ROW).row_count(), 42);
  const v1::ValidationRow& row = validation.energy_rows(0);
  EXPECT_EQ(row.measured_seconds(), 0);
  EXPECT_NEAR(row.measured_joules(), 3 * validation.rows(0).measured_seconds(), row.measured_joules() * 1e-5);
  EXPECT_GT(row.predictions(0).predicted_joules(), row.predictions(0).interval_joules().low());
}

TEST(Validate, ACalibrationOfTimesAndEnergiesPricesBoth) {
  const std::vector<Table> both = {*Table::parse(measurements(4), "mine.csv"),
                                   *Table::parse(energies(), "mine_mj.csv")};
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration calibration, calibrate(both, processors()));
  v1::Platform platform = processors()[0];
  const cost::CalibrationKey key = cost::calibration_key(platform);
  *platform.mutable_calibration() = **cost::resolve(calibration, key);
  *platform.mutable_energy_calibration() = **cost::resolve(calibration, cost::energy_key(key));
  cost::Outline outline;
  outline.macs = 1e9;
  outline.parameters = 1e7;
  RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate estimate,
                          cost::estimate_by_totals(outline, *cost::parse_formats("fp32"), platform, 1));
  ASSERT_TRUE(estimate.energy && estimate.energy_interval);
  EXPECT_NEAR(estimate.energy->value() / estimate.latency.value(), 3, 0.3);
  EXPECT_LT(estimate.energy_interval->low, *estimate.energy);
  EXPECT_GT(estimate.energy_interval->high, *estimate.energy);
  EXPECT_THAT(estimate.notes,
              ::testing::Contains(HasSubstr("energy is as measured: 14 measurements of this platform")));

  // On top of a calibration of times alone energies are learned afresh.
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration of_times, calibrate(tables(measurements(4)), processors()));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration on_top, calibrate(both, processors(), of_times));
  EXPECT_EQ(scope(on_top, "small-1 energy").row_count(), 14);
  EXPECT_EQ(scope(on_top, "small-1").row_count(), 28);
}

TEST(Validate, ARowThatNothingExplainsIsGivenAReasonAndKept) {
  std::string csv = measurements(4);
  csv += "small-1,odd,FP32,1,latency,30000,ms,0.5,9\n";
  csv += "abacus,odd,FP32,1,latency,9,ms,0.5,9\nabacus,even,FP32,1,latency,9,ms,0.5,9\n";
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate(tables(csv), processors()));
  ASSERT_EQ(validation.rows_size(), 43);
  EXPECT_NE(validation.rows(42).likely_reason(), "");
  ASSERT_EQ(validation.left_out_size(), 1);
  EXPECT_EQ(validation.left_out(0).row_count(), 2);
  EXPECT_EQ(validation.left_out(0).example(), "mine.csv:45");
}

TEST(Validate, WithoutAUsableRowOnlyTheReasonsAreTold) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate(tables(measurements(1)), {}));
  EXPECT_EQ(validation.rows_size(), 0);
  EXPECT_EQ(validation.left_out_size(), 3);
}

TEST(Validate, EndsWhenItIsCancelled) {
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THAT(validate(tables(measurements(1)), processors(), &cancel),
              StatusIs(Code::kCancelled, HasSubstr("cancelled")));
}

TEST(Calibrate, IsSortedCountedAndTheSameAgain) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration one, calibrate(tables(measurements(4)), processors()));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration two, calibrate(tables(measurements(4)), processors()));
  EXPECT_EQ(one.DebugString(), two.DebugString());
  EXPECT_THAT(one.sources(), ElementsAre("mine.csv: 42 rows used, 0 left out"));
  EXPECT_EQ(one.scopes(0).id(), "cpu");
  EXPECT_EQ(one.scopes(0).row_count(), 42);
  EXPECT_EQ(scope(one, "cpu small").row_count(), 28);
  EXPECT_EQ(scope(one, "small-1").network_count(), 14);
  for (int i = 1; i < one.scopes_size(); ++i) EXPECT_LE(one.scopes(i - 1).kind(), one.scopes(i).kind());
}

TEST(Calibrate, ClassesThatAreTooLargeAreRefused) {
  std::string csv = "platform,network,metric,value,unit,gmacs,precision\n";
  for (int i = 0; i < 8001; ++i) csv += "small-1,net,latency,100,ms,0.1,FP32\n";
  EXPECT_THAT(calibrate(tables(csv), processors()),
              StatusIs(Code::kInvalidArgument, HasSubstr("8001 usable rows of the class 'cpu'; at most 8000")));
  EXPECT_THAT(calibrate(tables(measurements(1)), {}), StatusIs(Code::kFailedPrecondition, HasSubstr("no measurement")));
}

// What a calibration says of one network on a processor, over the ceiling's time.
double factor(const v1::Calibration& calibration, const v1::Platform& platform, cost::Prediction* out = nullptr) {
  const auto of = cost::resolve(calibration, cost::calibration_key(platform));
  const auto predictor = cost::PlatformCalibration::create(**of);
  const auto traits = cost::complete({.macs = 3e8, .parameters = 8e6});
  const auto machine = cost::read_machine(platform);
  const NumberFormat fp32 = *NumberFormat::parse("fp32");
  const auto load = cost::load_of(*machine, *traits, fp32, fp32, 1);
  const cost::Prediction prediction = predictor->predict(*traits, *load, 1);
  if (out != nullptr) *out = prediction;
  return prediction.time / load->arithmetic();
}

TEST(Refit, BringsItsPlatformsToTheirRowsAndLeavesTheOthers) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration base, calibrate(tables(measurements(4)), processors()));
  std::string mine;
  for (const std::string& line : {std::string(measurements(12))})
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = line.find('\n', at) + 1;
      const std::string row = line.substr(at, end - at);
      if (row.starts_with("platform") || row.starts_with("small-1")) mine += row;
      at = end;
    }
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration refitted, calibrate(tables(mine), processors(), base));
  EXPECT_NEAR(factor(refitted, processors()[0]), 12, 1.5);
  EXPECT_EQ(factor(refitted, processors()[1]), factor(base, processors()[1]));
  EXPECT_EQ(scope(refitted, "small-1").row_count(), 28);
  EXPECT_EQ(scope(refitted, "cpu").row_count(), 42);
  EXPECT_THAT(refitted.sources(),
              ElementsAre("mine.csv: 42 rows used, 0 left out", "mine.csv: 14 rows used, 0 left out"));
}

TEST(Refit, APlatformThatIsNewBecomesSeen) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration base, calibrate(tables(measurements(4)), processors()));
  std::vector<v1::Platform> platforms = processors();
  platforms.push_back(processor("small-3", "small", 1e10));
  cost::Prediction unseen, seen;
  EXPECT_NEAR(factor(base, platforms[3], &unseen), 3.5, 1.5);
  std::string csv = "platform,network,precision,metric,value,unit,gmacs,params_m\n";
  for (int i = 1; i < 15; ++i)
    csv += fmt::format("small-3,n{},FP32,latency,{},ms,{},8\n", i, 0.1 * i * 2e2 * 8, 0.1 * i);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration refitted, calibrate(tables(csv), platforms, base));
  EXPECT_NEAR(factor(refitted, platforms[3], &seen), 8, 1.2);
  RS_ASSERT_OK_AND_ASSIGN(const auto of, cost::resolve(refitted, cost::calibration_key(platforms[3])));
  EXPECT_EQ(of->seen(), v1::CalibrationGrade::PLATFORM);
  EXPECT_EQ(of->row_count(), 14);
}

TEST(Refit, AClassThatTheBaseLacksIsLearnedAfresh) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration fresh, calibrate(tables(measurements(4)), processors()));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration on_top, calibrate(tables(measurements(4)), processors(), {}));
  EXPECT_EQ(scope(on_top, "small-1").DebugString(), scope(fresh, "small-1").DebugString());
  EXPECT_THAT(calibrate(tables(measurements(4)), {}, v1::Calibration()),
              StatusIs(Code::kFailedPrecondition, HasSubstr("no measurement that the model can be held against")));
}

}  // namespace
}  // namespace roofscape::calibrate
