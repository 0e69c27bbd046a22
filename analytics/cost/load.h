// What a network asks of one machine, in the few sums on which calibrated efficiency depends (features.h).
#pragma once

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/features.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"
#include "analytics/cost/traits.h"

namespace roofscape::cost {

// Index of the peak that computes a network in one pair of formats throughout; fails with kFailedPrecondition where
// none holds it.
Result<int> ceiling_of_formats(const Machine& machine, const NumberFormat& weight, const NumberFormat& activation);

// The most that an inner memory has for weights; 0: none is known.
Bytes room_inside(const Machine& machine);

// Of a batch the images that are worked on as one: where engines take an image each, one.
double images_at_once(const Machine& machine, double batch);

// Shares of weights and activations that are not 0.
struct Density {
  double weights = 1, activations = 1;
};

// Of a network known by its totals alone, computed in one pair of formats throughout. Fails with kFailedPrecondition
// where no ceiling of the machine holds it.
Result<Load> load_of(const Machine& machine, const Traits& traits, const NumberFormat& weight,
                     const NumberFormat& activation, double batch, const Density& density = {});
// Of a network that has been priced: its operations as its layers' ceilings take them.
Load load_of(const Machine& machine, const Demand& demand, const NetworkCost& cost);

// Of a variant with so many times the multiply-accumulates, parameters and activations: arithmetic, weights and traffic
// grow with them, launches stay.
struct Growth {
  double macs = 1, parameters = 1, activations = 1;
};
Load scaled(const Load& load, const Growth& by);

// Of a streaming design that takes `time` for a batch in steady state: there is no ceiling but the design itself,
// whatever its formats.
Load load_of_streaming(const Demand& demand, Seconds time);

}  // namespace roofscape::cost
