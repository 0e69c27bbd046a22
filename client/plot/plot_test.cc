#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "client/plot/axes.h"
#include "client/plot/front_plot.h"
#include "client/plot/label_placer.h"
#include "client/plot/metric.h"
#include "client/plot/roofline_plot.h"
#include "client/plot/roofs.h"
#include "client/plot/scale.h"
#include "client/plot/style.h"
#include "client/plot/svg.h"
#include "client/plot/validation_plot.h"
#include "client/testing/samples.h"

namespace roofscape::client::plot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Svg, EscapesWhatComesFromOutside) {
  Svg svg(10, 10, "a < b", "\"x\" & y");
  svg.text({1, 2}, "<script>", "label");
  svg.circle({1, 1}, 2, "front", "#000", "tip & more");
  const std::string text = svg.to_text();
  EXPECT_THAT(text, HasSubstr("<title id=\"title\">a &lt; b</title>"));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(text, HasSubstr("<title>tip &amp; more</title>"));
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
}

TEST(Svg, WritesShortNumbers) {
  Svg svg(10, 10, "", "");
  svg.line({0, -0.001}, {1.5, 2.125}, "grid");
  EXPECT_THAT(svg.to_text(), HasSubstr("x1=\"0\" y1=\"0\" x2=\"1.5\" y2=\"2.12\""));
}

TEST(Style, RampRunsFromDarkToBright) {
  EXPECT_EQ(ramp(0), "#2f3f8f");
  EXPECT_EQ(ramp(1), "#f08a24");
  EXPECT_EQ(ramp(std::nan("")), ramp(0));
  EXPECT_EQ(ramp(9), ramp(1));
}

TEST(Scale, HasRoundTicks) {
  EXPECT_THAT(Scale::linear(0.84, 0.92, 0, 100).ticks(4),
              ElementsAre(::testing::DoubleNear(0.84, 1e-12), ::testing::DoubleNear(0.86, 1e-12),
                          ::testing::DoubleNear(0.88, 1e-12), ::testing::DoubleNear(0.9, 1e-12),
                          ::testing::DoubleNear(0.92, 1e-12)));
  EXPECT_THAT(Scale::logarithmic(1e-5, 1e-2, 0, 100).ticks(6), ElementsAre(1e-5, 1e-4, 1e-3, 1e-2));
}

TEST(Scale, LabelsShareAPrefix) {
  const Scale scale = Scale::logarithmic(1e-4, 1e-2, 0, 100);
  const TickLabels labels = tick_labels(scale, {1e-4, 1e-3, 1e-2}, "s");
  EXPECT_EQ(labels.unit, "ms");
  EXPECT_THAT(labels.texts, ElementsAre("0.1", "1", "10"));
  EXPECT_THAT(tick_labels(Scale::linear(0, 1, 0, 1), {0.85, 0.9}, "%").texts, ElementsAre("85", "90"));
  const TickLabels wide = tick_labels(Scale::logarithmic(1e6, 1e13, 0, 1), {1e6, 1e9, 1e12}, "op/s");
  EXPECT_EQ(wide.unit, "op/s");
  EXPECT_THAT(wide.texts, ElementsAre("1 M", "1 G", "1 T"));
}

RC_GTEST_PROP(Scale, TicksLieInsideAndAscend, ()) {
  const bool logarithmic = *rc::gen::arbitrary<bool>();
  const double low = std::pow(10.0, *rc::gen::inRange(-120, 120) / 10.0);
  const double high = low * std::pow(10.0, *rc::gen::inRange(1, 80) / 10.0);
  const Scale scale = logarithmic ? Scale::logarithmic(low, high, 0, 400) : Scale::linear(low, high, 0, 400);
  const std::vector<double> ticks = scale.ticks();
  RC_ASSERT(!ticks.empty());
  RC_ASSERT(ticks.size() <= 22u);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    RC_ASSERT(scale.at(ticks[i]) >= -0.1 && scale.at(ticks[i]) <= 400.1);
    if (i > 0) {
      RC_ASSERT(ticks[i] > ticks[i - 1]);
    }
  }
}

RC_GTEST_PROP(LabelPlacer, NeverCoversWhatIsThere, ()) {
  const Box area{0, 0, 300, 200};
  LabelPlacer placer(area);
  std::vector<Box> placed;
  const int count = *rc::gen::inRange(1, 30);
  for (int i = 0; i < count; ++i) {
    const Point dot{static_cast<double>(*rc::gen::inRange(0, 300)), static_cast<double>(*rc::gen::inRange(0, 200))};
    const auto spot = placer.place(dot, 4, "conv10 12 %", 11);
    if (!spot) continue;
    const double width = text_width("conv10 12 %", 11);
    const double left = spot->anchor == Anchor::kStart ? spot->at.x
                        : spot->anchor == Anchor::kEnd ? spot->at.x - width
                                                       : spot->at.x - width / 2;
    const Box box{left, spot->at.y - 11 * 0.36 - 11 * 0.55, width, 11 * 1.1};
    RC_ASSERT(box.left >= -0.01 && box.right() <= 300.01 && box.top >= -0.01 && box.bottom() <= 200.01);
    for (const Box& other : placed) RC_ASSERT(!box.overlaps(other));
    placed.push_back(box);
  }
}

