#include "client/report/calibration_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/console.h"

namespace roofscape::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::CalibrationScope* add(v1::CalibrationScope::Kind kind, const char* id, v1::Calibration* calibration) {
  v1::CalibrationScope* scope = calibration->add_scopes();
  scope->set_kind(kind);
  scope->set_id(id);
  scope->set_row_count(40);
  scope->set_residual_spread(0.5);
  return scope;
}

std::string text_of(const v1::Calibration& calibration) {
  TestConsole test;
  return calibration_text(calibration, test.console);
}

TEST(CalibrationReport, WhoGivesRowsSeesHisOwnGroupsFirstAndTheRestInALine) {
  v1::Calibration calibration;
  calibration.add_sources("mine.csv: 5 rows used, 0 left out");
  add(v1::CalibrationScope::CLASS, "gpu", &calibration);
  add(v1::CalibrationScope::FAMILY, "gpu turing", &calibration);
  add(v1::CalibrationScope::PLATFORM, "nvidia-a100", &calibration);
  v1::OwnSpread* own = add(v1::CalibrationScope::PLATFORM, "nvidia-t4", &calibration)->mutable_own();
  const std::string all = text_of(calibration);
  own->set_row_count(5);
  own->set_network_count(4);
  own->set_network_spread(0.07);
  const std::string text = text_of(calibration);
  EXPECT_THAT(text, AllOf(HasSubstr("nvidia-t4          5         4        ×1.07      ×1.65"),
                          HasSubstr("as they ship: 1 classes, 1 families, 0 runtimes and 1 platforms"),
                          Not(HasSubstr("nvidia-a100")), Not(HasSubstr("turing"))));
  own->Clear();
  calibration.mutable_scopes(3)->clear_own();
  EXPECT_THAT(text_of(calibration), AllOf(HasSubstr("nvidia-a100"), HasSubstr("gpu turing")));
}

}  // namespace
}  // namespace roofscape::client
