// How often a layer that no inner memory holds reads its weights and its inputs from farther out.
//
// Once each where either has room inside, and else the least of three orders of loops, each with all of its room:
//
//   weights in groups   inputs are read anew for each group             W / room
//   inputs in parts     weights are read anew for each part             I / room
//   sums in blocks      of 32 bits, of some filters at some positions:  inputs × f + weights × p, f · p = S / room
//
// of which the last is least where f = √(S / room · W / I), the bound of Hong and Kung for a matrix product (STOC
// 1981). Groups of a convolution run one after the other, and share neither weights nor inputs.
//
//   const Rereads times = least_rereads({.weights = w, .inputs = i, .sums = s}, room_of(inner_memories));
//   w * times.weights + i * times.inputs;
//
// A lower bound: parts are not whole numbers, what streams past takes no room, and neighbouring parts of an image share
// no rows. So it is smooth, rises with weights, inputs and sums, and falls with room.
#pragma once

#include "analytics/base/units.h"
#include "analytics/cost/memory.h"

namespace roofscape::cost {

struct Operands {
  Bytes weights, inputs, sums;  // once each, of a whole batch
  double groups = 1;
};

// At least 1 each.
struct Rereads {
  double weights = 1, inputs = 1;
};

// The one for which `weight_price` × weights + inputs is least. Rooms of 0 bytes, of which nothing is known, hold
// nothing; where there are no others, both are read once.
Rereads least_rereads(const Operands& of, const Room& room, double weight_price = 1);

}  // namespace roofscape::cost
