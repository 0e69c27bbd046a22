#include "client/plot/roofline_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/base/text.h"
#include "client/plot/axes.h"
#include "client/plot/spread.h"
#include "client/plot/style.h"

namespace roofscape::client::plot {
namespace {

// Between the data and the labels of flat roofs; and from there to the text.
constexpr double kLeader = 12, kMarkWidth = 14, kLabelGap = 14.5;
// Layers that take less are not worth a name.
constexpr double kLeastShare = 0.02;

// Names a platform: fewer where many platforms share the chart.
int most_labels(std::size_t platforms) { return platforms <= 2 ? 6 : platforms <= 4 ? 4 : 3; }

struct Range {
  double low = INFINITY, high = 0;
  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return !(low <= high); }
};

}  // namespace

RooflineChart::RooflineChart(const std::vector<RooflineSeries>& series, const Box& area)
    : parts_([&] {
        std::vector<Part> parts;
        for (const RooflineSeries& one : series)
          parts.push_back({PlatformMark(static_cast<int>(parts.size())), dots_of(one.fp32),
                           one.approximated ? dots_of(*one.approximated) : std::vector<LayerDot>(), roofs_of(one)});
        return parts;
      }()),
      frame_(frame_for(area)),
      placer_(area) {}

// All dots, flat roofs and ridges with room around them, and as much of the slopes as comes with that.
Frame RooflineChart::frame_for(const Box& area) const {
  Range x, y;
  for (const Part& part : parts_) {
    for (const auto* dots : {&part.fp32, &part.approximated})
      for (const LayerDot& dot : *dots) {
        x.take(dot.intensity);
        y.take(dot.rate);
      }
    for (const ComputeRoof& roof : part.roofs.compute) y.take(roof.ops_per_second);
    if (!part.roofs.compute.empty() && !part.roofs.memory.empty())
      x.take(part.roofs.compute.front().ops_per_second / part.roofs.memory.back().bytes_per_second);
  }
  if (x.empty()) x = {0.1, 100};
  if (y.empty()) y = {1e6, 1e12};
  return {area, Scale::logarithmic(x.low / 2.5, x.high * 2.5, area.left, area.right()),
          Scale::logarithmic(y.low / 2.5, y.high * 2.5, area.bottom(), area.top)};
}

void RooflineChart::draw(Svg& svg) {
  const Box& area = frame_.area;
  draw_axes(svg, area, {frame_.x, "arithmetic intensity", "op/B", 7}, {frame_.y, "rate", "op/s", 6});
  svg.begin_clip(area);
  for (const Part& part : parts_) RoofLines(part.roofs, frame_, part.mark).draw(svg);
  for (const Part& part : parts_) draw_moves(svg, part);
  svg.end_clip();
  svg.begin_clip({area.left - 18, area.top - 18, area.width + 36, area.height + 36});
  draw_dots(svg);
  svg.end_clip();
  block_dots();
  for (const Part& part : parts_) RoofLines(part.roofs, frame_, part.mark).label_slopes(svg, placer_);
  for (const Part& part : parts_) RoofLines(part.roofs, frame_, part.mark).avoid_lines(placer_);
  label_flat_roofs(svg);
  label_dots(svg);
}

void RooflineChart::draw_moves(Svg& svg, const Part& part) const {
  std::map<std::string, const LayerDot*> before;
  for (const LayerDot& dot : part.fp32) before[dot.layer->layer()] = &dot;
  for (const LayerDot& dot : part.approximated)
    if (const auto it = before.find(dot.layer->layer()); it != before.end())
      svg.line(place(*it->second), place(dot), part.mark.css("move"));
}

