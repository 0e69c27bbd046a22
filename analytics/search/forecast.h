// What is expected of one value: known exactly, or a few normal distributions of one width, each with its weight.
//
// A measured value follows from the damage of a point, which is uncertain itself, along a curve that is flat at first
// and then falls off a cliff. So its distribution is not normal; but it is at each of a few values of the damage
// (Gauss-Hermite nodes), with what the curve leaves open as its width.
//
//   Forecast f = Forecast::of([&](double t) { return curve(mean + deviation * t); }, width);
//   f.probability_below(limit);
#pragma once

#include <array>
#include <cstddef>

namespace roofscape::search {

struct Forecast {
  static constexpr std::size_t kNodes = 5;

  bool certain = true;
  std::array<double, kNodes> centres{};  // the middle one first; certain: that one alone counts
  double width = 0;                      // standard deviation around each centre

  static Forecast exactly(double value);
  // `at(t)`: the value where what it depends on lies t standard deviations above its mean.
  template <typename At>
  static Forecast of(const At& at, double width) {
    Forecast forecast;
    forecast.certain = false;
    for (std::size_t i = 0; i < kNodes; ++i) forecast.centres[i] = at(kPlaces[i]);
    forecast.width = width;
    return forecast;
  }

  // That the value is at most `limit`.
  double probability_below(double limit) const;
  double median() const { return centres[0]; }

 private:
  // Five-point Gauss-Hermite quadrature for the standard normal distribution.
  static constexpr std::array<double, kNodes> kPlaces = {0, -1.355626179974266, 1.355626179974266, -2.856970013872806,
                                                         2.856970013872806};
  static constexpr std::array<double, kNodes> kWeights = {8.0 / 15, 0.2220759220056126, 0.2220759220056126,
                                                          0.0112574113277207, 0.0112574113277207};
};

// Of the standard normal distribution.
double normal_cdf(double x);

}  // namespace roofscape::search
