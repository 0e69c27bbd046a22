#include "analytics/search/forecast.h"

#include <algorithm>

namespace roofscape::search {

double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752); }

double Transform::forward(double value) const {
  const double capped = std::min(value, cap);
  return logarithmic ? std::log(std::max(capped - low, 0.0) + offset) : capped;
}

double Transform::back(double transformed) const {
  return logarithmic ? std::exp(transformed) - offset + low : transformed;
}

double Forecast::probability_below(double limit) const {
  if (limit >= transform.cap) return 1;
  if (deviation <= 0) return mean <= transform.forward(limit) ? 1 : 0;
  return normal_cdf((transform.forward(limit) - mean) / deviation);
}

}  // namespace roofscape::search
