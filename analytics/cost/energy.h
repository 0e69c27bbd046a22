// Energy of a priced network, from the best figures that the platform has:
//
//   1. operations × energy an operation + bytes through each memory × energy a byte, + static power × time if known;
//   2. else peak power × time, an upper bound that the estimate's notes admit;
//   3. else nothing, and the estimate lists what is missing.
//
// One rule for all layers, so that they add up.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Layers that run one after the other: needs ops, ceiling and time of each.
void set_energy(const Machine& machine, const Demand& demand, std::int64_t batch, NetworkCost* cost);
// Layers that run at once: the power of the whole is shared out by operations.
void set_pipeline_energy(const Machine& machine, NetworkCost* cost);

}  // namespace roofscape::cost
