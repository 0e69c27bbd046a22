// Which uses of methods to try alone where not all can be: those that together teach most.
//
//   const std::vector<std::size_t> chosen = spread(uses, 120);   // uses[i] = {variable, use}; indices into `uses`
//
// Every so-many-th of a list would not do: a list of combinations has periods, and one that falls in with them sees
// the same value of a knob every time. So each choice here is the one that is worth most beside those before it: a
// value of a knob that was not seen yet, above all, then a variable, a method, and the two together, each worth less
// the oftener it was seen. Uses are worth less, the more of their knobs are away from the default: what a value does
// shows best while all else is as usual.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/explore/space.h"

namespace roofscape::explore {

struct PlacedUse {
  std::size_t variable = 0;
  const Use* use = nullptr;
};
// At most `most`, distinct, in the order of choosing; of equal ones the first.
std::vector<std::size_t> spread(std::span<const PlacedUse> uses, std::size_t most);

}  // namespace roofscape::explore
