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
  for (const Feature& feature : feature_table()) calibration.add_features(std::string(feature.name));
  v1::CalibrationClass& of = *calibration.add_classes();
  of.set_id("cpu");
  of.mutable_least()->Resize(kFeatures, -1);
  of.mutable_most()->Resize(kFeatures, 1);
  of.set_relative_spread(0.1);
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
  v1::RelativeEffect& relative = *platform.add_relatives();
  relative.set_kind("plain");
  relative.set_mac_count(1e9);
  relative.set_parameter_count(5e6);
  relative.set_added(0.3);
  add_scope(Scope::FORMAT, "small-1 int8", 0.125, 5, &calibration);
  return calibration;
}

v1::PlatformCalibration resolved(const v1::Calibration& calibration, const CalibrationKey& key) {
  return **resolve(calibration, key);
}

Load load(double ops, double rate, double bytes, double bandwidth) {
  Load of;
  of.ops = Ops(ops);
  of.compute[0] = Seconds(ops / rate);
  of.traffic = Seconds(bytes / bandwidth);
  of.weights = Bytes(bytes);
  return of;
}

// What the sample knows has 5e6 parameters.
Traits traits(double parameters = 5e6) {
  return *complete({.macs = 1e9, .parameters = parameters, .activations = 4e6});
}

TEST(Resolve, AddsTheGroupsOfAPlatformUp) {
  const v1::PlatformCalibration of = resolved(sample(), {"cpu", "small", "quick", "small-1"});
  EXPECT_DOUBLE_EQ(of.coefficients(0), 1 + 0.5 - 0.2 + 0.25);
  EXPECT_DOUBLE_EQ(of.precision_levels(static_cast<int>(Precision::kByte)), 0.125);
  EXPECT_EQ(of.precision_row_counts(static_cast<int>(Precision::kByte)), 5);
  EXPECT_EQ(of.seen(), v1::CalibrationGrade::PLATFORM);
  EXPECT_EQ(of.row_count(), 10);
  EXPECT_DOUBLE_EQ(of.residual_spread(), 0.15);
  ASSERT_EQ(of.relatives_size(), 1);
  EXPECT_DOUBLE_EQ(of.relatives(0).added(), 0.3);
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
  const FeatureRange arithmetic = features_of(Part::kArithmetic);
  for (std::size_t k = 1; k < arithmetic.count; ++k) message.set_coefficients(static_cast<int>(k), 0.5);
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of, PlatformCalibration::create(message));
  Traits large = traits(), larger = traits();
  large.macs = 1e14;
  larger.macs = 1e15;
  const Load one = load(2e14, 1e10, 1e6, 1e10);
  EXPECT_NEAR(of.predict(large, one, 1).time / of.predict(larger, one, 1).time, 1, 0.5);
  // Outside the interval is wider, up to twice.
  const auto width = [](const Prediction& p) { return p.high / p.low; };
  EXPECT_GT(width(of.predict(large, one, 1)), width(of.predict(traits(), load(2e9, 1e10, 1e6, 1e10), 1)));
  EXPECT_DOUBLE_EQ(width(of.predict(larger, one, 1)), width(of.predict(large, one, 1)));
}

TEST(PlatformCalibration, ANetworkThatWasMeasuredIsKnownByItsCounts) {
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of,
                          PlatformCalibration::create(resolved(sample(), {"cpu", "small", "", "small-1"})));
  const Load one = load(2e9, 1e10, 1e6, 1e10);
  const Traits known = traits(), other = traits(1e6);
  const Prediction seen = of.predict(known, one, 1), unseen = of.predict(other, one, 1);
  EXPECT_GT(unseen.high / unseen.low, seen.high / seen.low);
  EXPECT_GT(seen.time, unseen.time);
  const auto slow = of.parts(known, one, 1), plain = of.parts(other, one, 1);
  EXPECT_NEAR(slow[0] / plain[0], std::exp(0.3), 1e-9);
  EXPECT_EQ(slow[2], plain[2]);
  // Nearly the same counts are nearly the same network.
  EXPECT_NEAR(of.parts(traits(5.1e6), one, 1)[0] / slow[0], 1, 0.01);
  Traits separable = known;
  separable.kind = NetworkKind::kSeparable;
  EXPECT_EQ(of.parts(separable, one, 1)[0], plain[0]);
}

