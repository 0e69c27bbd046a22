#include "analytics/cost/totals_traffic.h"

#include <algorithm>
#include <array>

namespace roofscape::cost {
namespace {

// What layers without weights add, as shares of what those with weights have: medians over the networks of the zoo.
struct Beside {
  double starts, moves;
};
constexpr std::array<Beside, kNetworkKinds> kBeside = {{
    {0.35, 0.70},  // plain
    {0.40, 0.40},  // separable
    {0.33, 0.55},  // grouped
    {1.00, 4.50},  // concat
    {0.70, 0.70},  // hybrid
    {0.90, 0.85},  // transformer
}};

Beside beside(const Traits& traits) {
  return traits.is_dense() ? Beside{0, 0} : kBeside[static_cast<std::size_t>(traits.kind)];
}

}  // namespace

double usual_starts(const Traits& traits) { return traits.layers * (1 + beside(traits).starts); }

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
  const Passing streamed{weights, 2 * (1 + beside(traits).moves) * written * batch};
  if (working > inside.activations) return streamed;
  const Passing in_parts{weights * std::max(1.0, working * batch / inside.activations), ends * batch};
  return in_parts.weights + in_parts.activations < streamed.weights + streamed.activations ? in_parts : streamed;
}

}  // namespace roofscape::cost
