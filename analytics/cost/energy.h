// Energy of a priced network, from the best figures that the platform has:
//
//   0. what measurements of the platform or its family say (docs/calibration.md), with an interval of its own, and
//   never
//      less than the device takes while idle: measured energies and times are learned apart, so that their quotient may
//      be a power that no device has;
//   1. else operations × energy an operation + bytes through each memory × energy a byte, + static power × time if
//   known;
//   2. else peak power × time, an upper bound that the estimate's notes admit. Where layers run at once and images
//      overlap, the time is that between two images, or an image would be charged for its neighbours;
//   3. else nothing, and the estimate lists what is missing.
//
// One rule for all layers, so that they add up; what the device takes while it waits for its host is no layer's.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/cost/energy_parts.h"
#include "analytics/cost/features.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Layers that run one after the other: needs ops, ceiling and time of each.
void set_energy(const Machine& machine, const Demand& demand, std::int64_t batch, NetworkCost* cost);
// In place of that, where the machine has a calibration of energy: that of a batch of a network of these traits that
// asks this of the machine.
void set_measured_energy(const Machine& machine, const Traits& traits, const Load& load, std::int64_t batch,
                         NetworkCost* cost);
// Layers that run at once: of each image power over rate; shared out by operations.
void set_pipeline_energy(const Machine& machine, double batch, NetworkCost* cost);

// On what the energy of `cost` rests.
EnergyBasis basis_of(const Machine& machine, const NetworkCost& cost);

// Peak power for so long, of which static power is a part where it is known. `machine` states its peak power.
EnergyParts at_peak_power(const Machine& machine, Seconds time);

// Once it is known for how long the device is busy with a batch and, as a host may take longer, when the next one
// starts: adds what it takes while it waits, tells measured energy apart from static power, and keeps power between the
// two that the platform states.
void settle_energy(const Machine& machine, Seconds busy, Seconds until_next, NetworkCost* cost);

}  // namespace roofscape::cost
