// Adds up the statistics of one value over pieces of a batch, and of batches in their order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/network/statistics.h"
#include "analytics/network/tensor.h"

namespace roofscape::engine {

class StatisticsSum {
 public:
  explicit StatisticsSum(const Shape& shape);

  // Adds `count` images, plain fp32. NaN is not counted in ranges.
  void add(const float* values, std::int64_t count);
  // Adds the images of a later batch. Sums are merged batch by batch, so that threads cannot change them.
  void merge(const StatisticsSum& later);
  ValueStatistics finish() const;

 private:
  // Elements of one image, and those after one another that share a channel; channels repeat after channels·run.
  std::int64_t elements_, channels_, run_;
  std::int64_t images_ = 0;
  std::vector<float> min_, max_;
  std::vector<double> sum_;
  std::vector<std::int64_t> zeros_;
  Histogram histogram_;
};

}  // namespace roofscape::engine
