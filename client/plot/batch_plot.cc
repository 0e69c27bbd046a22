#include "client/plot/batch_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/label_placer.h"
#include "client/plot/style.h"
#include "client/report/latency_text.h"
#include "client/text/names.h"

namespace roofscape::client::plot {
namespace {

constexpr Box kArea = {84, 84, 560, 340};
constexpr double kWidth = 680, kHeight = 480, kRadius = 4.5;

struct Range {
  double low = INFINITY, high = 0;
  void add(double value) {
    if (!(value > 0) || !std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double margin() const { return std::pow(std::max(high / low, 1.5), 0.06); }
};

class BatchDrawing {
 public:
  explicit BatchDrawing(const BatchSeries& series) : series_(series), sufficient_(sufficient_batch(series)) {
    for (const v1::Estimate& estimate : series.estimates) {
      latency_.add(estimate.latency_seconds());
      latency_.add(estimate.latency_interval_seconds().low());
      latency_.add(estimate.latency_interval_seconds().high());
      rate_.add(estimate.throughput_per_second());
    }
    for (Range* range : {&latency_, &rate_})
      if (!(range->low <= range->high)) *range = {1e-3, 1};
  }

  std::string draw() const {
    const Axis x{Scale::logarithmic(latency_.low / latency_.margin(), latency_.high * latency_.margin(), kArea.left,
                                    kArea.right()),
                 "latency of a batch", "s"};
    const Axis y{Scale::logarithmic(rate_.low / rate_.margin(), rate_.high * rate_.margin(), kArea.bottom(), kArea.top),
                 "images a second", ""};
    const std::string title = fmt::format("{} on {}: throughput against batch", printable(series_.network, 40),
                                          id_of(series_.estimates.front().platform()));
    Svg svg(kWidth, kHeight, title, description());
    svg.text({kArea.left, 34}, title, "title");
    svg.text({kArea.left, 54}, "numbers: images priced together; bars: 90 % intervals of latency", "note");
    draw_axes(svg, kArea, x, y);
    draw_bound(svg, y.scale);
    draw_series(svg, x.scale, y.scale);
    return svg.to_text();
  }

 private:
  std::string description() const {
    std::string text = "Throughput against latency, both logarithmic, one dot a batch.";
    for (const v1::Estimate& estimate : series_.estimates)
      text += fmt::format(" {}: {}.", estimate.batch(), summary(estimate));
    return text;
  }

  static std::string summary(const v1::Estimate& estimate) {
    return fmt::format("{}, {} images/s, bound by {}", latency_text(estimate), number(estimate.throughput_per_second()),
                       printable(estimate.binding_roof()));
  }

  void draw_bound(Svg& svg, const Scale& y) const {
    const double rate = 0.9 * rate_.high;
    if (rate < y.low()) return;
    svg.line({kArea.left, y.at(rate)}, {kArea.right(), y.at(rate)}, "band");
    marked_text(svg, {kArea.left + 6, y.at(rate) - 5}, "90 % of the best", Anchor::kStart);
  }

  void draw_series(Svg& svg, const Scale& x, const Scale& y) const {
    std::vector<Point> points;
    LabelPlacer labels(kArea);
    for (const v1::Estimate& estimate : series_.estimates) {
      const Point at{x.at(estimate.latency_seconds()), y.at(estimate.throughput_per_second())};
      points.push_back(at);
      labels.block({at.x - kRadius, at.y - kRadius, 2 * kRadius, 2 * kRadius});
      if (!estimate.has_latency_interval_seconds()) continue;
      const v1::Interval& within = estimate.latency_interval_seconds();
      svg.line({x.at(within.low()), at.y}, {x.at(within.high()), at.y}, "bar");
      labels.avoid({x.at(within.low()), at.y - 2, x.at(within.high()) - x.at(within.low()), 4});
    }
    svg.polyline(points, "way");
    for (std::size_t i = 0; i < points.size(); ++i) {
      const v1::Estimate& estimate = series_.estimates[i];
      svg.circle(points[i], kRadius, i == sufficient_ ? "front" : "base", i == sufficient_ ? ramp(0.25) : "",
                 fmt::format("{}: {}", estimate.batch(), summary(estimate)));
      const std::string label = count(estimate.batch());
      if (const auto spot = labels.place(points[i], kRadius, label, kTickSize))
        marked_text(svg, spot->at, label, spot->anchor);
    }
  }

  const BatchSeries& series_;
  std::size_t sufficient_;
  Range latency_, rate_;
};

}  // namespace

std::string batch_plot(const BatchSeries& series) { return BatchDrawing(series).draw(); }

}  // namespace roofscape::client::plot
