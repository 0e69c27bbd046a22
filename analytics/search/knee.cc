#include "analytics/search/knee.h"

#include <algorithm>

#include "analytics/base/status.h"

namespace roofscape::search {
namespace {

struct Regret {
  double largest = 0, sum = 0;
  // By more than rounding, so that equal designs are a tie on every machine.
  bool below(const Regret& other) const {
    constexpr double kRounding = 1e-12;
    if (largest < other.largest - kRounding) return true;
    return largest < other.largest + kRounding && sum < other.sum - kRounding;
  }
};

}  // namespace

std::size_t knee_point(std::span<const Values> points, std::span<const std::size_t> candidates,
                       std::span<const double> noise) {
  RS_CHECK(!candidates.empty());
  Values best = points[candidates[0]], worst = best;
  for (const Values& point : points)
    for (std::size_t i = 0; i < noise.size(); ++i) {
      best[i] = std::min(best[i], point[i]);
      worst[i] = std::max(worst[i], point[i]);
    }
  const auto regret_of = [&](std::size_t index) {
    Regret regret;
    for (std::size_t i = 0; i < noise.size(); ++i) {
      const double range = std::max(worst[i] - best[i], noise[i]);
      const double share = range > 0 ? (points[index][i] - best[i]) / range : 0;
      regret.largest = std::max(regret.largest, share);
      regret.sum += share;
    }
    return regret;
  };
  std::size_t knee = candidates[0];
  Regret least = regret_of(knee);
  for (const std::size_t candidate : candidates.subspan(1)) {
    const Regret regret = regret_of(candidate);
    if (!regret.below(least)) continue;
    knee = candidate;
    least = regret;
  }
  return knee;
}

}  // namespace roofscape::search
