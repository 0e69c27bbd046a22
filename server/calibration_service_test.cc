// Measurements over gRPC: held against the model, learned from, kept, and seen in what platforms and estimates say.
#include <cmath>

#include "analytics/base/status_matchers.h"
#include "server/test_support.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestServer;

using Calibrations = v1::CalibrationService::Stub;
using Platforms = v1::PlatformService::Stub;

// Networks of 0.1 to 2 G multiply-accumulates on two processors, each at a tenth of some ceiling, and a row of a
// device that nobody knows.
std::string measurements() {
  std::string csv = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";
  for (const auto& [platform, scale] : {std::pair{"xeon-8280", 1.0}, std::pair{"xeon-6226", 3.0}})
    for (int i = 0; i < 8; ++i) {
      const double gmacs = 0.1 * std::pow(1.5, i);
      csv += fmt::format("{},net{},FP32,1,latency,{:.4f},ms,{:.4f},{}\n", platform, i, scale * (2 + 10 * gmacs), gmacs,
                         3 + i);
    }
  return csv + "abacus,net0,FP32,1,latency,7,ms,0.1,3\n";
}

v1::MeasurementFile file_named(const std::string& name, const std::string& contents) {
  v1::MeasurementFile file;
  file.set_name(name);
  file.set_contents(contents);
  return file;
}

class CalibrationServiceTest : public ::testing::Test {
 protected:
  CalibrationServiceTest() { connect(); }
  void connect() { stub_ = v1::CalibrationService::NewStub(server_.channel); }
  Result<v1::Validation> validate(const std::vector<v1::MeasurementFile>& files) {
    v1::ValidateMeasurementsRequest request;
    request.mutable_files()->Assign(files.begin(), files.end());
    return server_.call(*stub_, &Calibrations::ValidateMeasurements, request);
  }
  Result<v1::Calibration> calibrate(const std::string& csv, bool store, bool from_scratch) {
    v1::CalibratePlatformsRequest request;
    *request.add_files() = file_named("mine.csv", csv);
    request.set_store(store);
    request.set_from_scratch(from_scratch);
    return server_.call(*stub_, &Calibrations::CalibratePlatforms, request);
  }
  Result<v1::Calibration> current() {
    return server_.call(*stub_, &Calibrations::GetCalibration, v1::GetCalibrationRequest());
  }
  Status forget() {
    return server_.call(*stub_, &Calibrations::DeleteCalibration, v1::DeleteCalibrationRequest()).status();
  }
  Result<v1::Platform> platform(const std::string& id) {
    v1::GetPlatformRequest request;
    request.set_name("platforms/" + id);
    return server_.call(*server_.platforms, &Platforms::GetPlatform, request);
  }

  TestServer server_;
  std::unique_ptr<Calibrations> stub_;
};

TEST_F(CalibrationServiceTest, ValidatesRowsAndCountsWhatIsLeftOut) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate({file_named("mine.csv", measurements())}));
  EXPECT_EQ(validation.rows_size(), 16);
  EXPECT_EQ(validation.rows(0).platform(), "xeon-8280");
  ASSERT_EQ(validation.rows(0).predictions_size(), 1);  // by the shipped calibration, which has not seen the file
  EXPECT_EQ(validation.rows(0).predictions(0).grade(), v1::UNSEEN_PLATFORM);
  ASSERT_EQ(validation.left_out_size(), 1);
  EXPECT_THAT(validation.left_out(0).reason(), HasSubstr("'abacus'"));
  EXPECT_EQ(validation.left_out(0).example(), "mine.csv:18");
}

TEST_F(CalibrationServiceTest, WhatIsNotStoredChangesNothing) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration made, calibrate(measurements(), false, true));
  EXPECT_THAT(made.sources(), ElementsAre("mine.csv: 16 rows used, 1 left out"));
  EXPECT_FALSE(made.built_in());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration in_force, current());
  EXPECT_THAT(in_force.sources(), Not(ElementsAre("mine.csv: 16 rows used, 1 left out")));
}

