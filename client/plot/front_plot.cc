#include "client/plot/front_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/label_placer.h"
#include "client/plot/metric.h"
#include "client/plot/range.h"
#include "client/plot/stair.h"
#include "client/plot/style.h"
#include "client/report/confirmation_text.h"
#include "client/report/front_report.h"
#include "client/report/recipe.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client::plot {
namespace {

constexpr double kPanelWidth = 380, kPanelHeight = 250;
constexpr double kDot = 4.6, kRing = 8.2, kDiamond = 6.5;  // radii
constexpr double kLeft = 72, kGapX = 84, kTop = 116, kGapY = 112, kRight = 24, kBottom = 56;

void add_value(Range* range, const Metric& metric, const v1::Evaluation& evaluation, const std::string& platform) {
  const auto value = value_of(metric, evaluation, platform);
  if (value && (!metric.logarithmic || *value > 0)) range->add(*value);
}

bool concerns(const LimitLine& limit, const Metric& metric, const std::string& platform) {
  return limit.metric == &metric && (limit.platform.empty() || limit.platform == id_of(platform));
}

// The points of the front that are not listed, as far as they are among what was measured.
std::vector<const v1::Evaluation*> unlisted(const v1::ParetoFront& front, const v1::ListEvaluationsResponse& seen) {
  std::set<std::int64_t> numbers(front.left_out().begin(), front.left_out().end());
  for (const v1::FrontPoint& point : front.points())
    numbers.insert(point.stands_for().begin(), point.stands_for().end());
  std::vector<const v1::Evaluation*> points;
  for (const v1::Evaluation& evaluation : seen.evaluations())
    if (numbers.contains(evaluation.index())) points.push_back(&evaluation);
  return points;
}

class FrontDrawing {
 public:
  explicit FrontDrawing(const FrontPicture& picture) : picture_(picture) {
    const auto& spec = picture.exploration.spec();
    std::vector<std::string> objectives(spec.objectives().begin(), spec.objectives().end());
    if (objectives.empty() && picture.fronts.fronts_size() > 0)
      objectives.assign(picture.fronts.fronts(0).objectives().begin(), picture.fronts.fronts(0).objectives().end());
    axes_ = axes_for(objectives);
    for (const std::string& constraint : spec.constraints())
      if (auto limit = read_limit(constraint)) limits_.push_back(std::move(*limit));
    std::vector<const v1::Recipe*> recipes;
    for (const v1::ParetoFront& front : picture.fronts.fronts())
      for (const v1::Evaluation& evaluation : front.evaluations()) {
        recipes.push_back(&evaluation.recipe());
        add_value(&colours_, weights_, evaluation, front.platform());
      }
    style_ = RecipeStyle::of(recipes);
    find_y_range();
  }

  std::string draw() {
    const int count = std::max(picture_.fronts.fronts_size(), 1);
    const Grid grid = grid_for(count);
    const double width = std::max(kLeft + grid.columns * kPanelWidth + (grid.columns - 1) * kGapX + kRight, 640.0);
    const double height = kTop + grid.rows * kPanelHeight + (grid.rows - 1) * kGapY + kBottom + 52;
    const std::string model = id_of(picture_.exploration.spec().model()),
                      data = id_of(picture_.exploration.spec().dataset());
    const std::string title = model.empty() ? "Pareto fronts" : fmt::format("{} on {}: Pareto fronts", model, data);
    Svg svg(width, height, title, description());
    svg.text({kLeft, 34}, title, "title");
    svg.text({kLeft, 54}, headline(), "note");
    for (int i = 0; i < picture_.fronts.fronts_size(); ++i)
      draw_panel(svg, picture_.fronts.fronts(i),
                 {kLeft + (i % grid.columns) * (kPanelWidth + kGapX),
                  kTop + (i / grid.columns) * (kPanelHeight + kGapY), kPanelWidth, kPanelHeight});
    draw_legend(svg, height - 46, width);
    return svg.to_text();
  }

