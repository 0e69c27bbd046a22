#include "analytics/arith/quantiser.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kHuge = std::numeric_limits<float>::max();
const NumberFormat kInt8 = NumberFormat::integer(8, Signedness::kSigned);
const NumberFormat kUint8 = NumberFormat::integer(8, Signedness::kUnsigned);

TEST(Quantiser, RoundsTiesToEvenThenAddsTheZeroPoint) {
  const Quantiser q{kInt8, {1.0F}, {1}};
  EXPECT_EQ(q.quantise(0.5F), 1);  // rint(0.5) = 0, not rint(1.5) = 2
  EXPECT_EQ(q.quantise(1.5F), 3);
  EXPECT_EQ(q.quantise(-2.5F), -1);
  EXPECT_EQ(q.dequantise(3), 2.0F);
}

TEST(Quantiser, SaturatesAndTakesNaNAsZero) {
  const Quantiser q{kUint8, {0.5F}, {10}};
  EXPECT_EQ(q.quantise(1e30F), 255);
  EXPECT_EQ(q.quantise(-1e30F), 0);
  EXPECT_EQ(q.quantise(kInfinity), 255);
  EXPECT_EQ(q.quantise(-kInfinity), 0);
  EXPECT_EQ(q.quantise(kNaN), 10);
  EXPECT_EQ(q.fake(kNaN), 0.0F);
}

TEST(Quantiser, DividesInsteadOfMultiplyingByTheReciprocal) {
  // 0.3f / 0.1f and 0.3f · (1 / 0.1f) differ in the last bit.
  const Quantiser q{NumberFormat::integer(32, Signedness::kSigned), {1e-8F}, {0}};
  const float x = 0.123456F;
  EXPECT_EQ(q.quantise(x), static_cast<std::int32_t>(std::nearbyint(x / 1e-8F)));
}

TEST(Quantiser, UsesTheScaleOfTheChannel) {
  const Quantiser q{kInt8, {1.0F, 0.25F}, {0, 4}, 0};
  EXPECT_EQ(q.quantise(2.0F, 0), 2);
  EXPECT_EQ(q.quantise(2.0F, 1), 12);
  EXPECT_EQ(q.dequantise(12, 1), 2.0F);
  EXPECT_FALSE(q.symmetric());
  EXPECT_TRUE((Quantiser{kInt8, {1.0F, 0.25F}, {0, 0}, 0}.symmetric()));
}

TEST(Quantiser, ValuesBelowZeroMayHaveAScaleOfTheirOwn) {
  Quantiser q{NumberFormat::integer(2, Signedness::kSigned, true), {0.5F, 1}, {0, 0}, 0};
  const Quantiser same = q;
  q.negative_scale = {2, 3};
  EXPECT_THAT(q.validate(), IsOk());
  EXPECT_EQ(q.fake(0.4F, 0), 0.5F);
  EXPECT_EQ(q.fake(-0.9F, 0), 0);
  EXPECT_EQ(q.fake(-1.1F, 0), -2);
  EXPECT_EQ(q.fake(-9, 1), -3);
  EXPECT_EQ(q.quantise(-9, 1), -1);
  Hasher with("test"), without("test");
  q.hash_into(with);
  same.hash_into(without);
  EXPECT_NE(with.finish(), without.finish());

  Quantiser wrong = q;
  wrong.negative_scale = {2};
  EXPECT_THAT(wrong.validate(), StatusIs(Code::kInvalidArgument, HasSubstr("2 scales and 1 for values below 0")));
  wrong.negative_scale = {2, 0};
  EXPECT_THAT(wrong.validate(), StatusIs(Code::kInvalidArgument, HasSubstr("below 0 is 0")));
  wrong = q;
  wrong.zero_point = {0, 1};
  EXPECT_THAT(wrong.validate(), StatusIs(Code::kInvalidArgument, HasSubstr("a scale for each sign")));
}

TEST(Quantiser, Fp32IsTheIdentity) {
  const Quantiser q;
  EXPECT_EQ(q.fake(0.1F), 0.1F);
  EXPECT_TRUE(std::isnan(q.fake(kNaN)));
}