TEST_F(CalibrationServiceTest, AStoredOneIsInForceUntilItIsDeleted) {
  ASSERT_THAT(calibrate(measurements(), true, true), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform own, platform("xeon-8280"));
  EXPECT_EQ(own.calibration().seen(), v1::CalibrationGrade::PLATFORM);
  EXPECT_EQ(own.calibration().row_count(), 8);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform other, platform("nvidia-t4"));
  EXPECT_FALSE(other.has_calibration());

  server_.restart();
  connect();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform again, platform("xeon-8280"));
  EXPECT_EQ(again.calibration().row_count(), 8);
  ASSERT_THAT(forget(), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration shipped, current());
  EXPECT_THAT(shipped.sources(), Not(ElementsAre("mine.csv: 16 rows used, 1 left out")));
  EXPECT_THAT(forget(), StatusIs(Code::kNotFound, HasSubstr("no calibration of your own is stored")));
}

TEST_F(CalibrationServiceTest, OnTopOfTheShippedOneOnlyThesePlatformsChange) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform gpu_before, platform("nvidia-t4"));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform cpu_before, platform("xeon-8280"));
  ASSERT_TRUE(cpu_before.has_calibration());
  ASSERT_THAT(calibrate(measurements(), true, false), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform gpu, platform("nvidia-t4"));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform cpu, platform("xeon-8280"));
  EXPECT_EQ(gpu.DebugString(), gpu_before.DebugString());
  EXPECT_EQ(cpu.calibration().seen(), v1::CalibrationGrade::PLATFORM);
  EXPECT_NE(cpu.calibration().coefficients(0), cpu_before.calibration().coefficients(0));
}

TEST_F(CalibrationServiceTest, EstimatesCarryIntervalAndBasis) {
  server_.import_all();
  ASSERT_THAT(calibrate(measurements(), true, true), IsOk());
  v1::EstimateModelRequest request;
  request.set_model("models/tiny");
  request.set_platform("platforms/xeon-8280");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate estimate,
                          server_.call(*server_.evaluations, &v1::EvaluationService::Stub::EstimateModel, request));
  EXPECT_EQ(estimate.calibration(), "8 measurements of this platform");
  EXPECT_LE(estimate.latency_interval_seconds().low(), estimate.latency_seconds());
  EXPECT_GE(estimate.latency_interval_seconds().high(), estimate.latency_seconds());
}

TEST_F(CalibrationServiceTest, ListsAndImportsGoWithoutCalibration) {
  RS_ASSERT_OK_AND_ASSIGN(v1::Platform mine, platform("xeon-8280"));
  mine.set_id("mine");
  v1::ImportPlatformRequest import;
  *import.mutable_platform() = mine;
  import.mutable_platform()->mutable_calibration()->set_row_count(12345);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform stored,
                          server_.call(*server_.platforms, &Platforms::ImportPlatform, import));
  EXPECT_NE(stored.calibration().row_count(), 12345);
  v1::ListPlatformsRequest list;
  list.set_page_size(1000);
  RS_ASSERT_OK_AND_ASSIGN(const auto all, server_.call(*server_.platforms, &Platforms::ListPlatforms, list));
  for (const v1::Platform& platform : all.platforms()) EXPECT_FALSE(platform.has_calibration()) << platform.id();
}

TEST_F(CalibrationServiceTest, BadFilesAreNamed) {
  EXPECT_THAT(validate({}), StatusIs(Code::kInvalidArgument, HasSubstr("there is no file of measurements")));
  EXPECT_THAT(validate({file_named("", "a,b\n1,2\n")}), StatusIs(Code::kInvalidArgument, HasSubstr("has no name")));
  EXPECT_THAT(validate({file_named("a", "x\n1\n"), file_named("a", "x\n1\n")}),
              StatusIs(Code::kInvalidArgument, HasSubstr("two files are called 'a'")));
  EXPECT_THAT(validate({file_named("a.csv", "x,y\n1\n")}),
              StatusIs(Code::kInvalidArgument, HasSubstr("a.csv:2: 1 cells, but the first line names 2 columns")));
  EXPECT_THAT(validate({file_named("a.csv", "platform,network\nx,y\n")}),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("a.csv"), HasSubstr("no layout that we know"))));
  EXPECT_THAT(validate(std::vector(65, file_named("a", "x\n1\n"))),
              StatusIs(Code::kInvalidArgument, HasSubstr("there are 65 files of measurements; give at most 64")));
  EXPECT_THAT(
      calibrate("platform,network,metric,value,unit\nabacus,x,latency,1,ms\n", true, true),
      StatusIs(Code::kFailedPrecondition, HasSubstr("no measurement that the model can be held against: "
                                                    "mine.csv:2: the network's multiply-accumulates are not known")));
}

}  // namespace
}  // namespace roofscape::server
