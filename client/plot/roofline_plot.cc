#include "client/plot/roofline_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/label_placer.h"
#include "client/plot/roofs.h"
#include "client/plot/style.h"
#include "client/report/latency_text.h"
#include "client/text/names.h"

namespace roofscape::client::plot {
namespace {

constexpr double kPanelWidth = 430, kPanelHeight = 320;
constexpr double kLeft = 78, kGapX = 92, kTop = 116, kGapY = 112, kRight = 26, kBottom = 56;
constexpr int kMostLabels = 6;

// A layer as a dot.
struct Dot {
  const v1::LayerEstimate* layer = nullptr;
  double intensity = 0, rate = 0, share = 0;
};

std::vector<Dot> dots_of(const v1::Estimate& estimate) {
  std::vector<Dot> dots;
  for (const v1::LayerEstimate& layer : estimate.layers()) {
    const Dot dot{&layer, layer.intensity_ops_per_byte(), rate_of(layer),
                  estimate.latency_seconds() > 0 ? layer.latency_seconds() / estimate.latency_seconds() : 0};
    if (dot.intensity > 0 && dot.rate > 0 && std::isfinite(dot.intensity) && std::isfinite(dot.rate))
      dots.push_back(dot);
  }
  // Large ones first, so that small ones lie on top and stay visible.
  std::stable_sort(dots.begin(), dots.end(), [](const Dot& a, const Dot& b) { return a.share > b.share; });
  return dots;
}

double radius_of(const Dot& dot) { return 3 + 13 * std::sqrt(std::clamp(dot.share, 0.0, 1.0)); }

std::string tip_of(const Dot& dot) {
  return fmt::format("{} ({}): {} op/B, {}, {:.0f} % of the time, runs as {}, bound by {}",
                     printable(dot.layer->layer()), printable(dot.layer->op()), number(dot.intensity),
                     si(dot.rate, "op/s"), dot.share * 100, printable(dot.layer->runs_as()),
                     printable(dot.layer->binding_roof()));
}

class Panel {
 public:
  Panel(const RooflinePanel& data, const Box& area)
      : data_(data),
        area_(area),
        placer_(area),
        fp32_(dots_of(data.fp32)),
        approximated_(data.approximated ? dots_of(*data.approximated) : std::vector<Dot>()) {
    roofs_ = roofs_of(data.platform);
    find_ranges();
  }

  void draw(Svg& svg) {
    draw_axes(svg, area_, {x_, "arithmetic intensity", "op/B", 7}, {y_, "rate", "op/s", 6});
    svg.begin_clip(area_);
    draw_memory(svg);
    draw_compute(svg);
    svg.end_clip();
    svg.begin_clip({area_.left - 17, area_.top - 17, area_.width + 34, area_.height + 34});
    for (const Dot& dot : fp32_) svg.circle(place(dot), radius_of(dot), "layer-fp32", "", tip_of(dot));
    for (const Dot& dot : approximated_) svg.circle(place(dot), radius_of(dot), "layer", "", tip_of(dot));
    svg.end_clip();
    block_dots();
    label_roofs(svg);
    label_dots(svg);
    draw_panel_title(svg, area_, title(), subtitle());
  }

 private:
  std::string title() const {
    return data_.platform.title().empty() ? printable(data_.platform.id()) : printable(data_.platform.title(), 60);
  }

  std::string subtitle() const {
    const double base = data_.fp32.latency_seconds();
    std::string text = base > 0 ? "fp32 " + latency_text(data_.fp32) : "cannot compute in fp32";
    if (data_.approximated) {
      const double now = data_.approximated->latency_seconds();
      text += now > 0 ? ", approximated " + latency_text(*data_.approximated) : ", nor the approximated network";
      if (now > 0 && base > 0) text += fmt::format(" ({:.2f}× faster)", base / now);
    }
    if (data_.fp32.batch() > 1) text += fmt::format(", batch {}", data_.fp32.batch());
    return text;
  }

  // All dots with room around them, the ridge points, and the roofs that are near enough to matter.
  void find_ranges() {
    double x_low = INFINITY, x_high = 0, y_low = INFINITY, y_high = 0;
    for (const auto* dots : {&fp32_, &approximated_})
      for (const Dot& dot : *dots) {
        x_low = std::min(x_low, dot.intensity);
        x_high = std::max(x_high, dot.intensity);
        y_low = std::min(y_low, dot.rate);
        y_high = std::max(y_high, dot.rate);
      }
    if (!(x_low <= x_high)) x_low = 0.1, x_high = 100;
    if (!roofs_.compute.empty()) {
      y_high = std::max(y_high, roofs_.compute.front().ops_per_second);
      y_low = std::min(y_low, roofs_.compute.back().ops_per_second);
      if (!roofs_.memory.empty())
        // The topmost label fits to the right of its ridge.
        x_high = std::max(x_high, 5 * roofs_.compute.front().ops_per_second / roofs_.memory.back().bytes_per_second);
    }
    if (!(y_low <= y_high)) y_low = 1e6, y_high = 1e12;
    if (!roofs_.memory.empty())
      y_low = std::min(y_low, std::max(roofs_.memory.back().bytes_per_second * x_low, y_low / 30));
    x_ = Scale::logarithmic(x_low / 3, x_high * 4, area_.left, area_.right());
    y_ = Scale::logarithmic(y_low / 3, y_high * 3, area_.bottom(), area_.top);
  }