// fp32 behind what is approximated, and of each the larger dots behind the smaller ones, whatever their platform.
void RooflineChart::draw_dots(Svg& svg) const {
  struct Drawn {
    const LayerDot* dot;
    const Part* part;
    bool hollow;
  };
  std::vector<Drawn> all;
  for (const Part& part : parts_) {
    for (const LayerDot& dot : part.fp32) all.push_back({&dot, &part, !part.approximated.empty()});
    for (const LayerDot& dot : part.approximated) all.push_back({&dot, &part, false});
  }
  std::stable_sort(all.begin(), all.end(), [](const Drawn& a, const Drawn& b) {
    return a.hollow != b.hollow ? a.hollow : a.dot->share > b.dot->share;
  });
  for (const Drawn& one : all)
    one.part->mark.draw(svg, place(*one.dot), radius_of(one.dot->share), one.hollow ? "layer-fp32" : "layer",
                        tip_of(*one.dot));
}

void RooflineChart::block_dots() {
  for (const Part& part : parts_)
    for (const auto* dots : {&part.fp32, &part.approximated})
      for (const LayerDot& dot : *dots) {
        const double r = radius_of(dot.share);
        placer_.block({place(dot).x - r, place(dot).y - r, 2 * r, 2 * r});
      }
}

double RooflineChart::margin() const {
  double widest = 0;
  for (const Part& part : parts_)
    for (const ComputeRoof& roof : part.roofs.compute) widest = std::max(widest, text_width(roof.label(), kTickSize));
  return kLeader + kMarkWidth + widest + 8;
}

// In one column on the right, where no dot is in the way; a short line leads from each roof to its label.
void RooflineChart::label_flat_roofs(Svg& svg) const {
  struct Label {
    double height;
    const ComputeRoof* roof;
    const Part* part;
  };
  std::vector<Label> labels;
  for (const Part& part : parts_)
    for (const ComputeRoof& roof : part.roofs.compute)
      labels.push_back({frame_.y.at(roof.ops_per_second), &roof, &part});
  std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.height < b.height; });
  std::vector<double> wanted;
  for (const Label& label : labels) wanted.push_back(label.height);
  const std::vector<double> heights = spread(wanted, kLabelGap, frame_.area.top - 4, frame_.area.bottom());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Point from{frame_.area.right(), labels[i].height}, to{from.x + kLeader, heights[i]};
    const PlatformMark& mark = labels[i].part->mark;
    svg.line(from, to, mark.css("move"));
    mark.draw(svg, {to.x + 5, to.y}, 3.5, "layer");
    svg.text({to.x + kMarkWidth, to.y + 4}, labels[i].roof->label(), mark.css("name"));
  }
}

// Names for the layers that take most of the time, the platforms in turn.
void RooflineChart::label_dots(Svg& svg) {
  std::vector<int> labels(parts_.size());
  std::size_t longest = 0;
  for (const Part& part : parts_) longest = std::max(longest, part.named().size());
  for (std::size_t i = 0; i < longest; ++i)
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const std::vector<LayerDot>& dots = parts_[p].named();
      if (i < dots.size() && labels[p] < most_labels(parts_.size()) && dots[i].share >= kLeastShare)
        labels[p] += label_dot(svg, dots[i], parts_[p].mark) ? 1 : 0;
    }
}

bool RooflineChart::label_dot(Svg& svg, const LayerDot& dot, PlatformMark mark) {
  const std::string text = fmt::format("{} {:.0f} %", printable(dot.layer->layer(), 24), dot.share * 100);
  const auto spot = placer_.place(place(dot), radius_of(dot.share), text, kTickSize);
  if (!spot) return false;
  if (spot->far) {
    const Point from = place(dot), to{spot->at.x, spot->at.y - kTickSize * 0.36};
    const double length = std::max(std::hypot(to.x - from.x, to.y - from.y), 1.0);
    const double r = radius_of(dot.share) / length;
    svg.line({from.x + (to.x - from.x) * r, from.y + (to.y - from.y) * r}, to, "leader");
  }
  marked_text(svg, spot->at, text, spot->anchor, mark.css("name"));
  return true;
}

}  // namespace roofscape::client::plot
