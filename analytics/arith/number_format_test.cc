#include "analytics/arith/number_format.h"

#include <gtest/gtest.h>

#include <set>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(NumberFormat, IntegersHaveTheRangeOfTheirBits) {
  EXPECT_EQ(NumberFormat::integer(4, Signedness::kSigned).lowest(), -8);
  EXPECT_EQ(NumberFormat::integer(4, Signedness::kSigned).highest(), 7);
  EXPECT_EQ(NumberFormat::integer(4, Signedness::kSigned, true).lowest(), -7);
  EXPECT_EQ(NumberFormat::integer(8, Signedness::kUnsigned).highest(), 255);
  EXPECT_EQ(NumberFormat::integer(1, Signedness::kSigned).lowest(), -1);
  EXPECT_EQ(NumberFormat::integer(1, Signedness::kSigned).highest(), 0);
  EXPECT_EQ(NumberFormat::integer(32, Signedness::kSigned).lowest(), -2147483648LL);
  EXPECT_EQ(NumberFormat::integer(32, Signedness::kUnsigned).highest(), 4294967295LL);
}

TEST(NumberFormat, ParseReadsWhatNameWrites) {
  std::vector<NumberFormat> all = {NumberFormat::fp32()};
  for (int bits = 1; bits <= 32; ++bits) {
    all.push_back(NumberFormat::integer(bits, Signedness::kUnsigned));
    all.push_back(NumberFormat::integer(bits, Signedness::kSigned));
    if (bits > 1) all.push_back(NumberFormat::integer(bits, Signedness::kSigned, true));
  }
  for (int exponent = 1; exponent <= 8; ++exponent) {
    for (int mantissa = 0; mantissa <= 22; ++mantissa) all.push_back(NumberFormat::minifloat(exponent, mantissa));
  }
  for (int exponent = 1; exponent <= 7; ++exponent) {
    for (int mantissa = 0; mantissa <= 23; ++mantissa) all.push_back(NumberFormat::finite(exponent, mantissa));
    for (const auto base : {NumberFormat::Base::kTwo, NumberFormat::Base::kRootTwo}) {
      all.push_back(NumberFormat::logarithmic(exponent, base, Signedness::kUnsigned));
      all.push_back(NumberFormat::logarithmic(exponent + 1, base));
    }
  }
  all.push_back(NumberFormat::bipolar());
  for (const int block : {2, 16, 32, 1024}) {
    all.push_back(NumberFormat::integer(8, Signedness::kSigned).in_blocks(block));
    all.push_back(NumberFormat::finite(4, 3).in_blocks(block));
    all.push_back(NumberFormat::logarithmic(4, NumberFormat::Base::kRootTwo).in_blocks(block));
  }
  std::set<std::string> names;
  std::set<Digest> digests;
  for (const NumberFormat& format : all) {
    RS_ASSERT_OK_AND_ASSIGN(const NumberFormat parsed, NumberFormat::parse(format.name()));
    EXPECT_EQ(parsed, format) << format.name();
    EXPECT_TRUE(names.insert(format.name()).second) << format.name();
    Hasher hasher("test");
    format.hash_into(hasher);
    EXPECT_TRUE(digests.insert(hasher.finish()).second) << format.name();
  }
}

TEST(NumberFormat, KnownNamesHaveTheirBits) {
  EXPECT_EQ(NumberFormat::fp32().bits(), 32);
  EXPECT_EQ(NumberFormat::parse("fp16").value(), NumberFormat::minifloat(5, 10));
  EXPECT_EQ(NumberFormat::parse("bf16").value().bits(), 16);
  EXPECT_EQ(NumberFormat::parse("tf32").value().name(), "e8m10");
  EXPECT_EQ(NumberFormat::parse("e4m3").value().bits(), 8);
  EXPECT_EQ(NumberFormat::parse("fp8_e4m3").value(), NumberFormat::finite(4, 3));
  EXPECT_EQ(NumberFormat::parse("mxfp4").value().name(), "e2m1fn/32");
  EXPECT_EQ(NumberFormat::parse("int8/32").value(), NumberFormat::parse("mxint8").value());
  EXPECT_EQ(NumberFormat::parse("mxfp6_e2m3").value().bits_per_value(), 6.25);
  EXPECT_EQ(NumberFormat::parse("log5").value().exponent_bits(), 4);
  EXPECT_EQ(NumberFormat::bipolar().lowest(), -1);
  EXPECT_EQ(NumberFormat::bipolar().highest(), 1);
  EXPECT_EQ(NumberFormat::bipolar().bits(), 1);
  EXPECT_TRUE(NumberFormat::parse("e8m23").value().is_fp32());
}

TEST(NumberFormat, ParseRefusesEverythingElse) {
  for (const char* name : {"",       "int",       "int0",  "int33",   "int08",     "int8 ",    "int-8",
                           "uint4n", "int1n",     "intn",  "uint",    "u8",        "e9m3",     "e0m3",
                           "e4m24",  "e4",        "e4m",   "em3",     "e4m3x",     "fp8",      "int999999999999",
                           "INT8",   "log1",      "ulog0", "log9",    "ulog8",     "log4r",    "e8m2fn",
                           "int8/1", "int8/2048", "int8/", "fp32/32", "bipolar/8", "int8/032", "int1/8",
                           "mx"}) {
    EXPECT_THAT(NumberFormat::parse(name), StatusIs(Code::kInvalidArgument, HasSubstr("is not a number format; use")))
        << name;
  }
  EXPECT_THAT(NumberFormat::parse("int\x1b[31m"), StatusIs(Code::kInvalidArgument, HasSubstr("int\\x1b[31m")));
}

}  // namespace
}  // namespace roofscape