TEST(Quantiser, SmallFloatsRoundToTheirOwnGrid) {
  const Quantiser half{.format = NumberFormat::minifloat(5, 10)};
  EXPECT_EQ(half.fake(1.0F + 0x1p-11F), 1.0F);  // tie to even
  EXPECT_EQ(half.fake(1.0F + 3 * 0x1p-11F), 1.0F + 0x1p-9F);
  EXPECT_EQ(half.fake(1e6F), 65504.0F);      // saturates
  EXPECT_EQ(half.fake(0x1p-24F), 0x1p-24F);  // smallest subnormal
  EXPECT_EQ(half.fake(0x1p-26F), 0.0F);
  const Quantiser bfloat{.format = NumberFormat::minifloat(8, 7)};
  EXPECT_EQ(bfloat.fake(1.0F + 0x1p-8F), 1.0F);
  EXPECT_EQ(bfloat.fake(-kInfinity), -static_cast<float>((2 - 0x1p-7) * 0x1p127));
}

TEST(Quantiser, ValidateNamesTheFault) {
  EXPECT_THAT((Quantiser{kInt8, {1, 2}, {0, 0}}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("2 scales")));
  EXPECT_THAT((Quantiser{kInt8, {1, 2}, {0}, 0}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("1 zero poi")));
  EXPECT_THAT((Quantiser{kInt8, {0}, {0}}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("positive finite")));
  EXPECT_THAT((Quantiser{kInt8, {kNaN}, {0}}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("is nan")));
  EXPECT_THAT((Quantiser{kInt8, {1}, {128}}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("-128 to 127")));
  EXPECT_THAT((Quantiser{NumberFormat::integer(32, Signedness::kUnsigned), {1}, {0}}.validate()),
              StatusIs(Code::kInvalidArgument, HasSubstr("uint32 cannot be quantised to")));
  EXPECT_THAT((Quantiser{kInt8, {1}, {0}, -2}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("axis is -2")));
  EXPECT_THAT((Quantiser{kInt8, {1, 2}, {0, 1}, 0}.validate()), IsOk());
}

TEST(QuantiserForRange, SymmetricSpansTheLargerMagnitude) {
  EXPECT_EQ(quantiser_for_range(kInt8, -127, 3).scale[0], 1.0F);
  EXPECT_EQ(quantiser_for_range(kInt8, -3, 254).scale[0], 2.0F);
  EXPECT_EQ(quantiser_for_range(kUint8, -300, 255).scale[0], 1.0F);  // unsigned: 0 … high
}

TEST(QuantiserForRange, AffineHoldsZeroAndTheWholeRange) {
  const Quantiser q = quantiser_for_range(kUint8, -1, 1.55F, {.symmetric = false});
  EXPECT_FLOAT_EQ(q.scale[0], 0.01F);
  EXPECT_EQ(q.zero_point[0], 100);
  const Quantiser positive = quantiser_for_range(kUint8, 3, 5.1F, {.symmetric = false});
  EXPECT_EQ(positive.zero_point[0], 0);
  EXPECT_FLOAT_EQ(positive.scale[0], 0.02F);
}

TEST(QuantiserForRange, NothingButZeroGivesScaleOne) {
  for (const bool symmetric : {true, false}) {
    for (const bool power_of_two : {true, false}) {
      const Quantiser q = quantiser_for_range(kInt8, 0, 0, {symmetric, power_of_two});
      EXPECT_EQ(q, (Quantiser{kInt8, {1.0F}, {0}}));
    }
  }
  EXPECT_EQ(quantiser_for_range(kUint8, -5, -1).scale[0], 1.0F);
}

