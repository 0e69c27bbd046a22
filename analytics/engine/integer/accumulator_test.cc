#include "analytics/engine/integer/accumulator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

namespace roofscape::engine {
namespace {

using Overflow = Accumulator::Overflow;

LimitedSum sum_of(const std::optional<Accumulator>& accumulator, const std::vector<std::int32_t>& products) {
  LimitedSum sum(accumulator);
  for (const std::int32_t product : products) sum.add(product);
  return sum;
}

std::int64_t total(const std::vector<std::int32_t>& products) { return sum_of(std::nullopt, products).value(); }

TEST(Wrapped, KeepsTheLowestBits) {
  EXPECT_EQ(wrapped(7, 4), 7);
  EXPECT_EQ(wrapped(8, 4), -8);
  EXPECT_EQ(wrapped(-9, 4), 7);
  EXPECT_EQ(wrapped(16, 4), 0);
  EXPECT_EQ(wrapped(std::int64_t{1} << 31, 32), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(wrapped(std::numeric_limits<std::int64_t>::min(), 64), std::numeric_limits<std::int64_t>::min());
}

RC_GTEST_PROP(LimitedSum, WrappingOnceIsWrappingAfterEveryProduct, (const std::vector<std::int32_t>& products)) {
  const int bits = *rc::gen::inRange(4, 33);
  const LimitedSum sum = sum_of(Accumulator{bits, Overflow::kWrap}, products);
  RC_ASSERT(sum.value() == wrapped(total(products), bits));
  RC_ASSERT(sum.overflowed() == (sum.value() != total(products)));
}

RC_GTEST_PROP(LimitedSum, IsExactWhereNothingCanOverflow, (const std::vector<std::int8_t>& products)) {
  const std::vector<std::int32_t> wide(products.begin(), products.end());
  RC_PRE(wide.size() <= 1000);
  for (const Overflow overflow : {Overflow::kWrap, Overflow::kSaturate}) {
    const LimitedSum sum = sum_of(Accumulator{20, overflow}, wide);
    RC_ASSERT(sum.value() == total(wide));
    RC_ASSERT(!sum.overflowed());
  }
}

TEST(LimitedSum, SaturatesOnTheWayInTheOrderOfTheProducts) {
  const Accumulator four{4, Overflow::kSaturate};
  EXPECT_EQ(sum_of(four, {6, 5, -3}).value(), 4);  // 6, 7 for 11, 4
  EXPECT_EQ(sum_of(four, {6, -3, 5}).value(), 7);  // 6, 3, 7 for 8
  EXPECT_EQ(sum_of(four, {-3, 6, 4}).value(), 7);  // just fits
  EXPECT_EQ(sum_of(four, {-100, 1}).value(), -7);
  EXPECT_TRUE(sum_of(four, {6, 5, -3}).overflowed());
  EXPECT_FALSE(sum_of(four, {-3, 6, 4}).overflowed());
}

TEST(LimitedSum, WhatWrapsAndComesBackLeavesNoTrace) {
  const Accumulator four{4, Overflow::kWrap};
  EXPECT_EQ(sum_of(four, {6, 5, -4}).value(), 7);
  EXPECT_FALSE(sum_of(four, {6, 5, -4}).overflowed());
  EXPECT_EQ(sum_of(four, {6, 5}).value(), -5);
  EXPECT_TRUE(sum_of(four, {6, 5}).overflowed());
}

TEST(LimitingAccumulator, IsNoneWhereEverySumFits) {
  Layer layer;
  EXPECT_FALSE(limiting_accumulator(layer, std::int64_t{1} << 40));
  layer.arithmetic.accumulator = Accumulator{8, Overflow::kSaturate};
  EXPECT_FALSE(limiting_accumulator(layer, 127));
  EXPECT_EQ(limiting_accumulator(layer, 128), layer.arithmetic.accumulator);
}

}  // namespace
}  // namespace roofscape::engine
