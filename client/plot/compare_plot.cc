#include "client/plot/compare_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/label_placer.h"
#include "client/plot/metric.h"
#include "client/plot/platform_mark.h"
#include "client/plot/range.h"
#include "client/plot/stair.h"
#include "client/plot/style.h"
#include "client/report/compare_report.h"
#include "client/report/front_report.h"
#include "client/text/names.h"

namespace roofscape::client::plot {
namespace {

constexpr double kPanelWidth = 380, kPanelHeight = 250, kRadius = 4.8;
constexpr double kLeft = 72, kGapX = 84, kTop = 116, kGapY = 112, kRight = 24, kBottom = 56;
constexpr int kFirst = 0, kSecond = 1, kContender = 2;  // of the marks

// One point of a panel.
struct Dot {
  Point value, at;  // in the metrics' units, in pixels
  const v1::ComparedPoint* point = nullptr;
  int mark = kFirst;
  std::string_view beyond{};  // an arrow where the value lies outside of what is drawn
};

// A configuration far from the fronts must not squash them: it widens an axis by half of what they span, on either
// side.
Range around_fronts(const Range& fronts, const Range& all, bool logarithmic) {
  if (fronts.empty() || !(fronts.high > fronts.low)) return all;
  constexpr double kMost = 0.5;
  if (logarithmic) {
    const double more = std::pow(fronts.high / fronts.low, kMost);
    return {std::max(all.low, fronts.low / more), std::min(all.high, fronts.high * more)};
  }
  const double more = kMost * (fronts.high - fronts.low);
  return {std::max(all.low, fronts.low - more), std::min(all.high, fronts.high + more)};
}

double held_in(double value, const Range& range, std::string_view below, std::string_view above,
               std::string_view* beyond) {
  if (value < range.low) *beyond = below;
  if (value > range.high) *beyond = above;
  return std::clamp(value, range.low, range.high);
}

class CompareDrawing {
 public:
  explicit CompareDrawing(const v1::CompareFrontsResponse& response) : response_(response) {
    std::vector<std::string> objectives;
    if (response.comparisons_size() > 0)
      for (const v1::BoxSide& side : response.comparisons(0).box().sides()) objectives.push_back(side.objective());
    axes_ = axes_for(objectives);
  }

  std::string draw() const {
    const Grid grid = grid_for(std::max(response_.comparisons_size(), 1));
    const double width = std::max(kLeft + grid.columns * kPanelWidth + (grid.columns - 1) * kGapX + kRight, 640.0);
    const double height = kTop + grid.rows * kPanelHeight + (grid.rows - 1) * kGapY + kBottom + 34;
    Svg svg(width, height, title(), description());
    svg.text({kLeft, 34}, title(), "title");
    svg.text({kLeft, 54},
             has_second()
                 ? "hollow: dominated by the other front, in all objectives"
                 : "hollow: dominated by the front in all objectives, or not feasible; arrows: beyond the picture",
             "note");
    for (int i = 0; i < response_.comparisons_size(); ++i)
      draw_panel(svg, response_.comparisons(i),
                 {kLeft + (i % grid.columns) * (kPanelWidth + kGapX),
                  kTop + (i / grid.columns) * (kPanelHeight + kGapY), kPanelWidth, kPanelHeight});
    draw_legend(svg, height - 30);
    return svg.to_text();
  }

 private:
  bool has_second() const { return response_.comparisons_size() > 0 && response_.comparisons(0).has_second(); }
  bool has_contenders() const {
    return response_.comparisons_size() > 0 && response_.comparisons(0).contenders_size() > 0;
  }

  std::string title() const {
    if (response_.comparisons().empty()) return "Fronts compared";
    const v1::FrontComparison& comparison = response_.comparisons(0);
    const std::string first = id_of(comparison.first().name());
    if (has_second())
      return fmt::format("The front of {} against that of {}", first, id_of(comparison.second().name()));
    return fmt::format("The front of {} against single configurations", first);
  }