TEST(Metric, AxesPreferAccuracyAgainstLatency) {
  const std::vector<std::string> usual = {"minimise energy", "maximise top1", "minimise latency"};
  EXPECT_EQ(axes_for(usual).x->name, "latency");
  EXPECT_EQ(axes_for(usual).y->name, "top1");
  const std::vector<std::string> prices = {"minimise energy@zcu104", "minimise weight_bytes"};
  EXPECT_EQ(axes_for(prices).x->name, "energy");
  EXPECT_EQ(axes_for(prices).y->name, "weight_bytes");
  EXPECT_EQ(axes_for({}).y->name, "top1");
}

TEST(Metric, ReadsConstraintsWithUnits) {
  const auto limit = read_limit("latency@zcu104 <= 2 ms");
  ASSERT_TRUE(limit.has_value());
  EXPECT_EQ(limit->metric->name, "latency");
  EXPECT_EQ(limit->platform, "zcu104");
  EXPECT_DOUBLE_EQ(limit->value, 2e-3);
  EXPECT_FALSE(limit->at_least);
  EXPECT_DOUBLE_EQ(read_limit("top1>=90%")->value, 0.9);
  EXPECT_DOUBLE_EQ(read_limit("weight_bytes <= 64 KiB")->value, 65536);
  for (const char* text : {"", "top1", "top1 >=", "speed >= 1", "latency <= 2 parsecs"})
    EXPECT_FALSE(read_limit(text)) << text;
}

TEST(Roofs, JoinFormatsOfOneRate) {
  v1::Platform platform = sample_cpu();
  v1::ComputeCeiling* fp16 = platform.add_compute();
  fp16->set_weight("fp16");
  fp16->mutable_ops_per_second()->set_value(24e9);
  const Roofs roofs = roofs_of(platform);
  ASSERT_EQ(roofs.compute.size(), 2u);
  EXPECT_EQ(roofs.compute[0].label, "int8 · 60.0 Gop/s");
  EXPECT_EQ(roofs.compute[1].label, "fp32, fp16 · 24.0 Gop/s");
  EXPECT_EQ(roofs.memory.back().label, "DRAM · 4.00 GB/s");
}

TEST(Roofs, OfAFabricAreItsMultipliers) {
  const Roofs roofs = roofs_of(sample_fpga());
  ASSERT_EQ(roofs.compute.size(), 1u);
  EXPECT_EQ(roofs.compute[0].label, "one MAC a DSP block and cycle · 1.04 Top/s");
}

FrontPicture sample_front_picture() { return {sample_fronts(), sample_evaluations(), sample_exploration()}; }

RooflinePicture sample_roofline_picture() {
  RooflinePicture picture{"lenet5", "int4.yaml", {}};
  for (const v1::Platform& platform : {sample_cpu(), sample_fpga()})
    picture.panels.push_back({platform, sample_estimate(platform, 32), sample_estimate(platform, 4)});
  return picture;
}

// To look at: ROOFSCAPE_KEEP_PICTURES=FOLDER keeps what the tests draw.
std::string kept(const std::string& name, const std::string& svg) {
  if (const char* folder = std::getenv("ROOFSCAPE_KEEP_PICTURES"))
    std::ofstream(std::string(folder) + "/" + name) << svg;
  return svg;
}