 private:
  std::string headline() const {
    const std::int64_t measured =
        std::max<std::int64_t>(picture_.exploration.evaluation_count(), picture_.seen.evaluations_size());
    std::string text;
    if (measured > 0) text += count(measured) + " candidates measured";
    if (picture_.exploration.space_size() > 0)
      text += fmt::format(" of a space of {}", number(picture_.exploration.space_size()));
    return text.empty() ? "" : text + "; one panel a platform";
  }

  static std::string summary(const v1::ParetoFront& front) {
    const auto points = std::max<std::int64_t>(front.point_count(), front.evaluations_size());
    std::string text = fmt::format("{} on the front", points);
    if (front.evaluations_size() < points) text += fmt::format(", {} shown", front.evaluations_size());
    return text + fmt::format(", hypervolume {:.4f}", front.hypervolume());
  }

  std::string description() const {
    std::string text = fmt::format("{} against {}, one panel a platform.", axes_.y->label, axes_.x->label);
    for (const v1::ParetoFront& front : picture_.fronts.fronts())
      text += fmt::format(" {}: {}.", id_of(front.platform()), summary(front));
    return text;
  }

  // One accuracy axis for all panels, so that they compare at a glance: what the fronts, their limits and the base
  // network need. Bad candidates below it would flatten everything else; each panel says how many it leaves out.
  void find_y_range() {
    Range range;
    for (const v1::ParetoFront& front : picture_.fronts.fronts()) {
      for (const v1::Evaluation& evaluation : front.evaluations()) {
        add_value(&range, *axes_.y, evaluation, front.platform());
        if (axes_.y->name == "top1" && evaluation.accuracy().has_top1_interval()) {
          range.add(evaluation.accuracy().top1_interval().low());
          range.add(evaluation.accuracy().top1_interval().high());
        }
      }
      for (const v1::Evaluation* evaluation : unlisted(front, picture_.seen))
        add_value(&range, *axes_.y, *evaluation, front.platform());
      if (front.has_base()) add_value(&range, *axes_.y, front.base(), front.platform());
      for (const LimitLine& limit : limits_)
        if (concerns(limit, *axes_.y, front.platform())) range.add(limit.value);
    }
    if (range.empty())
      for (const v1::Evaluation& evaluation : picture_.seen.evaluations())
        for (const v1::Estimate& estimate : evaluation.estimates())
          add_value(&range, *axes_.y, evaluation, estimate.platform());
    range.or_else(axes_.y->logarithmic ? 1e-3 : 0, 1);
    if (axes_.y->logarithmic) {
      y_range_ = {range.low / 1.3, range.high * 1.3};
      return;
    }
    const double margin = std::max((range.high - range.low) * 0.12, std::fabs(range.high) * 0.005);
    y_range_ = {range.low - margin, range.high + margin};
    if (axes_.y->unit == "%") y_range_ = {std::max(0.0, y_range_.low), std::min(1.0, y_range_.high)};
  }

  Scale y_scale(const Box& area) const {
    return axes_.y->logarithmic ? Scale::logarithmic(y_range_.low, y_range_.high, area.bottom(), area.top)
                                : Scale::linear(y_range_.low, y_range_.high, area.bottom(), area.top);
  }

  bool shows(double y) const { return y >= y_range_.low && y <= y_range_.high; }

  Scale x_scale(const v1::ParetoFront& front, const Box& area) const {
    Range range;
    const auto add = [&](const v1::Evaluation& evaluation) {
      const auto y = value_of(*axes_.y, evaluation, front.platform());
      if (y && shows(*y)) add_value(&range, *axes_.x, evaluation, front.platform());
    };
    for (const v1::Evaluation& evaluation : picture_.seen.evaluations()) add(evaluation);
    for (const v1::Evaluation& evaluation : front.evaluations()) add(evaluation);
    if (front.has_base()) add(front.base());
    range.or_else(1e-3, 1);
    if (axes_.x->logarithmic) {
      const double margin = std::pow(std::max(range.high / range.low, 1.05), 0.06);
      return Scale::logarithmic(range.low / margin, range.high * margin, area.left, area.right());
    }
    const double margin = std::max((range.high - range.low) * 0.06, std::fabs(range.high) * 0.01);
    return Scale::linear(range.low - margin, range.high + margin, area.left, area.right());
  }

