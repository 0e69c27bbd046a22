#include "client/plot/roofline_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/platform_mark.h"
#include "client/plot/roofline_chart.h"
#include "client/plot/style.h"

namespace roofscape::client::plot {
namespace {

constexpr double kLeft = 78, kLegendTop = 80, kLegendStep = 19, kBottom = 92;
constexpr double kChartWidth = 640, kSample = 44;

double chart_height(std::size_t platforms) { return platforms <= 1 ? 380 : platforms <= 3 ? 440 : 500; }

std::string description_of(const RooflinePicture& picture) {
  std::string text = "Rate of arithmetic against arithmetic intensity, both logarithmic.";
  for (const RooflineSeries& series : picture.series)
    text += fmt::format(" {}: {}.", printable(series.platform.id()), times_of(series));
  return text;
}

// One line a platform: how it is drawn, its name, its times.
double draw_legend(Svg& svg, const RooflinePicture& picture) {
  double widest = 0, right = 0;
  for (const RooflineSeries& series : picture.series)
    widest = std::max(widest, text_width(title_of(series.platform), kLabelSize) * 1.08);
  for (std::size_t i = 0; i < picture.series.size(); ++i) {
    const RooflineSeries& series = picture.series[i];
    const PlatformMark mark(static_cast<int>(i));
    const double line = kLegendTop + kLegendStep * static_cast<double>(i), times = kLeft + kSample + widest + 16;
    svg.line({kLeft, line}, {kLeft + 34, line}, mark.css("roof"));
    mark.draw(svg, {kLeft + 17, line}, 5.5, "layer");
    svg.text({kLeft + kSample, line + 4}, title_of(series.platform), "platform");
    svg.text({times, line + 4}, times_of(series), "note");
    right = std::max(right, times + text_width(times_of(series), kTickSize));
  }
  return right;
}

// What a dot, its filling and its size say; answers where it ends on the right.
double draw_key(Svg& svg, const RooflinePicture& picture, double line) {
  const PlatformMark mark(0);
  double at = kLeft;
  const auto dot = [&](double radius, std::string_view part) {
    mark.draw(svg, {at + radius, line}, radius, part);
    at += 2 * radius + 6;
  };
  const auto text = [&](const std::string& words) {
    svg.text({at, line + 4}, words, "note");
    at += text_width(words, kTickSize) + 14;
  };
  const bool moved = std::any_of(picture.series.begin(), picture.series.end(),
                                 [](const RooflineSeries& series) { return series.approximated.has_value(); });
  if (moved) {
    dot(5.5, "layer-fp32");
    text("layer in fp32");
    svg.line({at - 8, line}, {at + 14, line}, mark.css("move"));
    at += 18;
  }
  dot(5.5, "layer");
  const std::string configuration = printable(picture.configuration, 40);
  text(!moved ? "layer in fp32" : configuration.empty() ? "approximated" : "approximated: " + configuration);
  at += 10;
  text("area: share of the platform's time");
  for (const double share : {0.02, 0.1, 0.5}) {
    dot(radius_of(share), "layer");
    text(fmt::format("{:.0f} %", share * 100));
  }
  return at;
}

}  // namespace

Roofs roofs_of(const RooflineSeries& series) {
  std::vector<const v1::Estimate*> estimates = {&series.fp32};
  if (series.approximated) estimates.push_back(&*series.approximated);
  return roofs_of(estimates);
}

std::string title_of(const v1::Platform& platform) {
  return platform.title().empty() ? printable(platform.id()) : printable(platform.title(), 60);
}

std::string times_of(const RooflineSeries& series) {
  const double base = series.fp32.latency_seconds();
  std::string text = base > 0 ? "fp32 " + seconds(base) : "cannot compute in fp32";
  if (series.approximated) {
    const double now = series.approximated->latency_seconds();
    text += now > 0 ? ", the approximated network " + seconds(now) : ", nor the approximated network";
    if (now > 0 && base > 0)
      text += now > base ? fmt::format(" ({:.2f}× slower)", now / base) : fmt::format(" ({:.2f}× faster)", base / now);
  }
  const v1::Estimate& priced = series.approximated ? *series.approximated : series.fp32;
  if (priced.batch() > 1) text += fmt::format(", batch {}", priced.batch());
  return text;
}

std::string roofline_plot(const RooflinePicture& picture) {
  const Box area{kLeft, kLegendTop + kLegendStep * static_cast<double>(picture.series.size()) + 12, kChartWidth,
                 chart_height(picture.series.size())};
  RooflineChart chart(picture.series, area);
  // What stands around the chart is drawn once to see how wide it is.
  Svg trial(0, 0, "", "");
  const double key = area.bottom() + 64;
  const double right =
      std::max({area.right() + chart.margin(), draw_legend(trial, picture) + 12, draw_key(trial, picture, key)});
  const std::string title = picture.model + ": roofline";
  Svg svg(right, area.bottom() + kBottom, title, description_of(picture));
  svg.text({kLeft, 34}, title, "title");
  svg.text({kLeft, 54},
           fmt::format("slopes are memories, flat lines arithmetics, dots the layers of the network{}",
                       picture.ceilings_only ? "; times are those of ceilings alone" : ""),
           "note");
  draw_legend(svg, picture);
  chart.draw(svg);
  draw_key(svg, picture, key);
  return svg.to_text();
}

}  // namespace roofscape::client::plot
