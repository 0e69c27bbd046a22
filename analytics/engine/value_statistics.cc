#include "analytics/engine/value_statistics.h"

#include <algorithm>
#include <limits>

namespace roofscape::engine {

StatisticsSum::StatisticsSum(const Shape& shape) : elements_(element_count(shape)), channels_(1), run_(1) {
  const bool image = shape.size() == 3;
  if (!shape.empty()) channels_ = image ? shape[0] : shape.back();
  if (image) run_ = shape[1] * shape[2];
  const auto channels = static_cast<std::size_t>(channels_);
  min_.assign(channels, std::numeric_limits<float>::infinity());
  max_.assign(channels, -std::numeric_limits<float>::infinity());
  sum_.assign(channels, 0.0);
  zeros_.assign(channels, 0);
}

void StatisticsSum::add(const float* values, std::int64_t count) {
  images_ += count;
  histogram_.add(std::span(values, static_cast<std::size_t>(count * elements_)));
  for (std::int64_t first = 0; first < count * elements_; first += run_) {
    const auto channel = static_cast<std::size_t>(first / run_ % channels_);
    float low = min_[channel];
    float high = max_[channel];
    double sum = 0;
    std::int64_t zeros = 0;
    for (std::int64_t i = first; i < first + run_; ++i) {
      low = values[i] < low ? values[i] : low;
      high = values[i] > high ? values[i] : high;
      sum += values[i];
      zeros += values[i] == 0 ? 1 : 0;
    }
    min_[channel] = low;
    max_[channel] = high;
    sum_[channel] += sum;
    zeros_[channel] += zeros;
  }
}

void StatisticsSum::merge(const StatisticsSum& later) {
  images_ += later.images_;
  histogram_.merge(later.histogram_);
  for (std::size_t c = 0; c < sum_.size(); ++c) {
    min_[c] = std::min(min_[c], later.min_[c]);
    max_[c] = std::max(max_[c], later.max_[c]);
    sum_[c] += later.sum_[c];
    zeros_[c] += later.zeros_[c];
  }
}

ValueStatistics StatisticsSum::finish() const {
  ValueStatistics result;
  result.channel_min = min_;
  result.channel_max = max_;
  const double values = static_cast<double>(images_) * static_cast<double>(elements_);
  for (std::size_t c = 0; c < sum_.size(); ++c) {
    if (min_[c] > max_[c]) result.channel_min[c] = result.channel_max[c] = 0;  // nothing but NaN
    result.channel_mean.push_back(sum_[c] * static_cast<double>(channels_) / values);
    result.channel_zeros.push_back(static_cast<double>(zeros_[c] * channels_) / values);
  }
  result.min = *std::min_element(result.channel_min.begin(), result.channel_min.end());
  result.max = *std::max_element(result.channel_max.begin(), result.channel_max.end());
  result.histogram = histogram_;
  return result;
}

}  // namespace roofscape::engine
