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

bool know_parameters(const Relative& known, const Traits& of) {
  return known.parameters > 0 && !of.parameters_are_guessed;
}

bool know_input(const Relative& known, const Traits& of) { return known.input > 0 && !of.input_is_guessed; }

}  // namespace

Relative relative_of(const Traits& traits) {
  return {traits.kind, traits.macs, traits.parameters_are_guessed ? 0 : traits.parameters,
          traits.input_is_guessed ? 0 : traits.input};
}

double likeness(const Relative& known, const Traits& of) {
  if (known.kind != of.kind) return 0;
  double distance = know_input(known, of) ? squared_distance(known.macs / known.input, of.macs / of.input, kMacs)
                                          : squared_distance(known.macs, of.macs, kMacs);
  if (know_parameters(known, of)) distance += squared_distance(known.parameters, of.parameters, kParameters);
  return std::exp(-distance / 2);
}

bool asks_no_less(const Traits& of, const Relative& known) {
  return of.kind == known.kind && of.macs >= known.macs && (!know_input(known, of) || of.input >= known.input) &&
         (!know_parameters(known, of) || of.parameters >= known.parameters);
}

bool asks_no_more(const Traits& of, const Relative& known) {
  return of.kind == known.kind && of.macs <= known.macs && (!know_input(known, of) || of.input <= known.input) &&
         (!know_parameters(known, of) || of.parameters <= known.parameters);
}

}  // namespace roofscape::cost
