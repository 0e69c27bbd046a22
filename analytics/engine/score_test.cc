#include "analytics/engine/score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace roofscape::engine {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kUnit = 1 << 20;

using Scores = std::vector<float>;

TEST(Score, LowestIndexWinsATieAndNanLosesToAll) {
  EXPECT_EQ(largest_index(Scores{1, 3, 3, 2}), 1);
  EXPECT_EQ(largest_index(Scores{kNan, -kInfinity, kNan}), 1);
  EXPECT_EQ(largest_index(Scores{kNan, kNan}), 0);
}

TEST(Score, RankCountsTheClassesBefore) {
  const Scores scores{1, 3, kNan, 3, 2, kNan};
  EXPECT_EQ(rank_of(scores, 1), 0);
  EXPECT_EQ(rank_of(scores, 3), 1);
  EXPECT_EQ(rank_of(scores, 4), 2);
  EXPECT_EQ(rank_of(scores, 0), 3);
  EXPECT_EQ(rank_of(scores, 2), 4);
  EXPECT_EQ(rank_of(scores, 5), 5);
}

TEST(Score, LossReadsOutputsAsTheNetworkGivesThem) {
  const Scores logits{1, 2, 4};
  const double expected = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(4.0)) - 2;
  EXPECT_NEAR(static_cast<double>(loss_fixed(logits, 1, OutputMeaning::kLogits)) / kUnit, expected, 1e-6);
  EXPECT_NEAR(static_cast<double>(loss_fixed(Scores{0.25F, 0.75F}, 0, OutputMeaning::kProbabilities)) / kUnit,
              std::log(4.0), 1e-6);
  EXPECT_EQ(loss_fixed(Scores{-1.5F, -0.25F}, 0, OutputMeaning::kLogProbabilities), 3 << 19);
}

TEST(Score, LossOfWhatCannotBeComputedIsTheCap) {
  const std::int64_t cap = std::int64_t{1} << 30;
  EXPECT_EQ(loss_fixed(Scores{kNan, 1}, 0, OutputMeaning::kLogits), cap);
  EXPECT_EQ(loss_fixed(Scores{0, 1}, 0, OutputMeaning::kProbabilities), cap);
  EXPECT_EQ(loss_fixed(Scores{0, 1e30F}, 0, OutputMeaning::kLogits), cap);
  EXPECT_EQ(loss_fixed(Scores{kInfinity, kInfinity}, 0, OutputMeaning::kLogits), cap);
}

TEST(Score, SignalToNoiseIsTheRatioOfPowersInDecibels) {
  // Signal 100, noise 1: 20 dB.
  EXPECT_EQ(snr_fixed(Scores{10, 1}, Scores{10, 0}), 20 << 20);
  EXPECT_EQ(snr_fixed(Scores{1, 2}, Scores{1, 2}), 200 << 20);
  EXPECT_EQ(snr_fixed(Scores{1, 2}, Scores{0, 0}), -(200 << 20));
  EXPECT_EQ(snr_fixed(Scores{kNan, 2}, Scores{1, 2}), -(200 << 20));
}

TEST(Score, MeaningIsFoundThroughReshapes) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId s = b.add("softmax", op::Softmax{}, {x});
  const Network network = *b.finish(b.add("reshape", op::Reshape{{1, 4}}, {s}));
  EXPECT_EQ(output_meaning(network), OutputMeaning::kProbabilities);
}

}  // namespace
}  // namespace roofscape::engine
