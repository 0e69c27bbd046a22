#include "analytics/cost/relatives.h"

#include <cmath>

namespace roofscape::cost {
namespace {

// Published counts of one network differ by as much: with and without the first layer, biases, or the last classes.
constexpr double kMacs = 0.06, kParameters = 0.12;

double squared_distance(double known, double of, double unit) {
  const double apart = std::log(of / known) / unit;
  return apart * apart;
}

}  // namespace

Relative relative_of(const Traits& traits) {
  return {traits.kind, traits.macs, traits.parameters_are_guessed ? 0 : traits.parameters};
}

double likeness(const Relative& known, const Traits& of) {
  if (known.kind != of.kind) return 0;
  double distance = squared_distance(known.macs, of.macs, kMacs);
  if (known.parameters > 0 && !of.parameters_are_guessed)
    distance += squared_distance(known.parameters, of.parameters, kParameters);
  return std::exp(-distance / 2);
}

}  // namespace roofscape::cost