  static std::string subtitle(const v1::FrontComparison& comparison) {
    const v1::ComparedFront &first = comparison.first(), &second = comparison.second();
    if (!comparison.has_second())
      return fmt::format("{} points, hypervolume {:.3f}", count(first.points_size()), first.hypervolume());
    return fmt::format("{} dominates {} of {}, {} {} of {}; hypervolume {:.3f} and {:.3f}", id_of(first.name()),
                       second.dominated_count(), second.points_size(), id_of(second.name()), first.dominated_count(),
                       first.points_size(), first.hypervolume(), second.hypervolume());
  }

  std::string description() const {
    std::string text = fmt::format("{} against {}, one panel a platform.", axes_.y->label, axes_.x->label);
    for (const v1::FrontComparison& comparison : response_.comparisons()) {
      text += fmt::format(" {}: {}.", id_of(comparison.platform()), subtitle(comparison));
      for (const v1::ComparedPoint& point : comparison.contenders())
        text += fmt::format(" {} {}.", printable(point.label()), printable(point.message(), 300));
    }
    return text;
  }

  std::vector<Dot> dots_of(const v1::FrontComparison& comparison) const {
    std::vector<Dot> dots;
    const auto add = [&](const v1::ComparedPoint& point, int mark) {
      const auto x = value_of(*axes_.x, point.evaluation(), comparison.platform()),
                 y = value_of(*axes_.y, point.evaluation(), comparison.platform());
      if (x && y && (!axes_.x->logarithmic || *x > 0) && (!axes_.y->logarithmic || *y > 0))
        dots.push_back({{*x, *y}, {}, &point, mark});
    };
    for (const v1::ComparedPoint& point : comparison.first().points()) add(point, kFirst);
    for (const v1::ComparedPoint& point : comparison.second().points()) add(point, kSecond);
    for (const v1::ComparedPoint& point : comparison.contenders()) add(point, kContender);
    return dots;
  }

  static Scale scale(const Metric& metric, Range range, double from, double to) {
    if (metric.logarithmic) {
      range.or_else(1e-3, 1);
      const double margin = std::pow(std::max(range.high / range.low, 1.05), 0.06);
      return Scale::logarithmic(range.low / margin, range.high * margin, from, to);
    }
    range.or_else(0, 1);
    const double margin = std::max((range.high - range.low) * 0.08, std::fabs(range.high) * 0.005);
    return Scale::linear(range.low - margin, range.high + margin, from, to);
  }

  void draw_panel(Svg& svg, const v1::FrontComparison& comparison, const Box& area) const {
    std::vector<Dot> dots = dots_of(comparison);
    Range x_all, y_all, x_fronts, y_fronts;
    for (const Dot& dot : dots) {
      x_all.add(dot.value.x);
      y_all.add(dot.value.y);
      if (dot.mark == kContender) continue;
      x_fronts.add(dot.value.x);
      y_fronts.add(dot.value.y);
    }
    const Range x_range = around_fronts(x_fronts, x_all, axes_.x->logarithmic),
                y_range = around_fronts(y_fronts, y_all, axes_.y->logarithmic);
    const Scale x = scale(*axes_.x, x_range, area.left, area.right()),
                y = scale(*axes_.y, y_range, area.bottom(), area.top);
    draw_axes(svg, area, {x, std::string(axes_.x->label), std::string(axes_.x->unit), 6},
              {y, std::string(axes_.y->label), std::string(axes_.y->unit), 5});
    for (Dot& dot : dots)
      dot.at = {x.at(held_in(dot.value.x, x_range, "←", "→", &dot.beyond)),
                y.at(held_in(dot.value.y, y_range, "↓", "↑", &dot.beyond))};
    for (const int mark : {kFirst, kSecond}) {
      std::vector<Point> values;
      for (const Dot& dot : dots)
        if (dot.mark == mark) values.push_back(dot.value);
      const std::vector<Point> corners = stair(axes_, values, x, y);
      if (corners.size() > 1) svg.polyline(corners, PlatformMark(mark).css("roof-low"));
    }
    for (const Dot& dot : dots) draw_dot(svg, comparison, dot);
    draw_names(svg, dots, area);
    draw_panel_title(svg, area, id_of(comparison.platform()), subtitle(comparison));
  }

