#include "tests/bench/yardstick/uniform_settings.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/test_job.h"

namespace roofscape::bench {
namespace {

approx::Knobs integer(double bits, const std::string& rounding) {
  return {{"rounding", rounding}, {"weight_bits", bits}};
}

TEST(UniformSettings, LaddersVariantsAndCombinations) {
  const Setting w8{"integer", {{"integer", integer(8, "nearest")}}, {}};
  const Setting w4{"integer", {{"integer", integer(4, "nearest")}}, {}};
  const Setting w4_second{"integer", {{"integer", integer(4, "second-order")}}, {}};
  const Setting w4_pruned{"integer", {{"integer", integer(4, "nearest")}, {"prune", {{"fraction", 0.5}}}}, {}};
  EXPECT_TRUE(same_ladder(w8, w4));
  EXPECT_FALSE(same_ladder(w4, w4_second));
  EXPECT_TRUE(variants(w4, w4_second));
  EXPECT_FALSE(variants(w8, w4_second));
  EXPECT_FALSE(variants(w4, w4));
  EXPECT_TRUE(contains(w4_pruned, w4));
  EXPECT_FALSE(contains(w4_pruned, w8));
  EXPECT_FALSE(contains(w4, w4));
}

TEST(UniformSettings, OneChoiceForEveryLayerThatOffersIt) {
  const explore::Job job = explore::testing::small_job();
  RS_ASSERT_OK_AND_ASSIGN(const explore::Space space, explore::Space::create(job.network, job.rules));
  // Integers in 4 × 2 ways on all three layers, two shares of filters on both convolutions.
  const std::vector<Setting> settings = uniform_settings(space);
  ASSERT_EQ(settings.size(), 10U);
  for (const Setting& setting : settings) {
    ASSERT_EQ(setting.uses.size(), 1U);
    EXPECT_EQ(setting.choices.size(), setting.uses[0].method == "integer" ? 3U : 2U);
    const search::Point point = setting.on(space.base());
    std::size_t changed = 0;
    for (std::size_t v = 0; v < point.size(); ++v) {
      if (point[v] == space.base()[v]) continue;
      ++changed;
      const explore::Use& use = space.variables()[v].choices[point[v] - 1U][0];
      EXPECT_EQ(use.method, setting.uses[0].method);
      EXPECT_EQ(use.knobs, setting.uses[0].knobs);
    }
    EXPECT_EQ(changed, setting.choices.size());
  }
}

}  // namespace
}  // namespace roofscape::bench