  Point place(const Dot& dot) const { return {x_.at(dot.intensity), y_.at(dot.rate)}; }

  // Outermost memory and fastest arithmetic make the roof proper; the others are drawn thinner.
  void draw_memory(Svg& svg) const {
    const double top = roofs_.compute.empty() ? y_.high() : roofs_.compute.front().ops_per_second;
    for (std::size_t i = 0; i < roofs_.memory.size(); ++i) {
      const double rate = roofs_.memory[i].bytes_per_second;
      const double start = std::max(x_.low(), y_.low() / rate), end = std::min(x_.high(), top / rate);
      if (start >= end) continue;
      svg.line({x_.at(start), y_.at(start * rate)}, {x_.at(end), y_.at(end * rate)},
               i + 1 == roofs_.memory.size() ? "slope" : "slope-low");
    }
  }

  double roof_start(double rate) const {
    return roofs_.memory.empty() ? x_.low() : std::max(x_.low(), rate / roofs_.memory.front().bytes_per_second);
  }

  void draw_compute(Svg& svg) const {
    for (std::size_t i = 0; i < roofs_.compute.size(); ++i) {
      const double rate = roofs_.compute[i].ops_per_second, at = y_.at(rate);
      svg.line({x_.at(roof_start(rate)), at}, {area_.right(), at}, i == 0 ? "roof" : "roof-low");
    }
  }

  void block_dots() {
    for (const auto* dots : {&fp32_, &approximated_})
      for (const Dot& dot : *dots) {
        const double r = std::min(radius_of(dot), 9.0);
        placer_.block({place(dot).x - r, place(dot).y - r, 2 * r, 2 * r});
      }
  }

  // Arithmetics above or below their lines, at the right end where no dot is in the way; memories along their slopes.
  void label_roofs(Svg& svg) {
    for (const ComputeRoof& roof : roofs_.compute) label_flat(svg, roof);
    const double turn = -std::atan2(pixels_per_decade_y(), pixels_per_decade_x());
    for (auto roof = roofs_.memory.rbegin(); roof != roofs_.memory.rend(); ++roof) label_slope(svg, *roof, turn);
  }

  void label_flat(Svg& svg, const ComputeRoof& roof) {
    const double line = y_.at(roof.ops_per_second), width = text_width(roof.label, kTickSize);
    const double start = x_.at(roof_start(roof.ops_per_second)) + 8, end = area_.right() - 5 - width;
    for (const double offset : {-5.0, 13.0, -19.0, 27.0})
      for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const Point at{end + (std::min(start, end) - end) * share, line + offset};
        if (!placer_.take({{at.x, at.y - 10, width, 12.5}})) continue;
        marked_text(svg, at, roof.label, Anchor::kStart);
        return;
      }
    // No free place: better over a dot than without a name.
    marked_text(svg, {end, line - 5}, roof.label, Anchor::kStart);
  }

  double pixels_per_decade_x() const { return std::fabs(x_.at(10 * x_.low()) - x_.at(x_.low())); }
  double pixels_per_decade_y() const { return std::fabs(y_.at(10 * y_.low()) - y_.at(y_.low())); }

