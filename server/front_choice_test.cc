#include "server/front_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A point of a front on "zcu104": how many of 10,000 images it gets right, its time and its bytes. It answers otherwise
// than the base network on twice as many images as it loses.
v1::Evaluation point(std::int64_t index, std::int64_t right, double micros, double bytes, double spread) {
  v1::Evaluation evaluation;
  evaluation.set_index(index);
  evaluation.mutable_counts()->set_image_count(10'000);
  evaluation.mutable_counts()->set_top1_count(right);
  evaluation.mutable_counts()->set_agree_count(10'000 - 2 * std::abs(9140 - right));
  v1::Estimate* estimate = evaluation.add_estimates();
  estimate->set_platform("platforms/zcu104");
  estimate->set_fits(true);
  estimate->set_latency_seconds(micros * 1e-6);
  estimate->set_weight_bytes(bytes);
  if (spread > 0) {
    estimate->mutable_latency_interval_seconds()->set_low(micros * 1e-6 / (1 + spread));
    estimate->mutable_latency_interval_seconds()->set_high(micros * 1e-6 * (1 + spread));
  }
  return evaluation;
}

FrontView sample_view() {
  v1::FrontBox box;
  const auto add = [&](const char* objective, double ideal, double reference) {
    v1::BoxSide* side = box.add_sides();
    side->set_objective(objective);
    side->set_ideal(ideal);
    side->set_reference(reference);
  };
  add("maximise top1", 0.93, 0.85);
  add("minimise latency", 0, 100e-6);
  add("minimise weight_bytes", 0, 250'000);
  return *view_of(box, "zcu104");
}

// The base network, then points that lose accuracy for time and bytes.
std::vector<v1::Evaluation> front_with(double spread) {
  return {point(0, 9140, 60, 240'000, spread),  point(3, 9138, 40, 60'000, spread),
          point(7, 9120, 39.5, 60'000, spread), point(5, 9080, 21, 30'000, spread),
          point(9, 9060, 20.8, 30'000, spread), point(4, 8700, 18, 15'000, spread)};
}

FrontChoice chosen(const std::vector<v1::Evaluation>& front, const ChoiceOptions& options) {
  std::vector<const v1::Evaluation*> rows;
  for (const v1::Evaluation& evaluation : front) rows.push_back(&evaluation);
  return choose(sample_view(), rows, front.front(), options);
}

std::vector<std::int64_t> numbers(const FrontChoice& choice) {
  std::vector<std::int64_t> listed;
  for (const FrontChoice::Listed& one : choice.listed) listed.push_back(one.evaluation->index());
  return listed;
}

TEST(FrontChoice, PointsWithoutAnAdvantageBeyondTheIntervalsAreFolded) {
  const auto front = front_with(0.2);
  const FrontChoice choice = chosen(front, {});
  EXPECT_THAT(numbers(choice), ElementsAre(0, 3, 5, 4));
  EXPECT_THAT(choice.listed[1].stands_for, ElementsAre(7));
  EXPECT_THAT(choice.listed[2].stands_for, ElementsAre(9));
  EXPECT_THAT(choice.listed[3].stands_for, IsEmpty());
  EXPECT_THAT(choice.left_out, IsEmpty());
}

TEST(FrontChoice, ShownAllOrExactEveryPointStays) {
  const auto front = front_with(0.2);
  EXPECT_THAT(numbers(chosen(front, {.show_all = true})), ElementsAre(0, 3, 7, 5, 9, 4));
  const auto exact = front_with(0);
  EXPECT_THAT(numbers(chosen(exact, {})), ElementsAre(0, 3, 7, 5, 9, 4));
}

TEST(FrontChoice, PicksKeepMostHypervolumeAndSayWhatTheyLeaveOut) {
  const auto front = front_with(0.2);
  const FrontChoice two = chosen(front, {.pick = 2});
  EXPECT_THAT(numbers(two), ElementsAre(3, 5));
  EXPECT_THAT(two.left_out, ElementsAre(0, 4));
  EXPECT_THAT(two.listed[0].stands_for, ElementsAre(7));
  const FrontChoice one = chosen(front, {.pick = 1});
  EXPECT_THAT(numbers(one), ElementsAre(5));
  EXPECT_THAT(one.left_out, ElementsAre(0, 3, 4, 7));
  EXPECT_GT(two.hypervolume, one.hypervolume);
  EXPECT_LT(two.hypervolume, chosen(front, {}).hypervolume);
  EXPECT_THAT(numbers(chosen(front, {.pick = 50})), ElementsAre(0, 3, 5, 4));
}

TEST(FrontChoice, RecommendsTheKneeWithItsReason) {
  const auto front = front_with(0.2);
  const FrontChoice choice = chosen(front, {});
  EXPECT_EQ(choice.listed[choice.recommended].evaluation->index(), 5);
  EXPECT_EQ(choice.reason,
            "loses 0.6 points of top-1 and takes 2.9 times less time and 8.0 times less weight memory than the base "
            "network; beyond it, #4 loses 3.8 points more of top-1 for 2.0 times less weight memory");
}

TEST(FrontChoice, RecommendsTheSamePointWhateverIsListed) {
  const auto front = front_with(0.2);
  for (const ChoiceOptions& options :
       {ChoiceOptions{.pick = 1}, {.pick = 2}, {.pick = 4}, {.show_all = true}, {.pick = 3, .show_all = true}}) {
    const FrontChoice choice = chosen(front, options);
    EXPECT_EQ(choice.listed[choice.recommended].evaluation->index(), 5) << options.pick << options.show_all;
  }
}

TEST(FrontChoice, OfFewPointsIsWhatThereIs) {
  EXPECT_TRUE(choose(sample_view(), {}, {}, {}).listed.empty());
  const std::vector<v1::Evaluation> base = {point(0, 9140, 60, 240'000, 0.2)};
  EXPECT_EQ(chosen(base, {}).reason, "is the only point of the front: the base network");
  // The base network does not fit, so nothing is said against it.
  std::vector<v1::Evaluation> unfit = front_with(0.2);
  unfit[0].mutable_estimates(0)->set_fits(false);
  const std::vector<const v1::Evaluation*> one = {&unfit[3]};
  EXPECT_EQ(choose(sample_view(), one, unfit[0], {}).reason, "is the only point of the front");
  const std::vector<const v1::Evaluation*> few = {&unfit[1], &unfit[3], &unfit[5]};
  EXPECT_THAT(choose(sample_view(), few, unfit[0], {}).reason, HasSubstr("than #3, the best of the front in top-1"));
}

TEST(FrontChoice, OfPricesAloneSaysTheAccuracyToo) {
  FrontView view = sample_view();
  view.objectives.erase(view.objectives.begin());
  view.box.sides.erase(view.box.sides.begin());
  const auto front = front_with(0.2);
  std::vector<const v1::Evaluation*> rows = {&front[3]};
  EXPECT_EQ(
      choose(view, rows, front[0], {}).reason,
      "is the only point of the front, and takes 2.9 times less time and 8.0 times less weight memory than the base "
      "network; its top-1 is 90.80 %");
}

TEST(FrontView, ReadingsCarryTheIntervalsThatAreKnown) {
  v1::FrontBox box;
  for (const char* objective : {"maximise agreement", "maximise throughput", "minimise macs"}) {
    v1::BoxSide* side = box.add_sides();
    side->set_objective(objective);
    side->set_reference(1);
  }
  const FrontView view = *view_of(box, "zcu104");
  v1::Evaluation evaluation = point(1, 9000, 50, 1000, 0.5);
  evaluation.mutable_counts()->set_agree_count(9500);
  evaluation.mutable_estimates(0)->set_throughput_per_second(40'000);
  evaluation.set_mac_count(416'520);
  const search::Readings readings = view.readings(evaluation);
  EXPECT_DOUBLE_EQ(readings[0].value, -0.95);
  EXPECT_NEAR(readings[0].low, -0.9541, 1e-3);
  EXPECT_NEAR(readings[0].high, -0.9456, 1e-3);
  // From two thirds to three halves of the throughput, of which three tenths are the point's own.
  EXPECT_NEAR(readings[1].low, -40'000 * std::pow(1.5, 0.3), 1);
  EXPECT_NEAR(readings[1].high, -40'000 / std::pow(1.5, 0.3), 1);
  EXPECT_EQ(readings[2].low, readings[2].high);
}

TEST(FrontView, TopOneIsInDoubtAsFarAsAnswersDifferFromTheBaseNetwork) {
  const FrontView view = sample_view();
  const search::Readings base = view.readings(point(0, 9140, 60, 1000, 0));
  EXPECT_EQ(base[0].low, base[0].high);
  const search::Readings far = view.readings(point(1, 8640, 60, 1000, 0));  // 1,000 other answers
  EXPECT_NEAR(far[0].high - far[0].value, 1.645 * std::sqrt(0.1 / 10'000), 1e-9);
}

// A lower bound is known less well than a measured value, not better.
TEST(FrontView, AnIntervalThatBeginsAtTheValueLeavesDoubtOnBothSides) {
  v1::Evaluation bound = point(1, 9140, 60, 1000, 0);
  bound.mutable_estimates(0)->mutable_latency_interval_seconds()->set_low(60e-6);
  bound.mutable_estimates(0)->mutable_latency_interval_seconds()->set_high(6000e-6);
  const search::Readings readings = sample_view().readings(bound);
  // However little is known of the device, two designs on it are told apart by more than e^0.2 each.
  EXPECT_NEAR(readings[1].low, 60e-6 / std::exp(0.2), 1e-9);
  EXPECT_NEAR(readings[1].high, 60e-6 * std::exp(0.2), 1e-9);
}

}  // namespace
}  // namespace roofscape::server
