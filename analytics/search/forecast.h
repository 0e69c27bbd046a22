// What is expected of one value that is not measured yet: a normal distribution behind a rising transform.
//
// Accuracy falls slowly at first and then off a cliff; on a logarithmic scale of the drop both parts are learned well.
// A value that is known exactly is a forecast without deviation.
#pragma once

#include <cmath>

namespace roofscape::search {

// A rising map of a minimised value: either the value itself, capped where nothing matters any more, or the logarithm
// of its distance from the best value seen.
struct Transform {
  bool logarithmic = false;
  double low = 0;         // the best value
  double offset = 1;      // log(value − low + offset)
  double cap = HUGE_VAL;  // larger values count as this one

  double forward(double value) const;
  double back(double transformed) const;
};

struct Forecast {
  double mean = 0, deviation = 0;  // of the transformed value
  Transform transform;

  static Forecast exactly(double value) { return {value, 0, {}}; }
  // That the value is at most `limit`.
  double probability_below(double limit) const;
  double median() const { return transform.back(mean); }
};

// Of the standard normal distribution.
double normal_cdf(double x);

}  // namespace roofscape::search
