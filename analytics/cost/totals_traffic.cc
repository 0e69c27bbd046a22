#include "analytics/cost/totals_traffic.h"

#include <algorithm>
#include <array>

namespace roofscape::cost {
namespace {

// What layers without weights add, as shares of what those with weights have, and which share of an array's peak the
// whole reaches (of 16 x 16 x 8 lanes with a vector unit; depthwise convolutions leave most of them idle): medians over
// the networks of the zoo.
struct Usual {
  double starts, moves, fills;
};
constexpr std::array<Usual, kNetworkKinds> kUsual = {{
    {0.35, 0.70, 0.65},  // plain
    {0.40, 0.40, 0.30},  // separable
    {0.33, 0.55, 0.65},  // grouped
    {1.00, 4.50, 0.55},  // concat
    {0.70, 0.70, 0.65},  // hybrid
    {0.40, 0.60, 0.85},  // transformer
    {0.40, 0.60, 0.85},  // text
}};

Usual usual(const Traits& traits) {
  return traits.is_dense() ? Usual{0, 0, 1} : kUsual[static_cast<std::size_t>(traits.kind)];
}

}  // namespace

double usual_starts(const Traits& traits) { return traits.layers * (1 + usual(traits).starts); }

double usual_fill(const Traits& traits) { return usual(traits).fills; }

// Of the zoo's separable networks 2.6 to 6.5 for each activation, of MobileNets about 3.3.
double usual_depthwise_macs(const Traits& traits) {
  constexpr double kOfActivation = 3.5;
  return traits.kind == NetworkKind::kSeparable ? kOfActivation * traits.activations : 0;
}

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
  const Passing streamed{weights, 2 * (1 + usual(traits).moves) * written * batch};
  if (working > inside.activations) return streamed;
  const Passing in_parts{weights * std::max(1.0, working * batch / inside.activations), ends * batch};
  return in_parts.weights + in_parts.activations < streamed.weights + streamed.activations ? in_parts : streamed;
}

}  // namespace roofscape::cost
