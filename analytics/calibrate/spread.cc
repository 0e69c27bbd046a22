#include "analytics/calibrate/spread.h"

#include <algorithm>
#include <cmath>

namespace roofscape::calibrate {
namespace {

// A residual counts at most this much into a spread: factors beyond e^1.5 are other faults than noise.
constexpr double kMostResidual = 1.5;

}  // namespace

double spread_of(std::span<const double> residuals, double prior, double prior_rows) {
  double sum = prior * prior * prior_rows;
  for (const double value : residuals) {
    const double bounded = std::clamp(value, -kMostResidual, kMostResidual);
    sum += bounded * bounded;
  }
  return std::sqrt(sum / std::max(prior_rows + static_cast<double>(residuals.size()), 1.0));
}

}  // namespace roofscape::calibrate
