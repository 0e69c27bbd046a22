#include "analytics/search/sample_sets.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

TEST(SampleSets, HoldWhatAComparisonHolds) {
  Rng rng(4);
  for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{65}, kMostSamples}) {
    Values samples, values = {-1, 2, HUGE_VAL, -HUGE_VAL, std::nan("")};
    for (std::size_t s = 0; s < count; ++s) samples.push_back(std::floor(20 * rng.uniform()) / 20);  // with equal ones
    for (int i = 0; i < 50; ++i) values.push_back(i % 2 == 0 ? samples[rng.below(count)] : rng.uniform());
    const SampleSets axis(samples);
    for (const double value : values) {
      for (std::size_t s = 0; s < count; ++s) EXPECT_EQ(axis.from(value).contains(s), samples[s] >= value) << value;
      std::vector<std::size_t> visited, expected;
      axis.from(value).for_each([&](std::size_t s) { visited.push_back(s); });
      for (std::size_t s = 0; s < count; ++s)
        if (samples[s] >= value) expected.push_back(s);
      EXPECT_EQ(visited, expected);
    }
  }
}

TEST(SampleSets, AreCutWithEachOther) {
  SampleSet set = SampleSet::first(70), odd;
  for (std::size_t s = 1; s < 100; s += 2) odd.insert(s);
  set &= odd;
  for (std::size_t s = 0; s < 100; ++s) EXPECT_EQ(set.contains(s), s < 70 && s % 2 == 1);
}

}  // namespace
}  // namespace roofscape::search
