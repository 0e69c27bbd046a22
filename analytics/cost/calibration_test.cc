#include "analytics/cost/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/base/status_matchers.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using Scope = v1::CalibrationScope;

Scope& add_scope(Scope::Kind kind, const std::string& id, double level, int rows, v1::Calibration* calibration) {
  Scope& scope = *calibration->add_scopes();
  scope.set_kind(kind);
  scope.set_id(id);
  scope.set_row_count(rows);
  scope.mutable_coefficients()->Resize(kFeatures, 0);
  scope.set_coefficients(0, level);
  return scope;
}

// A class, a family, a platform with int8: each a little slower than what it belongs to.
v1::Calibration sample() {
  v1::Calibration calibration;
  for (const std::string_view name : feature_names()) calibration.add_features(std::string(name));
  v1::CalibrationClass& of = *calibration.add_classes();
  of.set_id("cpu");
  of.mutable_machine_coefficients()->Resize(kMachineFeatures, 0);
  of.mutable_least()->Resize(kFeatures, -1);
  of.mutable_most()->Resize(kFeatures, 1);
  of.set_architecture_spread(0.1);
  double spread = 0.1;
  for (const auto seen : {v1::CalibrationGrade::PLATFORM, v1::CalibrationGrade::FAMILY, v1::CalibrationGrade::CLASS}) {
    v1::CalibrationGrade& grade = *of.add_grades();
    grade.set_seen(seen);
    grade.set_low_quantile(-1.6);
    grade.set_high_quantile(1.6);
    grade.set_residual_spread(spread *= 2);
  }
  add_scope(Scope::CLASS, "cpu", 1, 100, &calibration);
  add_scope(Scope::FAMILY, "cpu small", 0.5, 30, &calibration);
  add_scope(Scope::RUNTIME, "cpu quick", -0.2, 20, &calibration);
  Scope& platform = add_scope(Scope::PLATFORM, "small-1", 0.25, 10, &calibration);
  platform.set_residual_spread(0.15);
  (*platform.mutable_architectures())["resnet"].set_arithmetic(0.3);
  add_scope(Scope::FORMAT, "small-1 int8", 0.125, 5, &calibration);
  return calibration;
}

v1::PlatformCalibration resolved(const v1::Calibration& calibration, const CalibrationKey& key) {
  return **resolve(calibration, key);
}

Load load(double ops, double rate, double bytes, double bandwidth) {
  Load of;
  of.ops = Ops(ops);
  of.compute = Seconds(ops / rate);
  of.memory = Seconds(bytes / bandwidth);
  of.weights = Bytes(bytes);
  of.precisions[0] = 1;
  return of;
}

Traits traits(const std::string& architecture = "resnet") {
  return *complete({.macs = 1e9, .parameters = 5e6, .architecture = architecture});
}

TEST(Resolve, AddsTheGroupsOfAPlatformUp) {
  const v1::PlatformCalibration of = resolved(sample(), {"cpu", "small", "quick", "small-1"});
  EXPECT_DOUBLE_EQ(of.coefficients(0), 1 + 0.5 - 0.2 + 0.25);
  EXPECT_DOUBLE_EQ(of.format_coefficients(static_cast<int>(Precision::kByte) * static_cast<int>(kFeatures)), 0.125);
  EXPECT_EQ(of.seen(), v1::CalibrationGrade::PLATFORM);
  EXPECT_EQ(of.row_count(), 10);
  EXPECT_DOUBLE_EQ(of.residual_spread(), 0.15);
  EXPECT_DOUBLE_EQ(of.architectures().at("resnet").arithmetic(), 0.3);
}

TEST(Resolve, LeansOnFamilyThenClassEachTimeWider) {
  const v1::PlatformCalibration family = resolved(sample(), {"cpu", "small", "", "small-2"});
  EXPECT_EQ(family.seen(), v1::CalibrationGrade::FAMILY);
  EXPECT_DOUBLE_EQ(family.coefficients(0), 1.5);
  const v1::PlatformCalibration of_class = resolved(sample(), {"cpu", "other", "", "other-1"});
  EXPECT_EQ(of_class.seen(), v1::CalibrationGrade::CLASS);
  const v1::PlatformCalibration platform = resolved(sample(), {"cpu", "small", "", "small-1"});
  EXPECT_LT(platform.residual_spread(), family.residual_spread());
  EXPECT_LT(family.residual_spread(), of_class.residual_spread());

  const auto width = [](const v1::PlatformCalibration& message) {
    const Prediction p = PlatformCalibration::create(message)->predict(traits(), load(2e9, 1e10, 1e6, 1e10), 1);
    EXPECT_LT(p.low, p.time);
    EXPECT_GT(p.high, p.time);
    return p.high / p.low;
  };
  EXPECT_LT(width(platform), width(family));
  EXPECT_LT(width(family), width(of_class));
  EXPECT_EQ(PlatformCalibration::create(platform)->basis(), "10 measurements of this platform");
  EXPECT_EQ(PlatformCalibration::create(family)->basis(), "30 measurements of others of the family 'small'");
  EXPECT_EQ(PlatformCalibration::create(of_class)->basis(), "100 measurements of other families of the class 'cpu'");
}

