// Energy of a priced network, from the best figures that the platform has:
//
//   0. what measurements of the platform or its family say (docs/calibration.md), with an interval of its own;
//   1. else operations × energy an operation + bytes through each memory × energy a byte, + static power × time if
//   known;
//   2. else peak power × time, an upper bound that the estimate's notes admit. Where layers run at once and images
//      overlap, the time is that between two images, or an image would be charged for its neighbours;
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
// In place of that, where the machine has a calibration of energy: that of a batch of a network of these traits that
// asks this of the machine, shared out by the layers' times, where there are any.
void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, std::int64_t batch,
                         NetworkCost* cost);
// Layers that run at once: of each image power over rate, the host's included; shared out by operations.
void set_pipeline_energy(const Machine& machine, double batch, NetworkCost* cost);

// No more than peak power for as long as images last, where it is stated: of energy as measured, and of operations and
// bytes, all shares are taken down alike.
void keep_below_peak_power(const Machine& machine, std::int64_t batch, NetworkCost* cost);

}  // namespace roofscape::cost