  // Along the line, a little above or below it, as near to its lower end as the dots allow.
  void label_slope(Svg& svg, const MemoryRoof& roof, double turn) {
    const double rate = roof.bytes_per_second, width = text_width(roof.label, kTickSize);
    const double start = std::max(x_.low(), y_.low() / rate);
    const double top = roofs_.compute.empty() ? y_.high() : roofs_.compute.front().ops_per_second;
    const double end = std::min(x_.high(), top / rate);
    if (start >= end) return;
    const Point from{x_.at(start), y_.at(start * rate)}, to{x_.at(end), y_.at(end * rate)};
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    const Point along{std::cos(turn), std::sin(turn)};
    for (const double offset : {-5.0, 14.0})
      for (double reach = 12; reach + width < length - 6; reach += 16) {
        const Point at{from.x + along.x * reach - along.y * offset, from.y + along.y * reach + along.x * offset};
        constexpr int kPieces = 10;
        std::vector<Box> boxes;
        for (int i = 0; i < kPieces; ++i) {
          const double middle = (i + 0.5) / kPieces * width;
          // The letters stand upright on the slope: their middle lies half a letter off the baseline.
          const Point centre{at.x + along.x * middle + along.y * 4, at.y + along.y * middle - along.x * 4};
          boxes.push_back({centre.x - 6, centre.y - 6, 12, 12});
        }
        if (!placer_.take(boxes)) continue;
        marked_text(svg, at, roof.label, Anchor::kStart, "mark", turn * 180 / std::numbers::pi);
        return;
      }
    if (width + 18 > length) return;  // the slope is hardly in the picture
    marked_text(svg, {from.x + along.x * 12 + along.y * 5, from.y + along.y * 12 - along.x * 5}, roof.label,
                Anchor::kStart, "mark", turn * 180 / std::numbers::pi);
  }

  // Names for the layers that take most of the time.
  void label_dots(Svg& svg) {
    const std::vector<Dot>& named = approximated_.empty() ? fp32_ : approximated_;
    int labels = 0;
    for (const Dot& dot : named) {
      if (labels >= kMostLabels || dot.share < 0.02) break;
      const std::string text = fmt::format("{} {:.0f} %", printable(dot.layer->layer(), 24), dot.share * 100);
      const auto spot = placer_.place(place(dot), radius_of(dot), text, kTickSize);
      if (!spot) continue;
      if (spot->far) {
        const Point from = place(dot), to{spot->at.x, spot->at.y - kTickSize * 0.36};
        const double length = std::max(std::hypot(to.x - from.x, to.y - from.y), 1.0);
        const double r = radius_of(dot) / length;
        svg.line({from.x + (to.x - from.x) * r, from.y + (to.y - from.y) * r}, to, "leader");
      }
      marked_text(svg, spot->at, text, spot->anchor);
      ++labels;
    }
  }

  const RooflinePanel& data_;
  Box area_;
  LabelPlacer placer_;
  std::vector<Dot> fp32_, approximated_;
  Roofs roofs_;
  Scale x_ = Scale::linear(0, 1, 0, 1), y_ = Scale::linear(0, 1, 0, 1);
};

void draw_legend(Svg& svg, bool approximated, const std::string& configuration, double top) {
  double at = kLeft;
  const auto entry = [&](std::string_view css_class, double radius, const std::string& text) {
    svg.circle({at + 7, top + 10}, radius, css_class);
    svg.text({at + 20, top + 14}, text, "note");
    at += 20 + text_width(text, kTickSize) + 22;
  };
  entry("layer-fp32", 6, "layer in fp32");
  if (approximated) entry("layer", 6, "layer approximated" + (configuration.empty() ? "" : " (" + configuration + ")"));
  svg.text({at, top + 14}, "area: share of the time; percentages likewise", "note");
}

}  // namespace

std::string roofline_plot(const RooflinePicture& picture) {
  const Grid grid = grid_for(static_cast<int>(std::max<std::size_t>(picture.panels.size(), 1)));
  const double width = std::max(kLeft + grid.columns * kPanelWidth + (grid.columns - 1) * kGapX + kRight, 620.0);
  const double height = kTop + grid.rows * kPanelHeight + (grid.rows - 1) * kGapY + kBottom + 44;
  bool approximated = false;
  std::string description = "Rate of arithmetic against arithmetic intensity, both logarithmic.";
  for (const RooflinePanel& panel : picture.panels) {
    approximated = approximated || panel.approximated.has_value();
    description += " " + printable(panel.platform.id()) + ": ";
    description += panel.fp32.latency_seconds() > 0 ? seconds(panel.fp32.latency_seconds()) + " in fp32" : "no fp32";
    if (panel.approximated) description += ", " + seconds(panel.approximated->latency_seconds()) + " approximated";
    description += ".";
  }
  const std::string title = picture.model + ": roofline";
  Svg svg(width, height, title, description);
  svg.text({kLeft, 34}, title, "title");
  svg.text({kLeft, 54}, "slopes are memories, flat lines arithmetics, dots the layers of the network", "note");
  for (std::size_t i = 0; i < picture.panels.size(); ++i) {
    const auto column = static_cast<int>(i) % grid.columns, row = static_cast<int>(i) / grid.columns;
    Panel(picture.panels[i],
          {kLeft + column * (kPanelWidth + kGapX), kTop + row * (kPanelHeight + kGapY), kPanelWidth, kPanelHeight})
        .draw(svg);
  }
  draw_legend(svg, approximated, printable(picture.configuration, 40), height - 42);
  return svg.to_text();
}

}  // namespace roofscape::client::plot
