// Brings the times of a roofline to where measurements say they are.
#pragma once

#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Stretches the layers' times so that with the host's share they add up to the calibrated time of a batch of which no
// image leaves early, and sets the interval. Never shortens: each layer keeps what its roofs and its launch ask for.
//
// What the network takes on top is dealt out to the layers: in proportion to their times, or, `by_layer`, to what each
// would take on top by itself, by the same efficiencies. The sum is the same.
void apply_calibration(const Machine& machine, const Network& network, const Demand& demand,
                       const EstimateOptions& options, NetworkCost* cost);
// The same of a streaming design: latency and interval between images are stretched alike, and what each unit is busy
// stays as it is.
void apply_streaming_calibration(const Machine& machine, const Network& network, const Demand& demand, double batch,
                                 NetworkCost* cost);

}  // namespace roofscape::cost
