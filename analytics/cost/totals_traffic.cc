#include "analytics/cost/totals_traffic.h"

namespace roofscape::cost {

Bytes working_set(const Traits& traits, double activation_bits) {
  constexpr double kLargestToMean = 4;
  const Bytes written(traits.activations * activation_bits / 8.0);
  return 2 * kLargestToMean / traits.layers * written;
}

Passing passing_of_totals(const Traits& traits, Bytes weights, double activation_bits, const Room& inside,
                          double batch) {
  const Bytes written(traits.activations * activation_bits / 8.0), ends(traits.input * activation_bits / 8.0);
  const Bytes working = working_set(traits, activation_bits);
  if (weights + working <= inside.weights) return {Bytes(0), ends * batch};
  return {weights, (working * batch <= inside.activations ? ends : 2 * written) * batch};
}

}  // namespace roofscape::cost
