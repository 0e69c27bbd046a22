#include <gtest/gtest.h>

#include <cmath>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

Draft skipped(const Draft& draft, double threshold, Recipe also = {}) {
  also.push_back({"fc2", "zero_skip", {{"threshold", threshold}}});
  return apply_recipe(draft, also, 1).value();
}
const Skips& skips_of(const Draft& draft) { return *draft.network.layer(*draft.network.find("fc2")).arithmetic.skips; }

TEST(ZeroSkip, AThresholdOfNothingCountsTheZerosAndChangesNoValue) {
  const Draft draft = draft_of(chain_network());
  const Draft result = skipped(draft, 0);
  EXPECT_EQ(result.network.key(), draft.network.key());
  EXPECT_NE(result.network.design_key(), draft.network.design_key());  // it may cost less
  const Skips& skips = skips_of(result);
  EXPECT_EQ(skips.threshold, 0);
  const Layer& fc2 = draft.network.layer(*draft.network.find("fc2"));
  const ValueStatistics& input = *draft.calibration.find(draft.network.layer(fc2.inputs[0]).name);
  ASSERT_EQ(skips.zero_shares.size(), 12U);
  for (std::size_t c = 0; c < 12; ++c)
    EXPECT_FLOAT_EQ(skips.zero_shares[c], static_cast<float>(input.channel_zeros[c]));
}

TEST(ZeroSkip, LargerThresholdsMakeMoreZeros) {
  const Draft draft = draft_of(chain_network());
  double before = skips_of(skipped(draft, 0)).mean();
  for (const double threshold : {0.25, 0.5, 1.0}) {
    const Draft result = skipped(draft, threshold);
    EXPECT_NE(result.network.key(), draft.network.key());
    EXPECT_GT(skips_of(result).mean(), before);
    before = skips_of(result).mean();
  }
  EXPECT_LT(before, 1);
}

// Of values spread evenly over 0 … 1 and as many zeros, those up to 0.1·√(1/6) become 0.
TEST(ZeroSkip, CountsWhatLiesWithinTheThreshold) {
  Draft draft = draft_of(chain_network());
  ValueStatistics even;
  std::vector<float> values(100'000, 0);
  for (std::size_t i = 0; i < values.size(); i += 2) values[i] = (static_cast<float>(i) + 1) / 100'000;
  even.histogram.add(values);
  even.channel_mean.assign(12, 0.25);
  even.channel_zeros.assign(12, 0.5);
  const Layer& fc2 = draft.network.layer(*draft.network.find("fc2"));
  draft.calibration.values[draft.network.layer(fc2.inputs[0]).name] = std::make_shared<const ValueStatistics>(even);
  const Draft result = skipped(draft, 0.1);
  const Skips& skips = skips_of(result);
  EXPECT_NEAR(skips.threshold, 0.1 * std::sqrt(1 / 6.0), 1e-4);
  EXPECT_NEAR(skips.mean(), 0.5 + 0.5 * 0.0408, 1e-3);
}

TEST(ZeroSkip, IntegersRoundMoreToZero) {
  const Draft draft = draft_of(chain_network());
  const Recipe narrow = {{"fc2", "integer", {{"activation_bits", 3.0}}}};
  EXPECT_GT(skips_of(skipped(draft, 0, narrow)).mean(), skips_of(skipped(draft, 0)).mean() + 0.01);
}

TEST(Skips, LanesWaitForTheSlowest) {
  Skips skips;
  skips.zero_shares = {0.5F, 0, 0.5F, 1};
  EXPECT_EQ(skips.mean(), 0.5);
  EXPECT_EQ(skips.work_left(1), 0.5);
  EXPECT_EQ(skips.work_left(2), 0.5);  // both lanes do half
  EXPECT_EQ(skips.work_left(3), 0.5);  // 0.5 and 0 of two turns
  EXPECT_EQ(skips.work_left(4), 1);
  EXPECT_EQ(skips.work_left(64), 1);
}

TEST(ZeroSkip, OnlyLayersWhoseInputsMeetWeightsAlone) {
  EXPECT_THAT(apply_recipe(draft_of(testing::recurrent_network()), {{"lstm", "zero_skip", {}}}, 1).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("LSTM multiplies no inputs by weights alone")));
}

}  // namespace
}  // namespace roofscape::approx
