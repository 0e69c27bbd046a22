#include "client/report/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/plot/ranking_plot.h"
#include "client/report/ranking_report.h"
#include "client/testing/console.h"
#include "client/testing/samples.h"

namespace roofscape::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> ids(const Ranking& ranking) {
  std::vector<std::string> all;
  for (const v1::PlatformEstimate& row : ranking.rows)
    all.push_back(row.estimate().platform().substr(std::string("platforms/").size()));
  return all;
}

std::string table(const Ranking& ranking) {
  TestConsole test;
  return ranking_table(ranking, test.console);
}

TEST(Ranking, OrdersByEachMetricAndPutsWhatDoesNotFitLast) {
  const v1::EstimateOnPlatformsResponse response = sample_platform_estimates();
  EXPECT_THAT(ids(ranked("n", response, RankBy::kLatency, 0)), ElementsAre("chip", "gpu-b", "gpu-a", "board", "small"));
  EXPECT_THAT(ids(ranked("n", response, RankBy::kThroughput, 0)),
              ElementsAre("gpu-a", "gpu-b", "chip", "board", "small"));
  EXPECT_THAT(ids(ranked("n", response, RankBy::kName, 0)), ElementsAre("board", "chip", "gpu-a", "gpu-b", "small"));
  const Ranking two = ranked("n", response, RankBy::kLatency, 2);
  EXPECT_THAT(ids(two), ElementsAre("chip", "gpu-b"));
  EXPECT_EQ(two.left_out, 3U);
  EXPECT_EQ(two.unpriced.size(), 2U);
}

// The chip's lower bound is below every upper bound, and says nothing about which takes less.
TEST(Ranking, NeverPutsEnergiesOfDifferentBasesInOneOrder) {
  const v1::EstimateOnPlatformsResponse response = sample_platform_estimates();
  const Ranking ranking = ranked("n", response, RankBy::kEnergy, 0);
  EXPECT_THAT(ids(ranking), ElementsAre("board", "chip", "gpu-a", "gpu-b", "small"));
  const auto groups = comparable_groups(ranking);
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[2].first, 2U);
  EXPECT_EQ(groups[2].count, 2U);
  const Ranking best = ranked("n", response, RankBy::kEnergy, 1);
  EXPECT_THAT(ids(best), ElementsAre("board", "chip", "gpu-a", "small")) << "one of each basis";
  EXPECT_EQ(comparable_groups(ranked("n", response, RankBy::kLatency, 0)).size(), 1U);
}

TEST(Ranking, TableSaysWhatEnergiesRestOnAndWhatIsNotPriced) {
  const std::string text = table(ranked("resnet-50", sample_platform_estimates(), RankBy::kEnergy, 0));
  EXPECT_THAT(text, AllOf(HasSubstr("compare only where they rest on the same, and are sorted so: measured"),
                          HasSubstr("operations and bytes alone, a lower bound (1)"),
                          HasSubstr("peak power × time, an upper bound (2)"), HasSubstr("not known (1)")));
  EXPECT_THAT(text, AllOf(HasSubstr("2.00 ms (1.00–4.00)"), HasSubstr("no: needs 9 bytes"),
                          HasSubstr("not priced: eie, eyeriss: no peak holds fp32")));
  EXPECT_THAT(table(ranked("n", sample_platform_estimates(), RankBy::kLatency, 2)),
              AllOf(HasSubstr("5 by latency, of which --limit leaves out 3; 2 more cannot price it"),
                    Not(HasSubstr("sorted so"))));
  v1::EstimateOnPlatformsResponse alike = sample_platform_estimates();
  alike.mutable_estimates()->DeleteSubrange(1, 3);
  EXPECT_THAT(table(ranked("n", alike, RankBy::kLatency, 1)), HasSubstr("all rest on one basis"));
  v1::EstimateOnPlatformsResponse none;
  *none.mutable_unpriced() = sample_platform_estimates().unpriced();
  EXPECT_THAT(
      table(ranked("n", none, RankBy::kLatency, 0)),
      AllOf(HasSubstr("0 by latency; 2 more cannot price it"), HasSubstr("not priced"), Not(HasSubstr("bound by"))));
}

// Not known is no yes, and no reason to stand last either.
TEST(Ranking, SaysWhereItIsNotKnownWhetherANetworkFits) {
  v1::EstimateOnPlatformsResponse response = sample_platform_estimates();
  v1::Estimate& chip = *response.mutable_estimates(2)->mutable_estimate();
  chip.clear_fits();
  chip.set_fit_not_known("memory 'DRAM' does not state its capacity");
  const Ranking ranking = ranked("n", response, RankBy::kLatency, 0);
  EXPECT_THAT(ids(ranking), ElementsAre("chip", "gpu-b", "gpu-a", "board", "small"));
  const std::string text = table(ranking), row = text.substr(text.find("\nchip ") + 1);
  EXPECT_THAT(row.substr(0, row.find('\n')), AllOf(HasSubstr("not known"), Not(HasSubstr("yes"))));
  EXPECT_THAT(ranking_csv(ranking), HasSubstr("chip,A chip,n,asic,,,"));
}

