#include "analytics/approx/knobs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

const KnobSpec kBits = KnobSpec::integer("weight_bits", "Bits", 2, 16, 8).or_also(32);
const KnobSpec kShare = KnobSpec::real("fraction", "Share", 0, 0.95, 0.5);
const KnobSpec kRanges = KnobSpec::choice("ranges", "Ranges", {"min-max", "mse", "percentile"}, "mse");
const KnobSpec kCorrect = KnobSpec::flag("bias_correction", "Correct", true);

TEST(KnobSpec, RangeTextReadsLikeASentence) {
  EXPECT_EQ(kBits.range_text(), "2 to 16, or 32");
  EXPECT_EQ(kShare.range_text(), "0 to 0.95");
  EXPECT_EQ(kRanges.range_text(), "min-max, mse or percentile");
  EXPECT_EQ(kCorrect.range_text(), "true or false");
}

TEST(KnobSpec, ValidateTakesWhatIsInside) {
  for (const double bits : {2.0, 16.0, 32.0}) EXPECT_THAT(kBits.validate(bits), IsOk());
  EXPECT_THAT(kShare.validate(0.95), IsOk());
  EXPECT_THAT(kRanges.validate(std::string("mse")), IsOk());
  EXPECT_THAT(kCorrect.validate(false), IsOk());
}

TEST(KnobSpec, ValidateSaysWhatWouldBeRight) {
  EXPECT_THAT(kBits.validate(17.0), StatusIs(Code::kOutOfRange, "weight_bits is 17; use 2 to 16, or 32"));
  EXPECT_EQ(kBits.validate(17.0).field(), "weight_bits");
  EXPECT_THAT(kBits.validate(2.5),
              StatusIs(Code::kInvalidArgument, HasSubstr("2.5; it takes a whole number: 2 to 16")));
  EXPECT_THAT(kBits.validate(std::nan("")), StatusIs(Code::kInvalidArgument, HasSubstr("weight_bits is nan")));
  EXPECT_THAT(kBits.validate(std::string("eight")),
              StatusIs(Code::kInvalidArgument, HasSubstr("weight_bits is eight; it takes a whole number")));
  EXPECT_THAT(kBits.validate(true), StatusIs(Code::kInvalidArgument, HasSubstr("weight_bits is true")));
  EXPECT_THAT(kShare.validate(0.96), StatusIs(Code::kOutOfRange, "fraction is 0.96; use 0 to 0.95"));
  EXPECT_THAT(kRanges.validate(std::string("max")),
              StatusIs(Code::kOutOfRange, "ranges is max; use min-max, mse or percentile"));
  EXPECT_THAT(kRanges.validate(1.0), StatusIs(Code::kInvalidArgument, HasSubstr("ranges is 1; it takes a word")));
  EXPECT_THAT(kCorrect.validate(1.0), StatusIs(Code::kInvalidArgument, HasSubstr("it takes true or false")));
}

TEST(Knobs, TextAndHash) {
  const Knobs knobs = {{"weight_bits", 4.0}, {"ranges", std::string("mse")}, {"bias_correction", true}};
  EXPECT_EQ(to_string(knobs), "{bias_correction: true, ranges: mse, weight_bits: 4}");
  const auto hash = [](const Knobs& k) {
    Hasher hasher("test");
    hash_into(hasher, k);
    return hasher.finish();
  };
  EXPECT_EQ(hash(knobs), hash(knobs));
  EXPECT_NE(hash({{"a", 1.0}}), hash({{"a", true}}));
  EXPECT_NE(hash({{"a", 1.0}}), hash({{"a", 2.0}}));
  EXPECT_NE(hash({{"a", 1.0}}), hash({{"b", 1.0}}));
  EXPECT_EQ(whole_number(knobs, "weight_bits"), 4);
  EXPECT_EQ(word(knobs, "ranges"), "mse");
  EXPECT_TRUE(flag(knobs, "bias_correction"));
  EXPECT_THROW(flag(knobs, "weight_bits"), CheckFailure);
}

}  // namespace
}  // namespace roofscape::approx