// A slow network of the kind: what asks for no less takes no less time, and what asks for no more is left alone.
TEST(PlatformCalibration, WhoAsksForNoLessThanAMeasuredNetworkTakesNoLess) {
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of,
                          PlatformCalibration::create(resolved(sample(), {"cpu", "small", "", "small-1"})));
  const Load one = load(2e9, 1e10, 1e6, 1e10);
  const Seconds known = of.parts(traits(), one, 1)[0], smaller = of.parts(traits(1e6), one, 1)[0];
  EXPECT_GE(of.parts(traits(20e6), one, 1)[0].value(), known.value() * (1 - 1e-9));
  EXPECT_LT(smaller, known);
}

TEST(PlatformCalibration, EachPartIsStretchedByItsOwnFactor) {
  v1::PlatformCalibration message = resolved(sample(), {"cpu", "small", "", "small-1"});
  message.mutable_coefficients()->Resize(0, 0);
  message.mutable_coefficients()->Resize(kFeatures, 0);
  message.set_coefficients(static_cast<int>(features_of(Part::kLaunch).first), 1);
  RS_ASSERT_OK_AND_ASSIGN(const PlatformCalibration of, PlatformCalibration::create(message));
  Load one = load(2e9, 1e10, 1e6, 1e10);
  one.fetch = one.traffic * 0.5;
  one.launch = Seconds(1e-3);
  const auto parts = of.parts(traits(1e6), one, 1);
  EXPECT_EQ(parts[0], one.arithmetic());
  EXPECT_EQ(parts[1], one.fetch);
  EXPECT_EQ(parts[2], one.traffic);
  EXPECT_NEAR(parts[3] / one.launch, std::exp(1), 1e-9);
  EXPECT_NEAR(of.predict(traits(1e6), one, 1).time / (parts[0] + parts[1] + parts[2] + parts[3]), 1, 1e-12);
}

RC_GTEST_PROP(PlatformCalibration, AHigherCeilingIsNeverSlower, ()) {
  v1::PlatformCalibration message = resolved(sample(), {"cpu", "small", "", "small-1"});
  for (int k = 1; k < static_cast<int>(kFeatures); ++k)
    message.set_coefficients(k, *rc::gen::inRange(-400, 400) / 100.0);
  const auto of = PlatformCalibration::create(message);
  const double rate = std::pow(10.0, *rc::gen::inRange(80, 140) / 10.0);
  const double bandwidth = std::pow(10.0, *rc::gen::inRange(70, 120) / 10.0);
  const double more = 1 + *rc::gen::inRange(1, 300) / 100.0;
  const Seconds before = of->predict(traits(), load(2e9, rate, 1e7, bandwidth), 1).time;
  RC_ASSERT(of->predict(traits(), load(2e9, rate * more, 1e7, bandwidth), 1).time <= before * (1 + 1e-9));
  RC_ASSERT(of->predict(traits(), load(2e9, rate, 1e7, bandwidth * more), 1).time <= before * (1 + 1e-9));
}

TEST(PlatformCalibration, NoIntervalIsWiderThanWhatWasEverSeen) {
  v1::Calibration calibration = sample();
  const auto spread = [&] {
    const auto of = *PlatformCalibration::create(resolved(calibration, {"cpu", "other", "other", "other"}));
    return of.spread(traits(5e9), load(1e12, 1e9, 1e9, 1e9), 1);  // far outside of what was measured
  };
  const Spread wide = spread();
  for (v1::CalibrationGrade& grade : *calibration.mutable_classes(0)->mutable_grades()) {
    grade.set_least_residual(-0.4);
    grade.set_most_residual(0.5);
  }
  EXPECT_LT(wide.low, std::exp(-0.4));
  EXPECT_GT(wide.high, std::exp(0.5));
  EXPECT_DOUBLE_EQ(spread().low, std::exp(-0.4));
  EXPECT_DOUBLE_EQ(spread().high, std::exp(0.5));
}

}  // namespace
}  // namespace roofscape::cost
