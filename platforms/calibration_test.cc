#include "platforms/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analytics/base/status_matchers.h"
#include "platforms/library.h"
#include "platforms/texts.h"

namespace roofscape::platforms {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Calibration, TheShippedOneIsReadAndSpeaksOfPlatformsThatShip) {
  EXPECT_THAT(parse_calibration(calibration_text(), "calibration.txtpb"), IsOk());
  const v1::Calibration& calibration = built_in_calibration();
  EXPECT_TRUE(calibration.built_in());
  EXPECT_GT(calibration.sources_size(), 0);
  std::set<std::string> ids;
  for (const v1::Platform& platform : built_in_platforms()) ids.insert(platform.id());
  for (const v1::CalibrationScope& scope : calibration.scopes()) {
    EXPECT_EQ(scope.coefficients_size(), calibration.features_size()) << scope.id();
    EXPECT_GT(scope.row_count(), 0) << scope.id();
    const std::string id = scope.id().substr(0, scope.id().find(' '));  // "nvidia-t4 layer": single layers of it
    if (scope.kind() == v1::CalibrationScope::PLATFORM) {
      EXPECT_TRUE(ids.contains(id)) << scope.id();
    }
  }
}

TEST(Calibration, FaultsNameTheirPlace) {
  EXPECT_THAT(parse_calibration("features: 'a'\nclasses { id: 3 }", "mine.txtpb"),
              StatusIs(Code::kInvalidArgument, HasSubstr("mine.txtpb:2:15: Expected string")));
  EXPECT_THAT(parse_calibration("scope {}", "mine.txtpb"),
              StatusIs(Code::kInvalidArgument, HasSubstr("no field named \"scope\"")));
}

}  // namespace
}  // namespace roofscape::platforms
