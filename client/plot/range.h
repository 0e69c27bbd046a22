// The values that an axis has to hold.
//
//   Range range;
//   for (double v : values) range.add(v);
//   range.or_else(0, 1);
#pragma once

#include <algorithm>
#include <limits>

namespace roofscape::client::plot {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return !(low <= high); }
  // These two, when there is nothing to show.
  void or_else(double a, double b) {
    if (empty()) *this = {a, b};
  }
};

}  // namespace roofscape::client::plot
