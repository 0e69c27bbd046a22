#include "client/plot/stair.h"

#include <algorithm>
#include <limits>

namespace roofscape::client::plot {

std::vector<Point> stair(const AxisPair& axes, const std::vector<Point>& values, const Scale& x, const Scale& y) {
  const double x_sign = axes.x->larger_is_better ? -1 : 1, y_sign = axes.y->larger_is_better ? -1 : 1;
  std::vector<Point> points;  // minimised
  for (const Point& value : values) points.push_back({x_sign * value.x, y_sign * value.y});
  std::sort(points.begin(), points.end(), [](Point a, Point b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  std::vector<Point> corners;
  double best = std::numeric_limits<double>::infinity();
  for (const Point& point : points) {
    if (point.y >= best) continue;
    const Point to{x.at(x_sign * point.x), y.at(y_sign * point.y)};
    if (!corners.empty()) corners.push_back({to.x, corners.back().y});
    corners.push_back(to);
    best = point.y;
  }
  return corners;
}

}  // namespace roofscape::client::plot