// Elements are closed, nothing is NaN, and no text begins or ends outside the picture.
void expect_sound(const std::string& svg) {
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf\"")));
  std::smatch size;
  ASSERT_TRUE(std::regex_search(svg, size, std::regex("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"")));
  const double width = std::stod(size[1]), height = std::stod(size[2]);
  const std::regex text(
      "<text class=\"([a-z-]+)\" x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" text-anchor=\"([a-z]+)\"( "
      "transform=\"[^\"]*\")?>([^<]*)</text>");
  int seen = 0;
  for (auto it = std::sregex_iterator(svg.begin(), svg.end(), text); it != std::sregex_iterator(); ++it, ++seen) {
    const double x = std::stod((*it)[2]), y = std::stod((*it)[3]);
    const std::string content = (*it)[6], anchor = (*it)[4], css = (*it)[1];
    EXPECT_GE(y, 0) << content;
    EXPECT_LE(y, height) << content;
    if ((*it)[5].length() > 0) continue;  // turned
    const double size_px = css == "title" ? 17 : css == "panel-title" ? 15 : css == "label" ? 12 : 11;
    const double w = text_width(content, size_px);
    const double left = anchor == "start" ? x : anchor == "end" ? x - w : x - w / 2;
    EXPECT_GE(left, 0) << content;
    EXPECT_LE(left + w, width + 1) << content;
  }
  EXPECT_GT(seen, 0);
  const auto count = [&](const std::string& what) {
    int n = 0;
    for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("<g "), count("</g>"));
  EXPECT_EQ(count("<text "), count("</text>"));
}

TEST(FrontPlot, ShowsEveryPlatform) {
  const std::string svg = kept("front.svg", front_plot(sample_front_picture()));
  expect_sound(svg);
  for (const char* text :
       {"raspberry-pi-4", "zcu104", "top-1 accuracy (%)", "latency (µs)", "base network", "top1 &gt;= 0.85",
        "latency@zcu104 &lt;= 30 us", "121 candidates measured", "prefers-color-scheme"})
    EXPECT_THAT(svg, HasSubstr(text));
}

TEST(FrontPlot, IsTheSameForTheSameRun) {
  EXPECT_EQ(front_plot(sample_front_picture()), front_plot(sample_front_picture()));
}

TEST(FrontPlot, DrawsManyAndFewPlatforms) {
  FrontPicture picture = sample_front_picture();
  *picture.fronts.add_fronts() = picture.fronts.fronts(0);
  *picture.fronts.add_fronts() = picture.fronts.fronts(1);
  expect_sound(kept("front4.svg", front_plot(picture)));
  picture.fronts.mutable_fronts()->DeleteSubrange(1, 3);
  expect_sound(kept("front1.svg", front_plot(picture)));
}

TEST(FrontPlot, DrawsWhatIsNearlyNothing) {
  expect_sound(front_plot({}));
  FrontPicture picture = sample_front_picture();
  for (v1::ParetoFront& front : *picture.fronts.mutable_fronts()) front.clear_evaluations();
  expect_sound(kept("front_empty.svg", front_plot(picture)));
  picture.seen.Clear();
  for (v1::ParetoFront& front : *picture.fronts.mutable_fronts()) front.clear_base();
  expect_sound(front_plot(picture));
}

TEST(FrontPlot, DrawsOtherObjectives) {
  FrontPicture picture = sample_front_picture();
  picture.exploration.mutable_spec()->clear_objectives();
  picture.exploration.mutable_spec()->add_objectives("minimise energy");
  picture.exploration.mutable_spec()->add_objectives("minimise weight_bytes");
  const std::string svg = kept("front_prices.svg", front_plot(picture));
  expect_sound(svg);
  EXPECT_THAT(svg, HasSubstr("weights (KiB)"));
}

TEST(ValidationPlot, ShowsAPanelForEachThingUnseen) {
  const std::string svg = validation_plot(sample_validation());
  EXPECT_THAT(svg, HasSubstr(">without the network</text>"));
  EXPECT_THAT(svg, HasSubstr(">without the platform</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("without the family")));
  EXPECT_THAT(svg, HasSubstr("60 rows, median error 7 %, 90 % in their interval"));
  EXPECT_EQ(svg, validation_plot(sample_validation()));
}

TEST(ValidationPlot, DrawsRowsOnOneSpotOnce) {
  v1::Validation validation = sample_validation();
  const auto circles = [](const std::string& svg) {
    std::size_t count = 0;
    for (std::size_t at = svg.find("<circle"); at != std::string::npos; at = svg.find("<circle", at + 1)) ++count;
    return count;
  };
  const std::size_t once = circles(validation_plot(validation));
  validation.mutable_rows()->MergeFrom(sample_validation().rows());
  EXPECT_EQ(circles(validation_plot(validation)), once);
}

TEST(ValidationPlot, DrawsNothing) {
  EXPECT_THAT(validation_plot(v1::Validation()), HasSubstr("Predicted against measured time"));
}

TEST(RooflinePlot, ShowsRoofsAndLayers) {
  const std::string svg = kept("roofline.svg", roofline_plot(sample_roofline_picture()));
  expect_sound(svg);
  for (const char* text : {"Raspberry Pi 4 Model B", "arithmetic intensity (op/B)", "DRAM · 4.00 GB/s",
                           "int8 · 60.0 Gop/s", "layer approximated (int4.yaml)", "× faster"})
    EXPECT_THAT(svg, HasSubstr(text));
}

TEST(RooflinePlot, DrawsOneNetworkAndNothing) {
  RooflinePicture picture = sample_roofline_picture();
  picture.panels.resize(1);
  picture.panels[0].approximated.reset();
  picture.configuration.clear();
  expect_sound(kept("roofline1.svg", roofline_plot(picture)));
  picture.panels[0].fp32.Clear();
  picture.panels[0].platform.clear_compute();
  picture.panels[0].platform.clear_memory();
  expect_sound(roofline_plot(picture));
}

}  // namespace
}  // namespace roofscape::client::plot
