#include "client/plot/platform_mark.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace roofscape::client::plot {
namespace {

using Corners = std::vector<Point>;

// Corners of shapes around the origin; the first platform has a circle, which needs none.
const std::array<Corners, kMostPlatforms>& shapes() {
  static const std::array<Corners, kMostPlatforms> kShapes = {
      {{},
       {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},  // square
       {{0, -1.15}, {1, 0.58}, {-1, 0.58}},   // triangle
       {{0, -1}, {1, 0}, {0, 1}, {-1, 0}},    // diamond
       {{0, 1.15}, {1, -0.58}, {-1, -0.58}},  // triangle on its tip
       {{-1, -3},
        {1, -3},
        {1, -1},
        {3, -1},
        {3, 1},
        {1, 1},  // cross
        {1, 3},
        {-1, 3},
        {-1, 1},
        {-3, 1},
        {-3, -1},
        {-1, -1}}}};
  return kShapes;
}

double area_of(const Corners& corners) {
  double twice = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point &a = corners[i], &b = corners[(i + 1) % corners.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return std::fabs(twice) / 2;
}

}  // namespace

std::string PlatformMark::css(std::string_view part) const { return fmt::format("p{} {}", index_, part); }

void PlatformMark::draw(Svg& svg, Point centre, double radius, std::string_view part, std::string_view tip) const {
  Corners corners = shapes()[static_cast<std::size_t>(index_)];
  if (corners.empty()) return svg.circle(centre, radius, css(part), "", tip);
  const double scale = radius * std::sqrt(std::numbers::pi / area_of(corners));
  for (Point& corner : corners) corner = {centre.x + scale * corner.x, centre.y + scale * corner.y};
  svg.polygon(corners, css(part), tip);
}

}  // namespace roofscape::client::plot
