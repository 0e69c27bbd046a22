#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/plot/sensitivity_plot.h"
#include "client/report/sensitivity_map.h"
#include "client/report/sensitivity_report.h"
#include "client/testing/console.h"
#include "client/testing/samples.h"

namespace roofscape::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string table(const SensitivityMap& map) {
  TestConsole test;
  return sensitivity_text(map, test.console);
}

TEST(SensitivityMap, GroupsByMethodAndPutsTheMildestFirst) {
  const SensitivityMap map = SensitivityMap::of("lenet5", sample_sensitivities(4));
  EXPECT_THAT(map.rows, ElementsAre("conv1", "conv2", "conv3", "fc"));
  ASSERT_EQ(map.groups.size(), 2U);
  EXPECT_EQ(map.groups[0].method, "integer");
  ASSERT_EQ(map.groups[0].settings.size(), 10U);
  EXPECT_EQ(map.groups[0].settings.front().title, "w8 a8");
  EXPECT_EQ(map.groups[0].settings.back().title, "w2 a4");
  EXPECT_EQ(map.groups[0].name(map.groups[0].settings[0]), "integer w8 a8");
  ASSERT_EQ(map.groups[1].settings.size(), 1U);
  EXPECT_EQ(map.groups[1].settings[0].rows(), 2U);
  EXPECT_FALSE(map.groups[1].settings[0].nats[1].has_value());
  EXPECT_EQ(map.groups[1].name(map.groups[1].settings[0]), "prune");
  EXPECT_EQ(map.legend, "integer: w weight_bits, a activation_bits");
}

TEST(SensitivityMap, RanksLayersAndNamesTheMildestSetting) {
  const SensitivityMap map = SensitivityMap::of("lenet5", sample_sensitivities(5));
  const auto most = map.most_sensitive(2);
  ASSERT_EQ(most.size(), 2U);
  EXPECT_EQ(map.rows[most[0]], "conv1");
  EXPECT_EQ(map.rows[most[1]], "fc");
  EXPECT_EQ(map.most_sensitive(99).size(), 5U);
  ASSERT_TRUE(map.mildest().has_value());
  EXPECT_EQ(map.mildest()->name, "integer w8 a8");
  EXPECT_FALSE(SensitivityMap::of("n", {}).mildest().has_value());
}

TEST(SensitivityMap, LayersThatChangeTogetherAreOneRow) {
  v1::MeasureSensitivityResponse response = sample_sensitivities(1);
  for (v1::Sensitivity& one : *response.mutable_sensitivities())
    for (const char* layer : {"conv2", "fc2"}) one.add_layers(layer);
  EXPECT_THAT(SensitivityMap::of("n", response).rows, ElementsAre("fc, … fc2 (3 layers)"));
}

TEST(SensitivityText, ShowsTwoDigitsAndMarksTheMostSensitive) {
  const std::string text = table(SensitivityMap::of("lenet5", sample_sensitivities(4)));
  EXPECT_THAT(text, AllOf(HasSubstr("256 calibration images"), HasSubstr("w8 a8"), HasSubstr("*0.25"),
                          HasSubstr("integer: w weight_bits, a activation_bits"), HasSubstr("prune")));
  EXPECT_THAT(text, HasSubstr("most sensitive: conv1, fc, "));
  EXPECT_THAT(text, HasSubstr("mildest setting: integer w8 a8, with which no layer alone does more than 7.1e-05 nats"));
  EXPECT_EQ(table(SensitivityMap::of("n", {})), "no choice of the space could be measured\n");
  EXPECT_THAT(table(SensitivityMap::of("n", sample_sensitivities(1))), Not(HasSubstr("most sensitive")));
}

TEST(SensitivityText, FiguresAreShort) {
  EXPECT_EQ(nats_text(0), "0");
  EXPECT_EQ(nats_text(2e-9), "<1e-6");
  EXPECT_EQ(nats_text(0.001234), "0.0012");
  EXPECT_EQ(nats_text(2.345), "2.3");
  EXPECT_EQ(nats_text(123.4), "123");
}

TEST(SensitivityCsv, HasALineForEachChoice) {
  const v1::MeasureSensitivityResponse response = sample_sensitivities(3);
  const std::string csv = sensitivity_csv(response);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + response.sensitivities_size());
  EXPECT_THAT(csv, StartsWith("layers,choice,image_count,divergence_nats,"));
  EXPECT_THAT(csv, HasSubstr("conv1,\"integer(activation_bits=8,granularity=channel,weight_bits=8)\",256,"));
  EXPECT_THAT(csv, HasSubstr("fc,prune(fraction=0.5),256,"));
}

TEST(SensitivityPlot, ShowsEveryCellAndTheScale) {
  const std::string svg = plot::sensitivity_plot(SensitivityMap::of("lenet5", sample_sensitivities(4)));
  EXPECT_THAT(svg, AllOf(HasSubstr("lenet5: which layers are sensitive to what"), HasSubstr(">conv2</text>"),
                         HasSubstr(">w2 a4</text>"), HasSubstr(">prune</text>"),
                         HasSubstr("<title>conv1, integer w2 a4: 0.26 nats</title>"),
                         HasSubstr("divergence of the outputs, nats"), HasSubstr(">–</text>")));
  EXPECT_THAT(svg, AllOf(HasSubstr("\"on-dark\""), HasSubstr("\"on-pale\"")));
}

TEST(SensitivityPlot, HoldsNothingAndSixtyLayers) {
  EXPECT_THAT(plot::sensitivity_plot(SensitivityMap::of("n", {})), HasSubstr("divergence of the outputs"));
  const SensitivityMap map = SensitivityMap::of("resnet-50", sample_sensitivities(60));
  const std::string svg = plot::sensitivity_plot(map);
  EXPECT_THAT(svg, HasSubstr(">conv59</text>"));
  EXPECT_EQ(plot::sensitivity_plot(map), svg);
}

}  // namespace
}  // namespace roofscape::client
