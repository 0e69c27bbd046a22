// Puts a price into words: roofs, fallbacks, what is missing, what was assumed.
#pragma once

#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/model.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Fills layers, roofs, binding_roof, why it does not fit, missing and notes; the numbers of the whole are there
// already.
void describe(const Model& model, const Network& network, const Demand& demand, const NetworkCost& cost,
              Estimate* estimate);

// Why it has no room, or why that is not known.
void describe_fit(const Machine& machine, const NetworkCost& cost, Estimate* estimate);

// What holds for any network on the machine: assumptions in reading it, the host's share, where energy comes from.
void describe_machine(const Machine& machine, Estimate* estimate);

}  // namespace roofscape::cost
