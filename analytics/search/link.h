// How a measured value follows from the damage of a point: a rising curve through what was measured.
//
// Top-1, agreement, loss: whatever is measured grows worse with the divergence of the outputs from fp32, slowly at
// first and then quickly. No formula is assumed: isotonic regression (pool adjacent violators) over the logarithm of
// the damage, smoothed by a Gaussian kernel, which keeps it rising.
//
//   const Link link = Link::fit(samples, /*scale=*/0.1);
//   link.at(std::log(damage));            // minimised value, such as -top1
//   link.deviation(std::log(damage));     // how far measured values lie from the curve there
//   link.inverse(limit);                  // the largest logarithm of damage at which the curve holds the limit
#pragma once

#include <vector>

namespace roofscape::search {

class Link {
 public:
  struct Sample {
    double log_damage = 0;
    double value = 0;
    double weight = 1;
    // Whether it says how far values scatter: not where it comes from other images.
    bool scatters = true;
  };
  // At least one sample. `scale`: a difference of values that matters to people, by which the scatter is judged while
  // few samples are there.
  static Link fit(std::vector<Sample> samples, double scale);

  double at(double log_damage) const;
  double deviation(double log_damage) const;
  // +infinity where all of the curve holds the limit, -infinity where none does.
  double inverse(double limit) const;

 private:
  double interpolated(const std::vector<double>& nodes, double log_damage) const;

  double low_ = 0, step_ = 1;  // places of the nodes
  std::vector<double> values_, deviations_;
};

}  // namespace roofscape::search