  void draw_panel(Svg& svg, const v1::ParetoFront& front, const Box& area) const {
    const Scale x = x_scale(front, area), y = y_scale(area);
    draw_axes(svg, area, {x, std::string(axes_.x->label), std::string(axes_.x->unit), 6},
              {y, std::string(axes_.y->label), std::string(axes_.y->unit), 5});
    svg.begin_clip({area.left - 7, area.top - 7, area.width + 14, area.height + 14});
    draw_limits(svg, front.platform(), area, x, y);
    const int outside = draw_seen(svg, front, x, y);
    const std::vector<Point> corners = draw_stair(svg, front, x, y);
    for (const v1::Evaluation* evaluation : unlisted(front, picture_.seen))
      if (const auto at = place(*evaluation, front, x, y)) svg.circle(*at, 2.8, "folded", "", tip(*evaluation, front));
    for (const v1::Evaluation& evaluation : front.evaluations()) draw_point(svg, front, evaluation, x, y);
    draw_base(svg, front, x, y);
    draw_names(svg, front, corners, area, x, y);
    svg.end_clip();
    std::string subtitle = summary(front);
    if (outside > 0) subtitle += fmt::format("; {} outside", outside);
    draw_panel_title(svg, area, id_of(front.platform()), subtitle);
  }

  std::optional<Point> place(const v1::Evaluation& evaluation, const v1::ParetoFront& front, const Scale& x,
                             const Scale& y) const {
    const auto vx = value_of(*axes_.x, evaluation, front.platform()),
               vy = value_of(*axes_.y, evaluation, front.platform());
    return vx && vy ? std::optional(Point{x.at(*vx), y.at(*vy)}) : std::nullopt;
  }

  void draw_limits(Svg& svg, const std::string& platform, const Box& area, const Scale& x, const Scale& y) const {
    for (const LimitLine& limit : limits_) {
      if (concerns(limit, *axes_.y, platform) && shows(limit.value)) {
        const double at = y.at(limit.value);
        svg.rectangle(limit.at_least ? Box{area.left, at, area.width, area.bottom() - at}
                                     : Box{area.left, area.top, area.width, at - area.top},
                      "forbidden");
        svg.line({area.left, at}, {area.right(), at}, "limit");
        const bool below = limit.at_least && at + 16 < area.bottom();
        marked_text(svg, {area.right() - 6, below ? at + 14 : at - 5}, limit.text, Anchor::kEnd, "limit-text");
      } else if (concerns(limit, *axes_.x, platform) && limit.value > x.low() && limit.value < x.high()) {
        const double at = x.at(limit.value);
        svg.rectangle(limit.at_least ? Box{area.left, area.top, at - area.left, area.height}
                                     : Box{at, area.top, area.right() - at, area.height},
                      "forbidden");
        svg.line({at, area.top}, {at, area.bottom()}, "limit");
        // Written along the line, on the side that has room.
        const bool left = at - 18 > area.left;
        marked_text(svg, {left ? at - 6 : at + 14, area.top + area.height / 2}, limit.text, Anchor::kMiddle,
                    "limit-text", -90);
      }
    }
  }

  // Everything measured; returns how many lie outside the axes.
  int draw_seen(Svg& svg, const v1::ParetoFront& front, const Scale& x, const Scale& y) const {
    int outside = 0;
    for (const v1::Evaluation& evaluation : picture_.seen.evaluations()) {
      const auto vx = value_of(*axes_.x, evaluation, front.platform()),
                 vy = value_of(*axes_.y, evaluation, front.platform());
      if (!vx || !vy) continue;
      if (shows(*vy))
        svg.circle({x.at(*vx), y.at(*vy)}, 2.2, "seen");
      else
        ++outside;
    }
    return outside;
  }

