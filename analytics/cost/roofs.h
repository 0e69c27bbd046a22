// The roofs of a platform that matter for a network: what a roofline is drawn of.
//
//   for (const RoofLine& roof : roofs_of(machine, network, demand, cost)) roof.name, roof.arithmetic, roof.memory
//
// Of the arithmetics those in which its layers run, and fp32 to compare; of the memories those of which a bandwidth is
// known. All as the platform states them, before anything that measurements say. Programmable logic has no arithmetic
// of its own: there each that a layer asks for has the roof of what it sits in, multiplier blocks or look-up tables, if
// all of these did nothing else.
#pragma once

#include <vector>

#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Arithmetics, then memories, the fastest of each first.
std::vector<RoofLine> roofs_of(const Machine& machine, const Network& network, const Demand& demand,
                               const NetworkCost& cost);

}  // namespace roofscape::cost
