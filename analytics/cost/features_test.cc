#include "analytics/cost/features.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace roofscape::cost {
namespace {

using Coefficients = std::array<double, kFeatures>;

TEST(Features, BoundsLeaveAloneWhatIsWithin) {
  Coefficients coefficients{};
  coefficients[0] = 1.5;
  const Coefficients before = coefficients;
  keep_bounds(coefficients);
  EXPECT_EQ(coefficients, before);
}

TEST(Features, TwiceTheClockIsNoWiderMachine) {
  EXPECT_EQ(width_feature(OpsPerSecond(1e12), Hertz(1e9)), width_feature(OpsPerSecond(2e12), Hertz(2e9)));
}

RC_GTEST_PROP(Features, MoreWorkIsNeverFaster, ()) {
  Coefficients coefficients{};
  for (std::size_t k = 0; k < kFeatures; ++k)  // those of single layers have no bounds
    if (feature_table()[k].aspect != Aspect::kReduction) coefficients[k] = *rc::gen::inRange(-500, 501) / 100.0;
  keep_bounds(coefficients);
  // The parts of a network that asks for more of something against those of one that does not.
  const auto times = [&](const Traits& traits, double batch) {
    Load load;
    load.ops = Ops(2 * traits.macs * batch);
    load.compute[0] = load.ops / OpsPerSecond(1e10);
    load.traffic = Seconds(traits.activations * batch / 1e9);
    load.launch = Seconds(1e-6 * traits.layers);
    std::array<double, kParts> exponents{};
    const std::array<double, kFeatures> given = features(traits, load, batch);
    for (std::size_t k = 0; k < kFeatures; ++k)
      exponents[static_cast<std::size_t>(feature_table()[k].part)] += coefficients[k] * given[k];
    std::array<Seconds, kParts> parts = load.parts();
    for (std::size_t p = 0; p < kParts; ++p) parts[p] = parts[p] * std::exp(exponents[p]);
    return parts;
  };
  const Traits one = *complete({.macs = 1e9, .parameters = 5e6, .activations = 4e6, .input = 5e4, .layers = 50});
  Traits more = one;
  double* const what = *rc::gen::element(&more.macs, &more.parameters, &more.activations, &more.layers, &more.input);
  *what *= 1.7;
  const double batch = *rc::gen::element(1.0, 2.0, 3.0, 4.0, 16.0);
  const auto less = times(one, batch), greater = times(more, batch), twice = times(one, 2 * batch);
  for (std::size_t p = 0; p < kParts; ++p) {
    RC_ASSERT(greater[p] >= less[p] * (1 - 1e-9));
    RC_ASSERT(twice[p] >= less[p] * (1 - 1e-9));
    RC_ASSERT(twice[p] <= 2 * less[p] * (1 + 1e-9));
  }
}

}  // namespace
}  // namespace roofscape::cost
