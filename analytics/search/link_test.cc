#include "analytics/search/link.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

// Like top-1 over the logarithm of divergence: flat, a cliff, chance.
double cliff(double log_damage) { return -0.1 - 0.8 / (1 + std::exp(2 * (log_damage + 1))); }

std::vector<Link::Sample> noisy_samples(int count, double noise, Rng& rng) {
  std::vector<Link::Sample> samples;
  for (int i = 0; i < count; ++i) {
    const double place = -7 + 8 * rng.uniform();
    samples.push_back({place, cliff(place) + noise * rng.normal(), 1, true});
  }
  return samples;
}

TEST(Link, RisesAndFollowsWhatItIsFittedTo) {
  Rng rng(5);
  const Link link = Link::fit(noisy_samples(300, 0.01, rng), 0.1);
  double before = -HUGE_VAL;
  for (double place = -8; place < 2; place += 0.05) {
    EXPECT_GE(link.at(place), before - 1e-12) << place;
    before = link.at(place);
    if (place > -6.5 && place < 0.5) {
      EXPECT_NEAR(link.at(place), cliff(place), 0.04) << place;
    }
  }
}

TEST(Link, KnowsHowFarValuesScatter) {
  Rng rng(6);
  EXPECT_NEAR(Link::fit(noisy_samples(400, 0.02, rng), 0.1).deviation(-5), 0.02, 0.006);
  EXPECT_LT(Link::fit(noisy_samples(400, 0.001, rng), 0.1).deviation(-5), 0.004);
}

TEST(Link, SamplesOfOtherImagesBendTheCurveButSayNothingOfTheScatter) {
  std::vector<Link::Sample> samples;
  for (int i = 0; i < 20; ++i) samples.push_back({-5 + 0.1 * i, -0.9, 1, true});
  for (int i = 0; i < 40; ++i) samples.push_back({-3 + 0.1 * i, i % 2 == 0 ? -0.5 : -0.1, 0.1, false});
  const Link link = Link::fit(samples, 0.1);
  EXPECT_NEAR(link.at(-4), -0.9, 0.02);
  EXPECT_GT(link.at(0), -0.5);
  EXPECT_LT(link.deviation(-4), 0.01);
}

TEST(Link, InverseIsWhereTheLimitIsJustHeld) {
  Rng rng(7);
  const Link link = Link::fit(noisy_samples(300, 0.005, rng), 0.1);
  const double place = link.inverse(-0.6);
  EXPECT_NEAR(link.at(place), -0.6, 1e-6);
  EXPECT_EQ(link.inverse(0), HUGE_VAL);
  EXPECT_EQ(link.inverse(-0.95), -HUGE_VAL);
}

TEST(Link, OneSampleIsACurveToo) {
  const Link link = Link::fit({{-14, -0.87, 1, true}}, 0.1);
  EXPECT_DOUBLE_EQ(link.at(-14), -0.87);
  EXPECT_DOUBLE_EQ(link.at(3), -0.87);
  EXPECT_GT(link.deviation(-14), 0);
}

}  // namespace
}  // namespace roofscape::search
