#include "analytics/explore/race.h"

#include <algorithm>
#include <cmath>

namespace roofscape::explore {
namespace {

constexpr std::int64_t kFirstLook = 128;
// Below so many images that were lost or won the normal distribution says little.
constexpr std::int64_t kLeastDifferences = 12;

// z with P(Z > z) = p for the standard normal distribution; p below 1/2. By bisection of erfc: exact enough, and the
// same everywhere.
double upper_quantile(double p) {
  double low = 0, high = 40;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::sqrt(2.0)) > p ? low : high) = middle;
  }
  return high;
}

}  // namespace

std::vector<std::int64_t> looks(std::int64_t total, std::int64_t batch) {
  std::vector<std::int64_t> all = {total};
  for (std::int64_t images = total / 2; images >= kFirstLook; images /= 2) {
    const std::int64_t whole = images / batch * batch;
    if (whole < kFirstLook) break;
    if (whole < all.back()) all.push_back(whole);
  }
  std::reverse(all.begin(), all.end());
  return all;
}

double expected_top1(const engine::Counts& so_far, const RaceTerms& terms) {
  const double difference =
      static_cast<double>(so_far.won - so_far.lost) / static_cast<double>(std::max<std::int64_t>(so_far.images, 1));
  return std::clamp(static_cast<double>(terms.base_top1) / static_cast<double>(terms.total) + difference, 0.0, 1.0);
}

bool out(const engine::Counts& so_far, const RaceTerms& terms) {
  if (terms.confidence >= 1 || so_far.images >= terms.total) return false;
  const std::int64_t left = terms.total - so_far.images;
  if (static_cast<double>(so_far.top1 + left) < terms.needed) return true;  // even if it were right on all others
  if (so_far.lost + so_far.won < kLeastDifferences) return false;
  const auto n = static_cast<double>(so_far.images), total = static_cast<double>(terms.total);
  const double mean = static_cast<double>(so_far.won - so_far.lost) / n;
  const double variance = static_cast<double>(so_far.won + so_far.lost) / n - mean * mean;
  // What the images not seen may still change: their mean differs from the sample's by this, in the mean square.
  const double deviation = std::sqrt(std::max(variance, 1 / n) / n * static_cast<double>(left) / (total - 1));
  const double z = upper_quantile((1 - terms.confidence) / static_cast<double>(terms.looks));
  const double most = static_cast<double>(terms.base_top1) + total * (mean + z * deviation + 0.5 / n);
  return most < terms.needed;
}

}  // namespace roofscape::explore