TEST(Ranking, ShowsTheRoofBesideTheLatencyWhereItIsAskedFor) {
  v1::EstimateOnPlatformsResponse response = sample_platform_estimates();
  EXPECT_THAT(table(ranked("n", response, RankBy::kLatency, 0)), Not(HasSubstr("roof")));
  for (v1::PlatformEstimate& row : *response.mutable_estimates())
    row.mutable_estimate()->mutable_ceilings_only()->set_latency_seconds(3.5e-5);
  const Ranking ranking = ranked("n", response, RankBy::kLatency, 0);
  EXPECT_THAT(table(ranking), AllOf(HasSubstr("roof"), HasSubstr("35.0 µs")));
  EXPECT_THAT(ranking_csv(ranking), HasSubstr("3.5e-05"));
}

TEST(Ranking, OtherFormsHoldTheSameRows) {
  const Ranking ranking = ranked("resnet-50", sample_platform_estimates(), RankBy::kLatency, 0);
  const std::string csv = ranking_csv(ranking);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 5 + 2);
  EXPECT_THAT(csv, AllOf(HasSubstr("platform,title,network,"), HasSubstr("chip,A chip,resnet-50,asic,true,"),
                         HasSubstr("operations and bytes alone"), HasSubstr("eie,,resnet-50,"),
                         HasSubstr(",no peak holds fp32 x fp32\n")));
  const v1::EstimateOnPlatformsResponse json = ranking_json(ranking);
  EXPECT_EQ(json.estimates(0).estimate().platform(), "platforms/chip");
  EXPECT_EQ(json.unpriced_size(), 2);
}

TEST(RankingPlot, ShowsRowsIntervalsAndWhatIsLeftOut) {
  const Ranking ranking = ranked("resnet-50", sample_platform_estimates(), RankBy::kLatency, 0);
  const std::string all = plot::ranking_plot(ranking);
  EXPECT_THAT(all, AllOf(HasSubstr("resnet-50: latency on 5 platforms"), HasSubstr(">gpu-a</text>"),
                         HasSubstr("2.00 ms (1.00–4.00)"), HasSubstr("2 cannot price it"),
                         HasSubstr("hollow: does not fit"), Not(HasSubstr("left out"))));
  EXPECT_LT(all.find(">chip</text>"), all.find(">gpu-b</text>"));
  EXPECT_THAT(plot::ranking_plot(ranked("n", sample_platform_estimates(), RankBy::kThroughput, 0)),
              HasSubstr("class=\"bar\""))
      << "a throughput has its interval too";
  const std::string three = plot::ranking_plot(ranking, 3);
  EXPECT_THAT(three, AllOf(HasSubstr("on 3 platforms"), HasSubstr("2 more left out"), Not(HasSubstr(">small<"))));
  EXPECT_THAT(plot::ranking_plot(ranked("n", {}, RankBy::kLatency, 0)), HasSubstr("on 0 platforms"));
}

TEST(RankingPlot, PutsAHeadingOverEachBasis) {
  const Ranking ranking = ranked("resnet-50", sample_platform_estimates(), RankBy::kEnergy, 0);
  const std::string all = plot::ranking_plot(ranking);
  EXPECT_THAT(all, AllOf(HasSubstr("measured, of the platform or its family"), HasSubstr("a lower bound<"),
                         HasSubstr("an upper bound<"), HasSubstr("energy of an image (")));
  EXPECT_THAT(all, AllOf(HasSubstr("1 more left out"), Not(HasSubstr(">small<")))) << "it has no energy";
  EXPECT_THAT(plot::ranking_plot(ranking, 3), HasSubstr("an upper bound: the best 1 of 2<"));
}

TEST(RankingPlot, HoldsTwoHundredRows) {
  v1::EstimateOnPlatformsResponse many;
  for (int i = 0; i < 260; ++i) {
    *many.add_estimates() = sample_platform_estimates().estimates(0);
    many.mutable_estimates(i)->mutable_estimate()->set_platform("platforms/p" + std::to_string(1000 + i));
  }
  const std::string svg = plot::ranking_plot(ranked("n", many, RankBy::kLatency, 0), plot::kMostRankRows);
  EXPECT_THAT(svg, AllOf(HasSubstr(">p1199</text>"), Not(HasSubstr(">p1200</text>")), HasSubstr("60 more left out")));
  EXPECT_EQ(plot::ranking_plot(ranked("n", many, RankBy::kLatency, 0), plot::kMostRankRows), svg);
}

}  // namespace
}  // namespace roofscape::client
