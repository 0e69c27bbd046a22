// A point of a space: one choice for each variable. And what it takes to keep many of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace roofscape::search {

// point[i] < problem.choices[i].
using Point = std::vector<std::uint16_t>;

struct PointHash {
  std::size_t operator()(const Point& point) const noexcept;
};
using PointSet = std::unordered_set<Point, PointHash>;

}  // namespace roofscape::search
