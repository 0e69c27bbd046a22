#include "client/console/quantity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace roofscape::client {
namespace {

TEST(Quantity, HasThreeDigitsAndTheRightPrefix) {
  EXPECT_EQ(seconds(0.00234), "2.34 ms");
  EXPECT_EQ(seconds(1.234e-5), "12.3 µs");
  EXPECT_EQ(seconds(0.0009996), "1.00 ms") << "not 1000 µs";
  EXPECT_EQ(seconds(90), "90.0 s");
  EXPECT_EQ(joules(2.3e-6), "2.30 µJ");
  EXPECT_EQ(joules(0), "0 J");
  EXPECT_EQ(si(4.2e12, "op/s"), "4.20 Top/s");
  EXPECT_EQ(si(1e-30, "J"), "0.00 aJ");
  EXPECT_EQ(si(std::nan(""), "J"), "–");
}

TEST(Quantity, IntervalsAreInTheUnitOfTheValue) {
  EXPECT_EQ(seconds_within(1.32e-3, 9.8e-4, 1.81e-3), "1.32 ms (0.980–1.81)");
  EXPECT_EQ(seconds_within(0.9, 0.45, 1.8), "900 ms (450–1,800)");
  EXPECT_EQ(seconds_within(5000, 4000, 6250), "5,000 s (4,000–6,250)");
  EXPECT_EQ(joules_within(2e-6, 1e-6, 4e-6), "2.00 µJ (1.00–4.00)");
}

TEST(Quantity, BytesAreBinary) {
  EXPECT_EQ(bytes(0), "0 B");
  EXPECT_EQ(bytes(1000), "1000 B");
  EXPECT_EQ(bytes(62720), "61.2 KiB");
  EXPECT_EQ(bytes(1024. * 1024 - 1), "1.00 MiB");
}

TEST(Quantity, CountsAreSeparated) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(416520), "416,520");
  EXPECT_EQ(count(-1234567), "-1,234,567");
  EXPECT_EQ(count(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(Quantity, NumbersStayShort) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(0.01234), "0.0123");
  EXPECT_EQ(number(1.5), "1.50");
  EXPECT_EQ(number(1230), "1,230");
  EXPECT_EQ(number(3.2e20), "3.20e+20");
  EXPECT_EQ(percent(0.9123), "91.23 %");
  EXPECT_EQ(clock(65), "1:05");
  EXPECT_EQ(clock(7390), "2:03:10");
  EXPECT_EQ(clock(-1), "–");
}

RC_GTEST_PROP(Quantity, NeverShowsFourDigitsBeforeThePoint, ()) {
  const double value = std::pow(10.0, *rc::gen::inRange(-1700, 1700) / 100.0);
  const std::string text = si(value, "s");
  const std::size_t digits = text.find_first_not_of("0123456789");
  RC_ASSERT(digits >= 1 && digits <= 3);
}

}  // namespace
}  // namespace roofscape::client
