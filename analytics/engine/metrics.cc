#include <algorithm>
#include <cmath>

#include "analytics/engine/engine.h"

namespace roofscape::engine {
namespace {

constexpr double kUnit = 1 << 20;

// Wilson's score interval at 95 %: for a share p of n, (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
Interval wilson(double share, double n) {
  constexpr double kZ = 1.959963984540054;
  constexpr double kSquare = kZ * kZ;
  const double centre = share + kSquare / (2 * n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kSquare / (4 * n * n));
  const double scale = 1 + kSquare / n;
  // At shares of 0 and 1 one end is exact; rounding must not push it beyond.
  return {share == 0 ? 0 : std::max(0.0, (centre - half) / scale),
          share == 1 ? 1 : std::min(1.0, (centre + half) / scale)};
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  images += other.images;
  top1 += other.top1;
  top5 += other.top5;
  agree += other.agree;
  loss_fixed += other.loss_fixed;
  snr_fixed += other.snr_fixed;
  divergence_fixed += other.divergence_fixed;
  lost += other.lost;
  won += other.won;
  overflows += other.overflows;
  return *this;
}

Metrics metrics(const Counts& counts) {
  Metrics result;
  if (counts.images == 0) {
    result.top1_interval = {0, 1};
    return result;
  }
  const auto n = static_cast<double>(counts.images);
  result.top1 = static_cast<double>(counts.top1) / n;
  result.top5 = static_cast<double>(counts.top5) / n;
  result.agreement = static_cast<double>(counts.agree) / n;
  result.top1_interval = wilson(result.top1, n);
  result.loss = static_cast<double>(counts.loss_fixed) / kUnit / n;
  result.snr_db = static_cast<double>(counts.snr_fixed) / kUnit / n;
  result.divergence = static_cast<double>(counts.divergence_fixed) / kUnit / n;
  return result;
}

}  // namespace roofscape::engine
