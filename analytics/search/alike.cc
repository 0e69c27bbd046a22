#include "analytics/search/alike.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/status.h"

namespace roofscape::search {

bool surely_below(const Reading& a, const Reading& b) {
  constexpr double kShown = 5e-3, kRounding = 1e-9;
  const bool exact = a.low == a.high && b.low == b.high;
  const double tiny = (exact ? kShown : kRounding) * std::max(std::abs(a.value), std::abs(b.value));
  return b.value - a.value > std::max(tiny, std::hypot(a.high - a.value, b.value - b.low));
}

bool has_advantage(std::span<const Reading> a, std::span<const Reading> b) {
  RS_CHECK(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    if (surely_below(a[i], b[i])) return true;
  return false;
}

std::vector<Fold> fold_alike(std::span<const Readings> points) {
  std::vector<Fold> folds;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto like = std::find_if(folds.rbegin(), folds.rend(),
                                   [&](const Fold& f) { return !has_advantage(points[i], points[f.shown]); });
    if (like == folds.rend())
      folds.push_back({i, {}});
    else
      like->stands_for.push_back(i);
  }
  return folds;
}

}  // namespace roofscape::search