  // Joins the points that no other beats in the two metrics shown; returns the corners of that line.
  std::vector<Point> draw_stair(Svg& svg, const v1::ParetoFront& front, const Scale& x, const Scale& y) const {
    std::vector<const v1::Evaluation*> all = unlisted(front, picture_.seen);
    for (const v1::Evaluation& evaluation : front.evaluations()) all.push_back(&evaluation);
    std::vector<Point> values;
    for (const v1::Evaluation* evaluation : all) {
      const auto vx = value_of(*axes_.x, *evaluation, front.platform()),
                 vy = value_of(*axes_.y, *evaluation, front.platform());
      if (vx && vy) values.push_back({*vx, *vy});
    }
    const std::vector<Point> corners = stair(axes_, values, x, y);
    if (corners.size() > 1) svg.polyline(corners, "way");
    return corners;
  }

  void draw_point(Svg& svg, const v1::ParetoFront& front, const v1::Evaluation& evaluation, const Scale& x,
                  const Scale& y) const {
    const auto at = place(evaluation, front, x, y);
    if (!at) return;
    const v1::Accuracy& accuracy = evaluation.accuracy();
    if (axes_.y->name == "top1" && accuracy.has_top1_interval())
      svg.line({at->x, y.at(accuracy.top1_interval().low())}, {at->x, y.at(accuracy.top1_interval().high())}, "bar");
    // The base network has a mark of its own.
    if (evaluation.index() != 0 || !front.has_base())
      svg.circle(*at, kDot, "front", colour_of(evaluation, front.platform()), tip(evaluation, front));
    if (is_recommended(front, evaluation)) svg.circle(*at, kRing, "ring");
  }

  std::string colour_of(const v1::Evaluation& evaluation, const std::string& platform) const {
    const auto bytes_used = value_of(weights_, evaluation, platform);
    if (!bytes_used || !(*bytes_used > 0) || colours_.empty() || colours_.high <= colours_.low) return ramp(0.25);
    return ramp(std::log(*bytes_used / colours_.low) / std::log(colours_.high / colours_.low));
  }

  std::string tip(const v1::Evaluation& evaluation, const v1::ParetoFront& front) const {
    std::string text = fmt::format("#{}: top-1 {}", evaluation.index(), top1_text(evaluation.accuracy()));
    if (evaluation.has_confirmed()) text += ", confirmed " + confirmed_cell(front, evaluation);
    if (const v1::Estimate* e = estimate_on(evaluation, front.platform())) {
      text += ", " + seconds(e->latency_seconds());
      if (e->has_energy_joules()) text += ", " + joules(e->energy_joules());
      text += ", " + bytes(e->weight_bytes());
    }
    text += "\n" + style_.summary(evaluation.recipe());
    if (is_recommended(front, evaluation)) text += "\nrecommended: it " + printable(front.recommended().reason(), 600);
    return text;
  }

  void draw_base(Svg& svg, const v1::ParetoFront& front, const Scale& x, const Scale& y) const {
    if (!front.has_base()) return;
    if (const auto at = place(front.base(), front, x, y))
      svg.diamond(*at, kDiamond, "base", "base network: " + tip(front.base(), front));
  }

