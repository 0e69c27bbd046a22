#include "analytics/search/pareto.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "analytics/base/status.h"

namespace roofscape::search {
namespace {

bool no_worse(std::span<const double> a, std::span<const double> b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] <= b[i])) return false;
  return true;
}

// Indices of points without NaN, in lexicographic order of their values, equal ones in order of index: a point can
// then only be dominated by one before it.
std::vector<std::size_t> lexicographic(std::span<const Values> points) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::none_of(points[i].begin(), points[i].end(), [](double v) { return std::isnan(v); })) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (points[a] != points[b])
      return std::lexicographical_compare(points[a].begin(), points[a].end(), points[b].begin(), points[b].end());
    return a < b;
  });
  return order;
}

// Two dimensions: in lexicographic order a point stays if its second value is below all before.
std::vector<std::size_t> front_2d(std::span<const Values> points, std::span<const std::size_t> order) {
  std::vector<std::size_t> front;
  for (std::size_t i : order)
    if (front.empty() || points[i][1] < points[front.back()][1]) front.push_back(i);
  return front;
}

// Three dimensions: the points before, seen in their last two values, form a staircase; a point stays if it lies below.
std::vector<std::size_t> front_3d(std::span<const Values> points, std::span<const std::size_t> order) {
  std::vector<std::size_t> front;
  std::map<double, double> stairs;  // second value → third; the third falls as the second grows
  for (std::size_t i : order) {
    const double y = points[i][1], z = points[i][2];
    auto after = stairs.upper_bound(y);
    if (after != stairs.begin() && std::prev(after)->second <= z) continue;
    front.push_back(i);
    auto first = stairs.lower_bound(y);
    auto last = first;
    while (last != stairs.end() && last->second >= z) ++last;
    stairs.erase(first, last);
    stairs.emplace(y, z);
  }
  return front;
}

std::vector<std::size_t> front_any(std::span<const Values> points, std::span<const std::size_t> order) {
  std::vector<std::size_t> front;
  for (std::size_t i : order) {
    const bool covered =
        std::any_of(front.begin(), front.end(), [&](std::size_t j) { return no_worse(points[j], points[i]); });
    if (!covered) front.push_back(i);
  }
  return front;
}

}  // namespace

bool dominates(std::span<const double> a, std::span<const double> b) {
  RS_CHECK(a.size() == b.size());
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(a[i] <= b[i])) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

std::vector<std::size_t> pareto_front(std::span<const Values> points) {
  if (points.empty()) return {};
  const std::size_t dimensions = points[0].size();
  for (const Values& point : points) RS_CHECK(point.size() == dimensions);
  const std::vector<std::size_t> order = lexicographic(points);
  std::vector<std::size_t> front = dimensions == 2   ? front_2d(points, order)
                                   : dimensions == 3 ? front_3d(points, order)
                                                     : front_any(points, order);
  std::sort(front.begin(), front.end());
  return front;
}

}  // namespace roofscape::search
