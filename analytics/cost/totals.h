// From the cost of a batch to the numbers of an estimate: intervals, energy an image, energy at the wall.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// What there is beside the layers: the host's time, which prepares the next batch while the device works on this one,
// and what follows of it for energy.
void finish(const Machine& machine, std::int64_t batch, NetworkCost* cost);

// Of `demand` only the bytes of weights and the peak of activations are read. Energy as measured has its own interval,
// of which no end lies below static power × time. Where energy is power × time its interval is that of time; where it
// is of operations and bytes, only what static power takes is uncertain with time. Where static power is not known,
// operations and bytes are the least, and peak power for as long as the time's interval lasts the most. No interval
// goes above that.
Totals totals_of(const Machine& machine, const Demand& demand, const NetworkCost& cost, std::int64_t batch);

}  // namespace roofscape::cost
