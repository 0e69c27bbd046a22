#include "analytics/explore/damage_fit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace roofscape::explore {
namespace {

Use integer(double bits) { return {"integer", {{"weight_bits", bits}}}; }

TEST(DamageFit, KnowsWhatWasNeverMeasuredTogether) {
  DamageFit fit(std::log(0.02));
  // Three layers, each three nats more sensitive than the one before; a bit less does 1.4 nats more. Of twelve, nine.
  const auto truth = [](std::size_t variable, double bits) { return 3.0 * static_cast<double>(variable) - 1.4 * bits; };
  for (std::size_t v = 0; v < 3; ++v)
    for (const double bits : {2.0, 4.0, 6.0, 8.0})
      if (static_cast<std::size_t>(bits / 2 - 1) != v) fit.add(v, integer(bits), truth(v, bits));
  fit.solve();
  for (std::size_t v = 0; v < 3; ++v) {
    const double missing = 2 * static_cast<double>(v + 1);
    EXPECT_NEAR(fit.of(v, integer(missing)), truth(v, missing), 2.0) << v;
  }
  EXPECT_NEAR(fit.of(0, integer(7.5)), fit.of(0, integer(8)), 1) << "the nearest width";
}

// One variable was tried with a harmful method alone, the other with a mild one alone, and each with a third.
TEST(DamageFit, AVariableIsNotBlamedForItsMethods) {
  DamageFit fit(std::log(0.02));
  const Use binary{"binary", {}}, low_rank{"low_rank", {}};
  fit.add(0, binary, 1);
  fit.add(0, low_rank, -4);
  fit.add(1, integer(8), -9);
  fit.add(1, low_rank, -4);
  fit.solve();
  EXPECT_NEAR(fit.of(0, integer(8)), -9, 1.5);
  EXPECT_NEAR(fit.of(1, binary), 1, 1.5);
}

TEST(DamageFit, WithoutMeasurementsSaysWhatItWasTold) {
  DamageFit fit(-3);
  fit.solve();
  EXPECT_DOUBLE_EQ(fit.of(2, integer(4)), -3);
}

}  // namespace
}  // namespace roofscape::explore
