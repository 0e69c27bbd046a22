#include "analytics/search/forecast.h"

#include <cmath>

namespace roofscape::search {

double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752); }

Forecast Forecast::exactly(double value) {
  Forecast forecast;
  forecast.centres[0] = value;
  return forecast;
}

double Forecast::probability_below(double limit) const {
  if (certain) return centres[0] <= limit ? 1 : 0;
  double sum = 0;
  for (std::size_t i = 0; i < kNodes; ++i)
    sum += kWeights[i] * (width > 0 ? normal_cdf((limit - centres[i]) / width) : centres[i] <= limit ? 1.0 : 0.0);
  return sum;
}

}  // namespace roofscape::search
