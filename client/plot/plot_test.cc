#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <regex>
#include <set>

#include "client/plot/axes.h"
#include "client/plot/batch_plot.h"
#include "client/plot/compare_plot.h"
#include "client/plot/front_plot.h"
#include "client/plot/label_placer.h"
#include "client/plot/layer_dots.h"
#include "client/plot/metric.h"
#include "client/plot/platform_mark.h"
#include "client/plot/roofline_plot.h"
#include "client/plot/roofs.h"
#include "client/plot/scale.h"
#include "client/plot/spread.h"
#include "client/plot/stair.h"
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

TEST(LabelPlacer, CoversLinesOnlyWhereItMust) {
  LabelPlacer free({0, 0, 300, 200}), narrow({140, 90, 160, 20});
  for (LabelPlacer* placer : {&free, &narrow}) placer->avoid({0, 99, 300, 2});
  EXPECT_NE(free.place({150, 100}, 4, "conv1", 11)->at.y, 100 + 11 * 0.36) << "not on the line to the right";
  EXPECT_TRUE(narrow.place({150, 100}, 4, "conv1", 11).has_value()) << "there is nothing but the line";
}

TEST(Spread, MovesAsLittleAsItCan) {
  EXPECT_THAT(spread({10, 12, 40}, 14, 0, 100), ElementsAre(4, 18, 40));
  EXPECT_THAT(spread({1, 2}, 10, 0, 100), ElementsAre(0, 10));
  EXPECT_THAT(spread({99}, 10, 0, 90), ElementsAre(90));
  EXPECT_THAT(spread({5, 5, 5}, 10, 0, 12), ElementsAre(0, 10, 20)) << "more than there is room for";
  EXPECT_THAT(spread({}, 10, 0, 12), ::testing::IsEmpty());
}

RC_GTEST_PROP(Spread, KeepsDistanceOrderAndBounds, ()) {
  std::vector<double> wanted;
  for (int i = *rc::gen::inRange(1, 12); i > 0; --i) wanted.push_back(*rc::gen::inRange(-50, 350));
  std::sort(wanted.begin(), wanted.end());
  const std::vector<double> places = spread(wanted, 14, 0, 300);
  RC_ASSERT(places.size() == wanted.size());
  RC_ASSERT(places.front() >= -1e-9 && places.back() <= 300 + 1e-9);
  for (std::size_t i = 1; i < places.size(); ++i) RC_ASSERT(places[i] - places[i - 1] >= 14 - 1e-9);
}

TEST(PlatformMark, HasAShapeForEachPlatform) {
  std::set<std::string> shapes;
  for (int i = 0; i < kMostPlatforms; ++i) {
    Svg svg(10, 10, "", "");
    PlatformMark(i).draw(svg, {5, 5}, 2, "layer", "tip");
    const std::string text = svg.to_text();
    EXPECT_THAT(text, HasSubstr("p" + std::to_string(i) + " layer"));
    EXPECT_THAT(text, HasSubstr("<title>tip</title>"));
    shapes.insert(text.substr(text.rfind(i == 0 ? "<circle" : " points=")));
    EXPECT_THAT(std::string(style_sheet()), HasSubstr(".p" + std::to_string(i) + "{color:"));
  }
  EXPECT_EQ(shapes.size(), 6u);
}

TEST(LayerDots, HaveAreasAsShares) {
  EXPECT_NEAR(std::pow(radius_of(0.5) / radius_of(0.125), 2), 4, 1e-9);
  EXPECT_GT(radius_of(0), 2) << "small ones stay visible";
  EXPECT_EQ(radius_of(3), radius_of(1)) << "layers of a streaming design may each take all of the time";
}