  // Names beside marks: the recommended point, the base network and, where they are few, every point by its number.
  void draw_names(Svg& svg, const v1::ParetoFront& front, const std::vector<Point>& corners, const Box& area,
                  const Scale& x, const Scale& y) const {
    LabelPlacer labels(area);
    for (std::size_t i = 1; i < corners.size(); ++i) {
      const Point &a = corners[i - 1], &b = corners[i];
      labels.avoid(
          {std::min(a.x, b.x) - 1, std::min(a.y, b.y) - 1, std::fabs(a.x - b.x) + 2, std::fabs(a.y - b.y) + 2});
    }
    const auto block = [&](const v1::Evaluation& evaluation, double radius) {
      if (const auto at = place(evaluation, front, x, y))
        labels.block({at->x - radius, at->y - radius, 2 * radius, 2 * radius});
    };
    for (const v1::Evaluation& evaluation : front.evaluations())
      block(evaluation, is_recommended(front, evaluation) ? kRing : kDot);
    if (front.has_base()) block(front.base(), kDiamond);
    const auto name = [&](const v1::Evaluation& evaluation, double radius, const std::string& text) {
      const auto at = place(evaluation, front, x, y);
      if (!at) return;
      const auto spot = labels.place(*at, radius, text, kTickSize);
      if (!spot) return;
      if (spot->far) svg.line(*at, {spot->at.x, spot->at.y - 4}, "leader");
      marked_text(svg, spot->at, text, spot->anchor);
    };
    for (const v1::Evaluation& evaluation : front.evaluations())
      if (is_recommended(front, evaluation))
        name(evaluation, kRing,
             evaluation.index() == 0 ? "recommended" : fmt::format("#{} recommended", evaluation.index()));
    if (front.has_base()) {
      const v1::Estimate* estimate = estimate_on(front.base(), front.platform());
      name(front.base(), kDiamond,
           estimate != nullptr && cannot_fit(*estimate) ? "base network (does not fit)" : "base network");
    }
    constexpr int kMostNumbers = 12;
    if (front.evaluations_size() > kMostNumbers) return;
    for (const v1::Evaluation& evaluation : front.evaluations())
      if (evaluation.index() != 0 && !is_recommended(front, evaluation))
        name(evaluation, kDot, fmt::format("#{}", evaluation.index()));
  }

  // Below the panels: the marks, and which colour stands for how many bytes.
  void draw_legend(Svg& svg, double top, double width) const {
    double at = kLeft;
    const auto entry = [&](const std::string& text) {
      svg.text({at + 14, top + 14}, text, "note");
      at += 14 + text_width(text, kTickSize) + 22;
    };
    svg.circle({at + 4, top + 10}, kDot, "front", ramp(0.5));
    entry("on the front");
    if (some_folded()) {
      svg.circle({at + 4, top + 10}, 2.8, "folded");
      entry("not shown apart");
    }
    if (!picture_.seen.evaluations().empty()) {
      svg.circle({at + 4, top + 10}, 2.6, "seen");
      entry("measured");
    }
    svg.diamond({at + 4, top + 10}, 5.5, "base");
    entry("base network");
    if (axes_.y->name == "top1") {
      svg.line({at + 4, top + 3}, {at + 4, top + 17}, "bar");
      entry("95 % interval");
    }
    if (colours_.empty() || colours_.high <= colours_.low) return;
    constexpr double kBar = 120;
    constexpr int kSteps = 40;
    const std::string low = bytes(colours_.low), high = bytes(colours_.high);
    const double high_width = text_width(high, kTickSize);
    double left = width - kRight - high_width - 8 - kBar;
    const double label_end = left - text_width(low, kTickSize) - 20;
    double y = top;
    // On a narrow picture the ramp takes a line of its own.
    if (label_end - text_width("weights", kTickSize) < at) {
      y += 20;
      left = kLeft + text_width("weights " + low, kTickSize) + 20;
    }
    for (int i = 0; i < kSteps; ++i)
      svg.rectangle({left + i * kBar / kSteps, y + 5, std::min(kBar / kSteps + 1, kBar - i * kBar / kSteps), 10}, "",
                    ramp((i + 0.5) / kSteps));
    svg.text({left - 7, y + 14}, "weights " + low, "note", Anchor::kEnd);
    svg.text({left + kBar + 7, y + 14}, high, "note");
  }

  bool some_folded() const {
    return std::any_of(picture_.fronts.fronts().begin(), picture_.fronts.fronts().end(),
                       [&](const v1::ParetoFront& front) { return !unlisted(front, picture_.seen).empty(); });
  }

  const FrontPicture& picture_;
  AxisPair axes_;
  const Metric& weights_ = *find_metric("weight_bytes");
  std::vector<LimitLine> limits_;
  RecipeStyle style_;
  Range colours_, y_range_;
};

}  // namespace

std::string front_plot(const FrontPicture& picture) { return FrontDrawing(picture).draw(); }

}  // namespace roofscape::client::plot
