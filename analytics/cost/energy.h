// Energy of a priced network, from the best figures that the platform has:
//
//   0. what measurements of the platform or its family say (docs/calibration.md), with an interval of its own;
//   1. else operations × energy an operation + bytes through each memory × energy a byte, + static power × time if
//   known;
//   2. else peak power × time, an upper bound that the estimate's notes admit;
//   3. else nothing, and the estimate lists what is missing.
//
// One rule for all layers, so that they add up.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/cost/features.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Layers that run one after the other: needs ops, ceiling and time of each.
void set_energy(const Machine& machine, const Demand& demand, std::int64_t batch, NetworkCost* cost);
// In place of that, where the machine has a calibration of energy: shared out by the layers' times. Needs those as
// well.
void set_measured_energy(const Machine& machine, const Network& network, const Demand& demand,
                         const EstimateOptions& options, NetworkCost* cost);
// Of a network of these traits that asks this of the machine, for a batch.
void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, double batch,
                         NetworkCost* cost);
// Layers that run at once: the power of the whole is shared out by operations.
void set_pipeline_energy(const Machine& machine, NetworkCost* cost);

}  // namespace roofscape::cost