TEST(LayerDots, LeaveOutWhatDoesNothing) {
  v1::Estimate estimate = sample_estimate(sample_cpu(), 8);
  const auto all = static_cast<std::size_t>(estimate.layers_size());
  ASSERT_EQ(dots_of(estimate).size(), all);
  EXPECT_GE(dots_of(estimate).front().share, dots_of(estimate).back().share);
  estimate.mutable_layers(0)->set_latency_seconds(0);
  estimate.mutable_layers(1)->set_intensity_ops_per_byte(0);
  estimate.mutable_layers(2)->set_intensity_ops_per_byte(INFINITY);
  estimate.mutable_layers(3)->set_op_count(0);
  EXPECT_EQ(dots_of(estimate).size(), all - 4);
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

v1::Roof arithmetic(const char* name, double ops_per_second) {
  v1::Roof roof;
  roof.set_name(name);
  roof.set_ops_per_second(ops_per_second);
  return roof;
}

TEST(Roofs, AreThoseOfTheEstimatesEachOnce) {
  v1::Estimate fp32 = sample_estimate(sample_cpu(), 32), int8 = sample_estimate(sample_cpu(), 8);
  *int8.add_roofs() = arithmetic("int4 x uint4 in LUT", 1e12);
  const Roofs roofs = roofs_of({&fp32, &int8});
  std::vector<std::string> labels;
  for (const ComputeRoof& roof : roofs.compute) labels.push_back(roof.label());
  EXPECT_THAT(labels, ElementsAre("int4 × uint4 in LUT · 1.00 Top/s", "int8 · 60.0 Gop/s", "fp32 · 24.0 Gop/s"));
  ASSERT_EQ(roofs.memory.size(), 2u);
  EXPECT_EQ(roofs.memory.back().label(), "DRAM · 4.00 GB/s");
  EXPECT_TRUE(roofs_of(std::vector<const v1::Estimate*>()).compute.empty());
}

TEST(Roofs, JoinFormatsOfOneRate) {
  v1::Estimate estimate = sample_estimate(sample_cpu(), 32);
  *estimate.add_roofs() = arithmetic("fp16", 24.1e9);
  const Roofs roofs = roofs_of({&estimate});
  ASSERT_EQ(roofs.compute.size(), 1u);
  EXPECT_EQ(roofs.compute[0].label(), "fp16, fp32 · 24.1 Gop/s");
}

FrontPicture sample_front_picture() { return {sample_fronts(), sample_evaluations(), sample_exploration()}; }

RooflinePicture sample_roofline_picture() {
  RooflinePicture picture{"lenet5", "int4.yaml", {}};
  for (const v1::Platform& platform : {sample_cpu(), sample_fpga()})
    picture.series.push_back({platform, sample_estimate(platform, 32), sample_estimate(platform, 4)});
  return picture;
}

// To look at: ROOFSCAPE_KEEP_PICTURES=FOLDER keeps what the tests draw.
std::string kept(const std::string& name, const std::string& svg) {
  if (const char* folder = std::getenv("ROOFSCAPE_KEEP_PICTURES"))
    std::ofstream(std::string(folder) + "/" + name) << svg;
  return svg;
}

double size_of(const std::string& css) {
  return css == "title" ? 17 : css == "panel-title" ? 15 : css == "label" || css == "platform" ? 12 : 11;
}

// Elements are closed, nothing is NaN, and no text begins or ends outside the picture.
void expect_sound(const std::string& svg) {
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf\"")));
  std::smatch size;
  ASSERT_TRUE(std::regex_search(svg, size, std::regex("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"")));
  const double width = std::stod(size[1]), height = std::stod(size[2]);
  const std::regex text(
      "<text class=\"([a-z0-9 -]+)\" x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" text-anchor=\"([a-z]+)\"( "
      "transform=\"[^\"]*\")?>([^<]*)</text>");
  int seen = 0;
  for (auto it = std::sregex_iterator(svg.begin(), svg.end(), text); it != std::sregex_iterator(); ++it, ++seen) {
    const double x = std::stod((*it)[2]), y = std::stod((*it)[3]);
    const std::string content = (*it)[6], anchor = (*it)[4], css = (*it)[1];
    EXPECT_GE(y, 0) << content;
    EXPECT_LE(y, height) << content;
    if ((*it)[5].length() > 0) continue;  // turned
    const double size_px = size_of(css);
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

int occurrences(const std::string& text, const std::string& what) {
  int n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(FrontPlot, MarksTheRecommendedPointAndDrawsFoldedOnesSmall) {
  FrontPicture picture = sample_front_picture();
  picture.fronts = sample_folded_fronts();
  const std::string svg = kept("front_folded.svg", front_plot(picture));
  expect_sound(svg);
  EXPECT_EQ(occurrences(svg, "class=\"ring\""), 2);
  int listed = 0, folded = 0;
  for (const v1::ParetoFront& front : picture.fronts.fronts()) {
    listed += front.evaluations_size();
    folded += static_cast<int>(front.point_count()) - front.evaluations_size();
    EXPECT_THAT(svg, HasSubstr("#" + std::to_string(front.recommended().index()) + " recommended"));
  }
  // Each once more in the legend.
  EXPECT_EQ(occurrences(svg, "circle class=\"front\""), listed + 1);
  EXPECT_EQ(occurrences(svg, "circle class=\"folded\""), folded + 1);
  EXPECT_EQ(occurrences(front_plot(sample_front_picture()), "circle class=\"folded\""), 0);
}

TEST(FrontPlot, DrawsTheBaseNetworkOnce) {
  FrontPicture picture = sample_front_picture();
  const int dots = occurrences(front_plot(picture), "circle class=\"front\"");
  for (v1::ParetoFront& front : *picture.fronts.mutable_fronts()) *front.add_evaluations() = front.base();
  const std::string svg = front_plot(picture);
  EXPECT_EQ(occurrences(svg, "circle class=\"front\""), dots);
  EXPECT_EQ(occurrences(svg, "class=\"base\""), 3) << "one a panel and one in the legend";
}

TEST(Stair, JoinsWhatNoOtherBeats) {
  const std::vector<std::string> objectives = {"maximise top1", "minimise latency"};
  const AxisPair axes = axes_for(objectives);
  const Scale x = Scale::linear(0, 10, 0, 100), y = Scale::linear(0, 1, 100, 0);
  const std::vector<Point> corners = stair(axes, {{8, 0.9}, {2, 0.5}, {6, 0.4}, {4, 0.8}}, x, y);
  std::vector<std::pair<int, int>> rounded;
  for (const Point& corner : corners) rounded.emplace_back(std::lround(corner.x), std::lround(corner.y));
  EXPECT_THAT(rounded, ElementsAre(std::pair(20, 50), std::pair(40, 50), std::pair(40, 20), std::pair(80, 20),
                                   std::pair(80, 10)));
  EXPECT_TRUE(stair(axes, {}, x, y).empty());
}

TEST(ComparePlot, HollowMarksAreDominated) {
  const v1::CompareFrontsResponse comparison = sample_comparison();
  const std::string svg = kept("compare.svg", compare_plot(comparison));
  expect_sound(svg);
  int dominated = 0, points = 0;
  for (const v1::FrontComparison& one : comparison.comparisons()) {
    for (const v1::ComparedPoint& point : one.second().points()) dominated += point.standing() == v1::DOMINATED;
    points += one.second().points_size();
  }
  ASSERT_GT(dominated, 0);
  EXPECT_EQ(occurrences(svg, "class=\"p1 layer-fp32\""), dominated + 1) << "one of them in the legend";
  EXPECT_EQ(occurrences(svg, "class=\"p1 layer\""), points - dominated + 1);
  EXPECT_EQ(occurrences(svg, "class=\"p2 layer-fp32\""), 3) << "int4.yaml, a panel each, and the legend";
  for (const char* text : {"The front of e1 against that of e2", "int4.yaml", "int2.yaml", "hollow: dominated"})
    EXPECT_THAT(svg, HasSubstr(text));
  EXPECT_THAT(svg, HasSubstr(">int4.yaml</text>")) << "without its folder";
}

TEST(ComparePlot, DrawsConfigurationsAloneAndNothing) {
  expect_sound(compare_plot({}));
  v1::CompareFrontsResponse comparison = sample_comparison();
  comparison.mutable_comparisons()->DeleteSubrange(1, 1);
  comparison.mutable_comparisons(0)->clear_second();
  const std::string svg = kept("compare_configurations.svg", compare_plot(comparison));
  expect_sound(svg);
  EXPECT_THAT(svg, HasSubstr("against single configurations"));
  comparison.mutable_comparisons(0)->mutable_first()->clear_points();
  comparison.mutable_comparisons(0)->clear_contenders();
  expect_sound(compare_plot(comparison));
}

BatchSeries sample_batches() {
  BatchSeries series{"lenet5", {}};
  for (int batch = 1; batch <= 128; batch *= 2) {
    v1::Estimate estimate = sample_estimate(sample_cpu(), 8);
    const double latency = 1e-3 * (batch + 6);
    estimate.set_batch(batch);
    estimate.set_latency_seconds(latency);
    estimate.set_throughput_per_second(batch / latency);
    estimate.mutable_latency_interval_seconds()->set_low(latency * 0.8);
    estimate.mutable_latency_interval_seconds()->set_high(latency * 1.3);
    estimate.set_binding_roof("compute int8 x int8");
    series.estimates.push_back(estimate);
  }
  return series;
}

TEST(BatchPlot, ShowsADotForEachBatch) {
  const BatchSeries series = sample_batches();
  EXPECT_EQ(series.estimates[sufficient_batch(series)].batch(), 64);  // 64 / 70 of 1 / (1 + 6 / 128)
  const std::string svg = kept("batch.svg", batch_plot(series));
  expect_sound(svg);
  EXPECT_THAT(svg, HasSubstr("lenet5 on raspberry-pi-4: throughput against batch"));
  EXPECT_THAT(svg, HasSubstr("90 % of the best"));
  for (const char* label : {">1</text>", ">64</text>", ">128</text>"}) EXPECT_THAT(svg, HasSubstr(label));
  EXPECT_EQ(svg, batch_plot(series));
  BatchSeries one = series;
  one.estimates.resize(1);
  expect_sound(batch_plot(one));
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

// What a text covers: one box, or pieces of one along a slope.
std::vector<Box> boxes_of(Point at, const std::string& anchor, double turn, double width, double height) {
  const double back = anchor == "start" ? 0 : anchor == "end" ? width : width / 2;
  if (turn == 0) return {{at.x - back, at.y - 0.8 * height, width, height}};
  std::vector<Box> pieces;
  const Point along{std::cos(turn), std::sin(turn)};
  for (double reach = 3 - back; reach < width - back; reach += 4)
    pieces.push_back({at.x + along.x * reach + along.y * 4 - 3, at.y + along.y * reach - along.x * 4 - 3, 6, 6});
  return pieces;
}

// No text touches another, halos apart; answers how many there are.
int expect_no_overlap(const std::string& svg) {
  const std::regex text(
      "<text class=\"([a-z0-9 -]+)\" x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" text-anchor=\"([a-z]+)\"(?: "
      "transform=\"rotate\\(([-0-9.]+)[^\"]*\")?>([^<]*)</text>");
  std::vector<std::pair<std::string, std::vector<Box>>> seen;
  for (auto it = std::sregex_iterator(svg.begin(), svg.end(), text); it != std::sregex_iterator(); ++it) {
    const std::string css = (*it)[1], content = (*it)[6];
    if (css == "halo") continue;
    const double turn = (*it)[5].length() > 0 ? std::stod((*it)[5]) * std::numbers::pi / 180 : 0;
    const auto boxes = boxes_of({std::stod((*it)[2]), std::stod((*it)[3])}, (*it)[4], turn,
                                text_width(content, size_of(css)), size_of(css) * 1.05);
    for (const auto& [other, taken] : seen)
      EXPECT_FALSE(std::any_of(boxes.begin(), boxes.end(),
                               [&taken = taken](const Box& box) {
                                 return std::any_of(taken.begin(), taken.end(),
                                                    [&](const Box& old) { return box.overlaps(old); });
                               }))
          << content << " over " << other;
    seen.emplace_back(content, boxes);
  }
  return static_cast<int>(seen.size());
}

int count_of(const std::string& svg, const std::string& what) {
  int n = 0;
  for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++n;
  return n;
}

TEST(RooflinePlot, ShowsAllPlatformsInOneChart) {
  const std::string svg = kept("roofline.svg", roofline_plot(sample_roofline_picture()));
  expect_sound(svg);
  expect_no_overlap(svg);
  for (const char* text :
       {"Raspberry Pi 4 Model B", "ZCU104", "arithmetic intensity (op/B)", "DRAM · 4.00 GB/s", "DRAM · 19.2 GB/s",
        "int8 · 60.0 Gop/s", "fp32 in DSP, int4 × uint8 in DSP · 1.04 Top/s", "approximated: int4.yaml", "× faster"})
    EXPECT_THAT(svg, HasSubstr(text));
  EXPECT_EQ(count_of(svg, "arithmetic intensity (op/B)"), 1);
}

TEST(RooflinePlot, LeadsFromFp32ToTheApproximatedPlace) {
  RooflinePicture picture = sample_roofline_picture();
  picture.series.resize(1);
  picture.series[0].approximated->mutable_layers(4)->set_layer("fc1_low_rank");
  const std::string svg = kept("roofline_moves.svg", roofline_plot(picture));
  const int layers = static_cast<int>(dots_of(picture.series[0].fp32).size());
  const int roofs = static_cast<int>(roofs_of(picture.series[0]).compute.size());
  EXPECT_EQ(count_of(svg, "class=\"p0 layer-fp32\""), layers + 1) << "one of them in the key";
  // Each layer but the renamed one, each flat roof's label, and the key.
  EXPECT_EQ(count_of(svg, "class=\"p0 move\""), layers - 1 + roofs + 1);
  EXPECT_THAT(svg, HasSubstr("fc1_low_rank"));
}

TEST(RooflinePlot, DrawsOneNetworkAndNothing) {
  RooflinePicture picture = sample_roofline_picture();
  picture.series.resize(1);
  picture.series[0].approximated.reset();
  picture.configuration.clear();
  const std::string svg = kept("roofline1.svg", roofline_plot(picture));
  expect_sound(svg);
  expect_no_overlap(svg);
  EXPECT_THAT(svg, Not(HasSubstr("class=\"p0 layer-fp32\""))) << "nothing to move from: fp32 is drawn filled";
  picture.series[0].fp32.Clear();
  expect_sound(roofline_plot(picture));
}

TEST(RooflinePlot, SaysWhoseTimesTheyAre) {
  RooflinePicture picture = sample_roofline_picture();
  EXPECT_THAT(roofline_plot(picture), Not(HasSubstr("ceilings alone")));
  picture.ceilings_only = true;
  EXPECT_THAT(roofline_plot(picture), HasSubstr("times are those of ceilings alone"));
}

TEST(RooflinePlot, SaysWhereFp32HasNoPlace) {
  RooflinePicture picture = sample_roofline_picture();
  picture.series[0].fp32.Clear();
  const std::string svg = kept("roofline_no_fp32.svg", roofline_plot(picture));
  expect_sound(svg);
  EXPECT_THAT(svg, HasSubstr("cannot compute in fp32, the approximated network "));
  EXPECT_EQ(count_of(svg, "class=\"p0 layer-fp32\""), 1) << "in the key alone";
}

// Six platforms, each some times faster than the one before.
TEST(RooflinePlot, HoldsSixPlatforms) {
  RooflinePicture picture{"lenet5", "int8", {}};
  for (int i = 0; i < kMostPlatforms; ++i) {
    v1::Platform platform = sample_cpu();
    platform.set_title("platform " + std::to_string(i));
    const double faster = std::pow(2.5, i);
    for (v1::ComputeCeiling& ceiling : *platform.mutable_compute())
      ceiling.mutable_ops_per_second()->set_value(ceiling.ops_per_second().value() * faster);
    for (v1::MemoryLevel& level : *platform.mutable_memory())
      level.mutable_bandwidth_bytes_per_second()->set_value(level.bandwidth_bytes_per_second().value() * faster);
    picture.series.push_back({platform, sample_estimate(platform, 32), sample_estimate(platform, 8)});
    for (v1::Estimate* estimate : {&picture.series.back().fp32, &*picture.series.back().approximated}) {
      for (v1::LayerEstimate& layer : *estimate->mutable_layers())
        layer.set_latency_seconds(layer.latency_seconds() / faster);
      estimate->set_latency_seconds(estimate->latency_seconds() / faster);
    }
  }
  const std::string svg = kept("roofline6.svg", roofline_plot(picture));
  expect_sound(svg);
  EXPECT_GE(expect_no_overlap(svg), 6 * 4 + 10) << "times, names and both flat roofs of each, and axes";
}

}  // namespace
}  // namespace roofscape::client::plot
