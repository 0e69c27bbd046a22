#include "analytics/calibrate/refit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/calibrate.h"
#include "analytics/calibrate/test_platforms.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/load.h"
#include "analytics/cost/machine.h"

namespace roofscape::calibrate {
namespace {

using testing::measurements;
using testing::processor;
using testing::processors;

// A board that nothing like it was measured of, beside those that were.
constexpr double kPeak = 4e10;
std::vector<v1::Platform> with_board() {
  std::vector<v1::Platform> all = processors();
  all.push_back(processor("board", "boards", kPeak));
  return all;
}

// Families that are from 2 to 20 times slower than their ceilings, and rows that scatter by a fifth.
v1::Calibration shipped() {
  std::string csv = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";
  int number = 0;
  for (const auto& [id, slower] : {std::pair{"small-1", 3.0}, std::pair{"small-2", 2.0}, std::pair{"large-1", 20.0}})
    for (int i = 0; i < 14; ++i, ++number) {
      const double gmacs = 0.05 * std::pow(1.4, i), peak = std::string(id) == "large-1"   ? 1e11
                                                           : std::string(id) == "small-2" ? 2e10
                                                                                          : 1e10;
      const double scatter = std::exp(0.2 * std::sin(17.0 * number));
      csv += fmt::format("{},net{},FP32,1,latency,{:.9g},ms,{:.9g},{}\n", id, i, 2e12 * gmacs / peak * slower * scatter,
                         gmacs, 5 + i);
    }
  const std::vector<Table> tables = {*Table::parse(csv, "shipped.csv")};
  return *calibrate(tables, processors());
}

// Rows of the board, seven times slower than its ceiling, but for so much.
v1::PlatformCalibration of_board(const std::vector<double>& gmacs, double scatter) {
  std::string csv = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";
  for (std::size_t i = 0; i < gmacs.size(); ++i)
    csv += fmt::format("board,mine{},FP32,1,latency,{:.9g},ms,{:.9g},{}\n", i,
                       2e12 * gmacs[i] / kPeak * 7 * std::exp((i % 2 == 0 ? 1 : -1) * scatter), gmacs[i], 8 * gmacs[i]);
  const std::vector<Table> tables = {*Table::parse(csv, "mine.csv")};
  const auto platforms = with_board();
  const v1::Calibration mine = *calibrate(tables, platforms, shipped());
  return **cost::resolve(mine, cost::calibration_key(platforms.back()));
}

cost::Prediction predicted(const v1::PlatformCalibration& message, double gmacs,
                           cost::NetworkKind kind = cost::NetworkKind::kPlain) {
  const cost::Machine machine = *cost::read_machine(with_board().back());
  const cost::Traits traits =
      *cost::complete({.macs = gmacs * 1e9, .parameters = 8e6 * gmacs, .input = 224 * 224, .kind = kind});
  const cost::Load load =
      *cost::load_of(machine, traits, *NumberFormat::parse("fp32"), *NumberFormat::parse("fp32"), 1);
  return cost::PlatformCalibration::create(message)->predict(traits, load, 1);
}
double width(const cost::Prediction& of) { return of.high / of.low; }
double truth(double gmacs) { return 2e9 * gmacs / kPeak * 7; }

const std::vector<double> kFive = {0.4, 0.7, 1.1, 1.8, 3};

TEST(Refit, FiveConsistentRowsNarrowTheIntervalToAboutTheirSpread) {
  const auto platforms = with_board();
  const auto before = predicted(**cost::resolve(shipped(), cost::calibration_key(platforms.back())), 1.4);
  const auto after = predicted(of_board(kFive, 0.03), 1.4);
  EXPECT_GT(width(before), 4);
  EXPECT_LT(width(after), 1.5);
  EXPECT_NEAR(after.time.value(), truth(1.4), 0.1 * truth(1.4));
  EXPECT_LT(after.low.value(), truth(1.4));
  EXPECT_GT(after.high.value(), truth(1.4));
}

TEST(Refit, RowsThatDisagreeKeepItAsWideAsTheyLie) {
  const auto close = predicted(of_board(kFive, 0.03), 1.4), apart = predicted(of_board(kFive, 0.4), 1.4);
  EXPECT_GT(width(apart), 2 * width(close));
  EXPECT_GT(width(apart), std::exp(2 * 0.4));  // they lie as far apart themselves
}

TEST(Refit, NetworksUnlikeTheRowsKeepAWiderInterval) {
  const v1::PlatformCalibration mine = of_board(kFive, 0.03);
  const double near = width(predicted(mine, 1.4));
  EXPECT_GT(width(predicted(mine, 1.4, cost::NetworkKind::kSeparable)), 2 * near);
  EXPECT_GT(width(predicted(mine, 60)), 2 * near);
  EXPECT_GT(width(predicted(mine, 0.02)), 2 * near);
}

TEST(Refit, MoreRowsSayMore) {
  const double of_two = width(predicted(of_board({0.9, 1.8}, 0.03), 1.4));
  const double of_five = width(predicted(of_board(kFive, 0.03), 1.4));
  EXPECT_GT(of_two, of_five);
}

TEST(Refit, TheCalibrationSaysWhoseRowsTheyAre) {
  const v1::PlatformCalibration mine = of_board(kFive, 0.03);
  EXPECT_EQ(mine.own().row_count(), 5);
  EXPECT_EQ(mine.own().network_count(), 5);
  EXPECT_EQ(mine.own().points_size(), 5);
  EXPECT_EQ(mine.own().points(0).arithmetic(), "fp32");
  EXPECT_EQ(mine.own().points(0).kind(), "plain");
  EXPECT_FALSE(cost::resolve(shipped(), {"cpu", "small", "", "small-1"})->value().has_own());
}

}  // namespace
}  // namespace roofscape::calibrate
