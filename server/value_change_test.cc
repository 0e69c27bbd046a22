#include "server/value_change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace roofscape::server {
namespace {

using search::Reading;
using search::Readings;

std::vector<search::Objective> objectives(const std::vector<std::string>& texts) {
  std::vector<search::Objective> parsed;
  for (const std::string& text : texts) parsed.push_back(*search::parse_objective(text));
  return parsed;
}

TEST(ChangeText, SaysWhatIsLostAndWhatIsSaved) {
  const auto of = objectives({"maximise top1", "minimise latency", "minimise energy", "minimise weight_bytes"});
  const Readings base = {
      Reading::exact(-0.914), Reading::exact(2e-3), {3.1e-3, 2.9e-3, 3.3e-3}, Reading::exact(246824)};
  const Readings here = {Reading::exact(-0.91), Reading::exact(1.8e-3), {1e-3, 0.9e-3, 1.1e-3}, Reading::exact(20000)};
  EXPECT_EQ(change_text(of, here, base, "the base network"),
            "loses 0.4 points of top-1 and takes 10 % less time, 3.1 times less energy and 12 times less weight memory "
            "than the base network");
  EXPECT_EQ(change_text(of, base, here, "#7"),
            "gains 0.4 points of top-1 and takes 11 % more time, 3.1 times more energy and 12 times more weight memory "
            "than #7");
}

TEST(ChangeText, WhatTheIntervalsCoverIsNoDifference) {
  const auto of = objectives({"maximise top1", "minimise latency", "minimise energy"});
  const Readings base = {Reading::exact(-0.91), {20e-6, 10e-6, 40e-6}, {5e-6, 2e-6, 9e-6}};
  const Readings here = {Reading::exact(-0.90), {18e-6, 9e-6, 36e-6}, {4e-6, 2e-6, 8e-6}};
  EXPECT_EQ(change_text(of, here, base, "it"),
            "loses 1.0 points of top-1 against it; time and energy are the same as far as can be told");
  const Readings same = {Reading::exact(-0.91), {19e-6, 9e-6, 36e-6}, {4e-6, 2e-6, 8e-6}};
  EXPECT_EQ(change_text(of, same, base, "it"), "cannot be told from it");
  // Two images more of a thousand.
  const Readings two_images = {{-0.912, -0.917, -0.907}, {18e-6, 9e-6, 36e-6}, {1e-6, 0.5e-6, 2e-6}};
  EXPECT_EQ(change_text(of, two_images, base, "it"),
            "takes 5.0 times less energy than it; top-1 and time are the same as far as can be told");
}

TEST(ChangeText, KnowsOtherMetrics) {
  const auto of = objectives({"minimise loss", "maximise throughput", "minimise dsp", "maximise snr"});
  const Readings base = {Reading::exact(0.3), Reading::exact(-100), Reading::exact(40), Reading::exact(-60)};
  const Readings here = {Reading::exact(0.34), Reading::exact(-210), Reading::exact(0), Reading::exact(-28)};
  EXPECT_EQ(
      change_text(of, here, base, "it"),
      "loses 32 dB of signal-to-noise ratio, adds 0.04 nat of cross entropy, takes 0 instead of 40 DSP blocks and "
      "has 2.1 times more throughput than it");
}

TEST(Gain, OfPricesIsARatioAndOfAccuracyADifference) {
  const auto of = objectives({"maximise top1", "minimise latency", "maximise throughput"});
  EXPECT_NEAR(gain(of[0], -0.9, -0.91), 0.01, 1e-12);
  EXPECT_DOUBLE_EQ(gain(of[1], 4, 2), std::log(2.0));
  EXPECT_DOUBLE_EQ(gain(of[2], -2, -4), std::log(2.0));
  EXPECT_LT(gain(of[1], 2, 4), 0);
  EXPECT_DOUBLE_EQ(gain(of[1], 4, 0), 4);  // no ratio
}

}  // namespace
}  // namespace roofscape::server
