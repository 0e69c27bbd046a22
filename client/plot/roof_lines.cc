#include "client/plot/roof_lines.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "client/plot/axes.h"
#include "client/plot/style.h"

namespace roofscape::client::plot {
namespace {

// The boxes that letters of `width` pixels take along a turned baseline.
std::vector<Box> boxes_along(Point at, Point along, double width) {
  constexpr int kPieces = 12;
  std::vector<Box> boxes;
  for (int i = 0; i < kPieces; ++i) {
    const double middle = (i + 0.5) / kPieces * width;
    // Letters stand upright on the slope: their middle lies half a letter off the baseline.
    const Point centre{at.x + along.x * middle + along.y * 4, at.y + along.y * middle - along.x * 4};
    boxes.push_back({centre.x - 6, centre.y - 6, 12, 12});
  }
  return boxes;
}

}  // namespace

RoofLines::Line RoofLines::slope(const MemoryRoof& roof) const {
  const double rate = roof.bytes_per_second;
  const double top = roofs_.compute.empty() ? frame_.y.high() : roofs_.compute.front().ops_per_second;
  const double start = std::max(frame_.x.low(), frame_.y.low() / rate), end = std::min(frame_.x.high(), top / rate);
  return {{frame_.x.at(start), frame_.y.at(start * rate)}, {frame_.x.at(end), frame_.y.at(end * rate)}, start < end};
}

// A flat roof begins at the fastest memory's slope: nothing further left can reach it.
RoofLines::Line RoofLines::flat(const ComputeRoof& roof) const {
  const double start = roofs_.memory.empty()
                           ? frame_.x.low()
                           : std::max(frame_.x.low(), roof.ops_per_second / roofs_.memory.front().bytes_per_second);
  return {{frame_.x.at(start), height(roof)}, {frame_.area.right(), height(roof)}, start < frame_.x.high()};
}

void RoofLines::draw(Svg& svg) const {
  for (const MemoryRoof& roof : roofs_.memory)
    if (const Line line = slope(roof); line.visible)
      svg.line(line.from, line.to, mark_.css(&roof == &roofs_.memory.back() ? "roof" : "roof-low"));
  for (const ComputeRoof& roof : roofs_.compute) {
    const Line line = flat(roof);
    svg.line(line.from, line.to, mark_.css(&roof == &roofs_.compute.front() ? "roof" : "roof-low"));
  }
}

void RoofLines::avoid_lines(LabelPlacer& placer) const {
  for (const MemoryRoof& roof : roofs_.memory)
    if (const Line line = slope(roof); line.visible)
      for (double x = line.from.x; x < line.to.x; x += 6) {
        const double y = line.from.y + (x - line.from.x) / (line.to.x - line.from.x) * (line.to.y - line.from.y);
        placer.avoid({x - 2, y - 2, 4, 4});
      }
  for (const ComputeRoof& roof : roofs_.compute)
    if (const Line line = flat(roof); line.visible)
      placer.avoid({line.from.x, line.from.y - 1, line.to.x - line.from.x, 2});
}

void RoofLines::label_slopes(Svg& svg, LabelPlacer& placer) const {
  for (auto roof = roofs_.memory.rbegin(); roof != roofs_.memory.rend(); ++roof) label_slope(svg, placer, *roof);
}

void RoofLines::label_slope(Svg& svg, LabelPlacer& placer, const MemoryRoof& roof) const {
  const Line line = slope(roof);
  const double width = text_width(roof.label(), kTickSize);
  const double length = std::hypot(line.to.x - line.from.x, line.to.y - line.from.y);
  if (!line.visible || width + 18 > length) return;
  const Point along{(line.to.x - line.from.x) / length, (line.to.y - line.from.y) / length};
  const double turn = std::atan2(along.y, along.x) * 180 / std::numbers::pi;
  for (const double offset : {-5.0, 14.0})
    for (double reach = 12; reach + width < length - 6; reach += 12) {
      const Point at{line.from.x + along.x * reach - along.y * offset,
                     line.from.y + along.y * reach + along.x * offset};
      if (!placer.take(boxes_along(at, along, width))) continue;
      return marked_text(svg, at, roof.label(), Anchor::kStart, mark_.css("name"), turn);
    }
  // No free place: better over a dot than without a name.
  marked_text(svg, {line.from.x + along.x * 12 + along.y * 5, line.from.y + along.y * 12 - along.x * 5}, roof.label(),
              Anchor::kStart, mark_.css("name"), turn);
}

}  // namespace roofscape::client::plot