  static bool is_hollow(const v1::ComparedPoint& point) {
    return point.standing() == v1::DOMINATED || point.standing() == v1::NOT_FEASIBLE;
  }

  static void draw_dot(Svg& svg, const v1::FrontComparison& comparison, const Dot& dot) {
    const v1::ComparedPoint& point = *dot.point;
    const double radius = dot.mark == kContender ? 1.4 * kRadius : kRadius;
    PlatformMark(dot.mark).draw(svg, dot.at, radius, is_hollow(point) ? "layer-fp32" : "layer", tip(comparison, dot));
  }

  static std::string tip(const v1::FrontComparison& comparison, const Dot& dot) {
    const v1::ComparedPoint& point = *dot.point;
    const v1::ComparedFront& own = dot.mark == kSecond ? comparison.second() : comparison.first();
    const v1::ComparedFront& other = dot.mark == kSecond ? comparison.first() : comparison.second();
    std::string text = dot.mark == kContender ? printable(point.label())
                                              : fmt::format("{} #{}", id_of(own.name()), point.evaluation().index());
    text += ": top-1 " + top1_text(point.evaluation().accuracy());
    if (const v1::Estimate* estimate = estimate_on(point.evaluation(), comparison.platform()))
      text += ", " + seconds(estimate->latency_seconds()) + ", " + bytes(estimate->weight_bytes());
    if (dot.mark == kContender) return text + "\n" + printable(point.message(), 600);
    if (point.standing() == v1::DOMINATED)
      text += fmt::format("\ndominated by #{} of {}", point.beaten_by(), id_of(other.name()));
    return text;
  }

  static void draw_names(Svg& svg, const std::vector<Dot>& dots, const Box& area) {
    LabelPlacer labels(area);
    for (const Dot& dot : dots) labels.block({dot.at.x - kRadius, dot.at.y - kRadius, 2 * kRadius, 2 * kRadius});
    for (const Dot& dot : dots) {
      if (dot.mark != kContender) continue;
      std::string name = id_of(dot.point->label());
      if (!dot.beyond.empty()) name += fmt::format(" {}", dot.beyond);
      const auto spot = labels.place(dot.at, 1.4 * kRadius, name, kTickSize);
      if (!spot) continue;
      if (spot->far) svg.line(dot.at, {spot->at.x, spot->at.y - 4}, "leader");
      marked_text(svg, spot->at, name, spot->anchor);
    }
  }

  void draw_legend(Svg& svg, double top) const {
    if (response_.comparisons().empty()) return;
    double at = kLeft;
    const auto entry = [&](int mark, std::string_view part, const std::string& text) {
      PlatformMark(mark).draw(svg, {at + 4, top + 10}, kRadius, part);
      svg.text({at + 14, top + 14}, text, "note");
      at += 14 + text_width(text, kTickSize) + 18;
    };
    const v1::FrontComparison& comparison = response_.comparisons(0);
    entry(kFirst, "layer", id_of(comparison.first().name()));
    if (has_second()) {
      entry(kFirst, "layer-fp32", "dominated");
      entry(kSecond, "layer", id_of(comparison.second().name()));
      entry(kSecond, "layer-fp32", "dominated");
    }
    if (has_contenders()) {
      entry(kContender, "layer", "configuration");
      entry(kContender, "layer-fp32", "dominated or not feasible");
    }
  }

  const v1::CompareFrontsResponse& response_;
  AxisPair axes_;
};

}  // namespace

std::string compare_plot(const v1::CompareFrontsResponse& response) { return CompareDrawing(response).draw(); }

}  // namespace roofscape::client::plot
