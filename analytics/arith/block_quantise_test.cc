#include "analytics/arith/block_quantise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "analytics/arith/element.h"
#include "analytics/arith/quantise_fast.h"
#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

NumberFormat format_of(const std::string& name) { return NumberFormat::parse(name).value(); }

TEST(BlockQuantise, SharesTheExponentOfTheLargestMagnitude) {
  const NumberFormat format = format_of("fp4").in_blocks(4);
  EXPECT_EQ(shared_exponent(6, format), 0);
  EXPECT_EQ(shared_exponent(7.9F, format), 0);
  EXPECT_EQ(shared_exponent(8, format), 1);
  EXPECT_EQ(shared_exponent(0, format), 0);
  EXPECT_EQ(shared_exponent(1e-38F, format), -127);
  std::vector<float> values = {12, 1, 0.4F, -5, 0.3F, 0.1F};
  quantise_blocks(values, std::vector<std::int64_t>{6}, format, 0, values);
  EXPECT_EQ(values, (std::vector<float>{12, 1, 0, -4, 0.3F > 0.28125F ? 0.25F : 0.28125F, 0.09375F}));
}

TEST(BlockQuantise, MxInt8IsAStepOfA64thOfTheLargestPower) {
  const NumberFormat format = format_of("mxint8");
  std::vector<float> values = {1.0F, 1.0F / 64, 1.5F / 64, -1.999F};
  quantise_blocks(values, std::vector<std::int64_t>{4}, format, 0, values);
  EXPECT_EQ(values, (std::vector<float>{1.0F, 1.0F / 64, 2.0F / 64, -127.0F / 64}));
}

TEST(BlockQuantise, LogarithmicBlocksHoldTheirLargestPower) {
  const NumberFormat format = format_of("log4/8");
  std::vector<float> values = {1.9F, 1.4F, 0.7F, 0.01F};
  quantise_blocks(values, std::vector<std::int64_t>{4}, format, 0, values);
  EXPECT_EQ(values, (std::vector<float>{2, 1, 0.5F, 0}));
}

TEST(BlockQuantise, RunsAlongItsAxis) {
  // Two columns of three rows: blocks of two rows.
  const NumberFormat format = format_of("int4n/2");
  const std::vector<float> values = {4, 400, 1, 100, 3, 300};
  std::vector<float> results(6);
  fake_quantise_tensor(values, std::vector<std::int64_t>{3, 2}, {.format = format, .axis = 0}, results);
  EXPECT_EQ(results, (std::vector<float>{4, 384, 1, 128, 3, 320}));
  EXPECT_EQ(block_count(std::vector<std::int64_t>{3, 2}, format, 0), 4);
  EXPECT_EQ(block_count(std::vector<std::int64_t>{3, 2}, format, 1), 3);
}

TEST(BlockQuantise, IsIdempotentFiniteAndWithinHalfAStep) {
  Rng rng(5);
  for (const char* name : {"mxfp8_e4m3", "mxfp8_e5m2", "mxfp6_e3m2", "mxfp6_e2m3", "mxfp4", "mxint8", "int4/16",
                           "uint5/8", "log4/8", "log5r2/16", "ulog3/4"}) {
    const NumberFormat format = format_of(name);
    for (int trial = 0; trial < 50; ++trial) {
      const std::vector<std::int64_t> shape = {3, 37, 2};
      std::vector<float> values(3 * 37 * 2);
      for (float& value : values) value = static_cast<float>(rng.normal() * std::exp2(20 * rng.uniform() - 10));
      std::vector<float> once(values.size()), twice(values.size());
      quantise_blocks(values, shape, format, 1, once);
      quantise_blocks(once, shape, format, 1, twice);
      ASSERT_EQ(once, twice) << name;
      if (!format.is_signed() || format.is_logarithmic()) continue;
      for (std::size_t i = 0; i < values.size(); ++i) {
        // A step never exceeds that of the block's largest element; saturation costs at most one more.
        ASSERT_LE(std::abs(once[i]), std::max(std::abs(values[i]) * 2, 1e4F)) << name;
      }
    }
    std::vector<float> odd = {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(), 1, -1};
    quantise_blocks(odd, std::vector<std::int64_t>{4}, format, 0, odd);
    for (const float value : odd) EXPECT_TRUE(std::isfinite(value)) << name;
  }
}

TEST(BlockQuantise, AQuantiserInBlocksNeedsAnAxisAndNoScale) {
  const NumberFormat format = format_of("mxfp4");
  EXPECT_THAT((Quantiser{.format = format, .axis = 1}.validate()), IsOk());
  EXPECT_THAT((Quantiser{.format = format}.validate()), StatusIs(Code::kInvalidArgument, HasSubstr("needs the axis")));
  EXPECT_THAT((Quantiser{.format = format, .scale = {2}, .axis = 0}.validate()),
              StatusIs(Code::kInvalidArgument, HasSubstr("give scale 1")));
}

}  // namespace
}  // namespace roofscape
