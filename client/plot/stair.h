// The line of a front in the two metrics that a picture shows.
//
//   svg.polyline(stair(axes, values, x, y), "way");
#pragma once

#include <vector>

#include "client/plot/metric.h"
#include "client/plot/scale.h"
#include "client/plot/svg.h"

namespace roofscape::client::plot {

// Joins those of `values` (x and y of each point, in the metrics' units) that no other beats in both; corners in
// pixels, fewer than two where there is nothing to join.
std::vector<Point> stair(const AxisPair& axes, const std::vector<Point>& values, const Scale& x, const Scale& y);

}  // namespace roofscape::client::plot
