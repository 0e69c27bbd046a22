#include "analytics/base/units.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace roofscape {
namespace {

template <typename A, typename B>
concept Addable = requires(A a, B b) {
  a + b;
};

static_assert(Addable<Seconds, Seconds>);
static_assert(!Addable<Seconds, Joules>, "seconds and joules do not add");
static_assert(!Addable<Seconds, double>, "a bare number has no unit");
static_assert(std::is_same_v<decltype(Ops(1) / OpsPerSecond(1)), Seconds>);
static_assert(std::is_same_v<decltype(Watts(1) * Seconds(1)), Joules>);
static_assert(std::is_same_v<decltype(Ops(1) / Bytes(1)), OpsPerByte>);

TEST(Units, DivideToTheExpectedNumbers) {
  const Seconds time = Ops(2e9) / OpsPerSecond(1e12);
  EXPECT_DOUBLE_EQ(time / Seconds(1e-3), 2);
  EXPECT_LT(time, Seconds(1));
  EXPECT_DOUBLE_EQ((Watts(10) * Seconds(2)).value(), 20);
}

}  // namespace
}  // namespace roofscape