TEST(QuantiserForRange, TinyAndHugeRangesStayUsable) {
  for (int bits = 1; bits <= 31; ++bits) {
    for (const Signedness sign : {Signedness::kSigned, Signedness::kUnsigned}) {
      for (const float high : {std::numeric_limits<float>::denorm_min(), 1e-38F, kHuge}) {
        for (const bool symmetric : {true, false}) {
          for (const bool power_of_two : {true, false}) {
            const NumberFormat format = NumberFormat::integer(bits, sign);
            const Quantiser q = quantiser_for_range(format, -high, high, {symmetric, power_of_two});
            ASSERT_THAT(q.validate(), IsOk()) << format.name() << " " << high;
            EXPECT_TRUE(std::isnormal(q.scale[0]));
            EXPECT_TRUE(std::isfinite(q.fake(-kInfinity)) && std::isfinite(q.fake(kInfinity)));
          }
        }
      }
    }
  }
}

// A random format, options and range for the properties below.
struct Sample {
  Quantiser quantiser;
  float low, high;
};

float random_magnitude() {
  const int exponent = *rc::gen::inRange(-30, 30);
  return std::ldexp(static_cast<float>(*rc::gen::inRange(1, 1 << 20)), exponent - 20);
}

Sample random_sample() {
  const bool is_signed = *rc::gen::arbitrary<bool>();
  const int bits = *rc::gen::inRange(is_signed ? 2 : 1, 17);
  const bool narrow = is_signed && *rc::gen::arbitrary<bool>();
  const NumberFormat format =
      NumberFormat::integer(bits, is_signed ? Signedness::kSigned : Signedness::kUnsigned, narrow);
  const RangeOptions options{*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
  const float a = random_magnitude() * static_cast<float>(*rc::gen::inRange(-1, 2));
  const float b = random_magnitude() * static_cast<float>(*rc::gen::inRange(-1, 2));
  const float low = std::min(a, b);
  const float high = std::max(a, b);
  return {quantiser_for_range(format, low, high, options), low, high};
}

float random_in(float low, float high) {
  const double share = *rc::gen::inRange(0, 100001) / 100000.0;
  return static_cast<float>(low + (static_cast<double>(high) - low) * share);
}

RC_GTEST_PROP(QuantiserProperty, IsValidAndHoldsZeroExactly, ()) {
  const Sample s = random_sample();
  RC_ASSERT(s.quantiser.validate().ok());
  RC_ASSERT(s.quantiser.fake(0.0F) == 0.0F);
}

RC_GTEST_PROP(QuantiserProperty, IsIdempotent, ()) {
  const Sample s = random_sample();
  const float once = s.quantiser.fake(random_in(2 * s.low, 2 * s.high));
  RC_ASSERT(s.quantiser.fake(once) == once);
}

RC_GTEST_PROP(QuantiserProperty, IsMonotone, ()) {
  const Sample s = random_sample();
  const float a = random_in(2 * s.low, 2 * s.high);
  const float b = random_in(2 * s.low, 2 * s.high);
  RC_ASSERT(s.quantiser.fake(std::min(a, b)) <= s.quantiser.fake(std::max(a, b)));
}

RC_GTEST_PROP(QuantiserProperty, IsWithinHalfAStepInsideTheRange, ()) {
  const Sample s = random_sample();
  float low = s.low;
  // A symmetric unsigned quantiser promises nothing below 0.
  if (!s.quantiser.format.is_signed() && s.quantiser.zero_point[0] == 0) low = std::max(low, 0.0F);
  RC_PRE(low <= s.high);
  const float x = random_in(low, s.high);
  const double error = std::abs(static_cast<double>(s.quantiser.fake(x)) - x);
  RC_ASSERT(error <= 0.5 * s.quantiser.scale[0] * (1 + 1e-6) + std::abs(x) * 1e-6);
}

RC_GTEST_PROP(QuantiserProperty, PowerOfTwoScalesArePowersAndStillFit, ()) {
  const float high = random_magnitude();
  const NumberFormat format = NumberFormat::integer(*rc::gen::inRange(2, 17), Signedness::kSigned);
  const float free = quantiser_for_range(format, -high, high).scale[0];
  const float power = quantiser_for_range(format, -high, high, {.power_of_two = true}).scale[0];
  int exponent = 0;
  RC_ASSERT(std::frexp(power, &exponent) == 0.5F);
  RC_ASSERT(power >= free * (1 - 1e-7F));
  RC_ASSERT(power < 2 * free);
}

}  // namespace
}  // namespace roofscape
