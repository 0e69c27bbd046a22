// What uses of methods do to variables, told from a few that were measured.
//
//   DamageFit fit(std::log(0.02));              // that where nothing was measured
//   fit.add(variable, use, std::log(damage));   // any number of times
//   fit.solve();
//   const double logarithm = fit.of(other_variable, other_use);
//
// The logarithm of damage is taken for a sum: of the mean, the variable, the method, the value of each knob, and the
// setting as a whole. The parts are fitted in turn, each to the mean of what the others leave, drawn towards 0
// (backfitting), so that a variable on which harmful methods were tried is not taken for a sensitive one.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "analytics/explore/space.h"

namespace roofscape::explore {

class DamageFit {
 public:
  // `otherwise`: the logarithm where nothing was measured.
  explicit DamageFit(double otherwise) : mean_(otherwise) {}

  void add(std::size_t variable, const Use& use, double logarithm);
  void solve();
  // A number that was never seen does what the nearest one does; anything else new does nothing of its own.
  double of(std::size_t variable, const Use& use) const;

 private:
  struct Part {
    std::string name;
    double shrink = 0;   // as of so many measurements of 0
    std::string knob{};  // of a number: the knob's name
    double number = 0;
  };
  struct Effect {
    double value = 0, shrink = 0;
    std::vector<std::size_t> rows{};
  };

  static std::vector<Part> parts_of(std::size_t variable, const Use& use);
  double effect(const Part& part) const;

  double mean_;
  std::vector<double> logarithms_;
  std::map<std::string, Effect> effects_;
  std::map<std::string, std::map<double, std::string>> numbers_;  // of each knob that takes numbers: those seen
};

}  // namespace roofscape::explore
