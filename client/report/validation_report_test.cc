#include "client/report/validation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/console.h"

namespace roofscape::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Rows of boards that nothing was measured of, each predicted `times` what was measured.
v1::Validation unseen(const std::string& platform, v1::ValidationGrade grade, std::initializer_list<double> times) {
  v1::Validation validation;
  int line = 2;
  for (const double ratio : times) {
    v1::ValidationRow* row = validation.add_rows();
    row->set_file("mine.csv");
    row->set_line(line++);
    row->set_platform(platform);
    row->set_network("net");
    row->set_measured_seconds(1e-3);
    v1::ValidationPrediction* prediction = row->add_predictions();
    prediction->set_grade(grade);
    prediction->set_predicted_seconds(1e-3 * ratio);
    prediction->mutable_interval_seconds()->set_low(1e-4);
    prediction->mutable_interval_seconds()->set_high(1e-1);
  }
  return validation;
}

std::string text_of(const v1::Validation& validation) {
  TestConsole test;
  return validation_text(validation, false, test.console);
}

TEST(ValidationReport, RowsOfANewPlatformAreOffToo) {
  const std::string text = text_of(unseen("board", v1::UNSEEN_FAMILY, {3.64, 4, 1.1, 3.5}));
  EXPECT_THAT(text, Not(HasSubstr("no row is off")));
  EXPECT_THAT(text, AllOf(HasSubstr("3 of 4 rows are off by more than a factor of two"), HasSubstr("mine.csv:3"),
                          Not(HasSubstr("mine.csv:4")), HasSubstr("the family")));
}

TEST(ValidationReport, TheNarrowestPredictionCounts) {
  v1::Validation validation = unseen("board", v1::UNSEEN_PLATFORM, {3, 3});
  for (v1::ValidationRow& row : *validation.mutable_rows()) {
    *row.add_predictions() = row.predictions(0);
    row.mutable_predictions(1)->set_grade(v1::UNSEEN_NETWORK);
    row.mutable_predictions(1)->set_predicted_seconds(1.1e-3);
  }
  EXPECT_THAT(text_of(validation), HasSubstr("no row is off by more than a factor of two"));
}

TEST(ValidationReport, ItNamesThePlatformsThatAreOffMost) {
  v1::Validation validation = unseen("good", v1::UNSEEN_NETWORK, {1.1, 0.9, 1.05});
  validation.MergeFrom(unseen("slow", v1::UNSEEN_NETWORK, {0.5, 0.55, 0.6}));
  validation.MergeFrom(unseen("fast", v1::UNSEEN_NETWORK, {1.8, 1.9, 1.7}));
  const std::string text = text_of(validation);
  EXPECT_THAT(text, HasSubstr("2 of 3 platforms are off by more than a third in the median:"));
  EXPECT_LT(text.find("fast"), text.find("slow"));
  EXPECT_THAT(text, AllOf(HasSubstr("80 %"), HasSubstr("1.80"), HasSubstr("0.55"), Not(HasSubstr("good"))));
}

TEST(ValidationReport, RowsAboveACeilingAreWrongCeilings) {
  v1::Validation validation = unseen("board", v1::UNSEEN_NETWORK, {1, 1, 1});
  EXPECT_THAT(text_of(validation), Not(HasSubstr("ceiling")));
  validation.mutable_rows(0)->set_above_ceiling(1.2);
  validation.mutable_rows(2)->set_above_ceiling(1.41);
  EXPECT_THAT(text_of(validation),
              AllOf(HasSubstr("2 of 3 rows are faster than a ceiling of their platform allows: they or the ceiling are "
                              "wrong"),
                    HasSubstr("×1.41"), HasSubstr("mine.csv:4"), Not(HasSubstr("mine.csv:2"))));
}

}  // namespace
}  // namespace roofscape::client