TEST(Resolve, KeepsFormatsOfSingleLayersOfOneKindApart) {
  v1::Calibration calibration = sample();
  add_scope(Scope::FORMAT, "small-1 int8 separable", 1.125, 5, &calibration);
  add_scope(Scope::FORMAT, "small-1 int8 x int16", 3, 5, &calibration);
  v1::PlatformCalibration message = resolved(calibration, {"cpu", "small", "", "small-1"});
  RS_ASSERT_OK_AND_ASSIGN(const auto of, PlatformCalibration::create(message));
  Load bytes = load(2e9, 1e10, 1e6, 1e10);
  bytes.precisions = {0, 0, 0, 1, 0};
  Traits separable = traits();
  separable.kind = NetworkKind::kSeparable;
  EXPECT_NEAR(of.parts(separable, bytes, 1)[0] / of.parts(traits(), bytes, 1)[0], std::exp(1), 1e-9);

  message.mutable_formats_of_kinds(0)->set_id("int8 round");
  EXPECT_THAT(PlatformCalibration::create(message),
              StatusIs(Code::kInvalidArgument, HasSubstr("'int8 round'; use a precision and a kind")));
}

TEST(Resolve, SaysNothingOfAClassThatWasNotMeasured) {
  RS_ASSERT_OK_AND_ASSIGN(const auto of, resolve(sample(), {"mcu", "", "", "m"}));
  EXPECT_FALSE(of.has_value());
}

TEST(Resolve, RefusesOtherFeatures) {
  v1::Calibration calibration = sample();
  calibration.set_features(3, "phase of the moon");
  EXPECT_THAT(resolve(calibration, {"cpu", "", "", "x"}),
              StatusIs(Code::kInvalidArgument, HasSubstr("other features")));
  calibration = sample();
  calibration.mutable_scopes(1)->add_coefficients(1);
  EXPECT_THAT(resolve(calibration, {"cpu", "", "", "x"}),
              StatusIs(Code::kInvalidArgument, HasSubstr("scope 'cpu small' has")));
}

TEST(PlatformCalibration, StaysAtTheEdgeOutsideOfWhatWasMeasured) {
  v1::PlatformCalibration message = resolved(sample(), {"cpu", "small", "", "small-1"});
  for (std::size_t k = 1; k < kFirstOverflowFeature; ++k) message.set_coefficients(static_cast<int>(k), 0.5);
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of, PlatformCalibration::create(message));
  Traits large = traits(), larger = traits();
  large.macs = 1e14;
  larger.macs = 1e15;
  const Load one = load(2e14, 1e10, 1e6, 1e10);
  EXPECT_NEAR(of.predict(large, one, 1).time / of.predict(larger, one, 1).time, 1, 0.5);
  // Farther outside the interval is wider.
  const auto width = [](const Prediction& p) { return p.high / p.low; };
  EXPECT_GT(width(of.predict(larger, one, 1)), width(of.predict(large, one, 1)));
}

TEST(PlatformCalibration, AnUnseenArchitectureWidens) {
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of,
                          PlatformCalibration::create(resolved(sample(), {"cpu", "small", "", "small-1"})));
  const Load one = load(2e9, 1e10, 1e6, 1e10);
  const Prediction seen = of.predict(traits("resnet"), one, 1), unseen = of.predict(traits("brand new"), one, 1);
  EXPECT_GT(unseen.high / unseen.low, seen.high / seen.low);
  EXPECT_GT(seen.time, unseen.time);
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration at,
                          PlatformCalibration::create(resolved(sample(), {"cpu", "small", "", "small-1"})));
  const auto slow = at.parts(traits("resnet"), one, 1), plain = at.parts(traits("brand new"), one, 1);
  EXPECT_NEAR(slow[0] / plain[0], std::exp(0.3), 1e-9);
  EXPECT_EQ(slow[2], plain[2]);
}

TEST(PlatformCalibration, EachPartIsStretchedByItsOwnFactor) {
  v1::PlatformCalibration message = resolved(sample(), {"cpu", "small", "", "small-1"});
  message.mutable_coefficients()->Resize(0, 0);
  message.mutable_coefficients()->Resize(kFeatures, 0);
  message.set_coefficients(static_cast<int>(kFirstFeature[static_cast<std::size_t>(Part::kLaunch)]), 1);
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of, PlatformCalibration::create(message));
  Load one = load(2e9, 1e10, 1e6, 1e10);
  one.fetch = one.memory * 0.5;
  one.launch = Seconds(1e-3);
  const auto parts = of.parts(traits("brand new"), one, 1);
  EXPECT_EQ(parts[0], one.compute);
  EXPECT_EQ(parts[1], one.fetch);
  EXPECT_EQ(parts[2], one.memory - one.fetch);
  EXPECT_NEAR(parts[3] / one.launch, std::exp(1), 1e-9);
  EXPECT_NEAR(of.predict(traits("brand new"), one, 1).time / (parts[0] + parts[1] + parts[2] + parts[3]), 1, 1e-12);
}

RC_GTEST_PROP(PlatformCalibration, AHigherCeilingIsNeverSlower, ()) {
  v1::PlatformCalibration message = resolved(sample(), {"cpu", "small", "", "small-1"});
  for (int k = 0; k < static_cast<int>(kMachineFeatures); ++k)
    message.set_machine_coefficients(k, *rc::gen::inRange(-400, 400) / 100.0);
  const auto of = PlatformCalibration::create(message);
  const double rate = std::pow(10.0, *rc::gen::inRange(80, 140) / 10.0);
  const double bandwidth = std::pow(10.0, *rc::gen::inRange(70, 120) / 10.0);
  const double more = 1 + *rc::gen::inRange(1, 300) / 100.0;
  const Seconds before = of->predict(traits(), load(2e9, rate, 1e7, bandwidth), 1).time;
  RC_ASSERT(of->predict(traits(), load(2e9, rate * more, 1e7, bandwidth), 1).time <= before * (1 + 1e-9));
  RC_ASSERT(of->predict(traits(), load(2e9, rate, 1e7, bandwidth * more), 1).time <= before * (1 + 1e-9));
}

}  // namespace
}  // namespace roofscape::cost
