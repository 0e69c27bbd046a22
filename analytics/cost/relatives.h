// Networks that were measured, and how like another network they are: by kind, multiply-accumulates for each position
// of the input, and parameters, never by name. What rows say of one network holds for the same network elsewhere,
// whatever it is called there, and at other resolutions.
//
//   const Relative resnet = relative_of(traits);
//   likeness(resnet, traits_of_the_same_network);      // 1; of one with 12 % more multiply-accumulates 0.14
#pragma once

#include "analytics/cost/traits.h"

namespace roofscape::cost {

struct Relative {
  NetworkKind kind = NetworkKind::kPlain;
  double macs = 0, parameters = 0;  // of one image; parameters 0: not known
  double input = 0;                 // positions; 0: not known

  friend bool operator==(const Relative&, const Relative&) = default;
};
Relative relative_of(const Traits& traits);

// From 0 to 1, smooth in the counts: exp(−d²/2) for d² the squares of the counts' logarithms apart, in units in which
// files of measurements differ on one and the same network. 0 for another kind.
double likeness(const Relative& known, const Traits& of);

// Whether a network asks for no less than it: of multiply-accumulates and, where they are known of both, of
// input and parameters; and the other way round. Of another kind: neither.
bool asks_no_less(const Traits& of, const Relative& known);
bool asks_no_more(const Traits& of, const Relative& known);

}  // namespace roofscape::cost
