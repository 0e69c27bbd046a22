// The cliff: a memory that is a little too small for a network makes the next one outward bind, and time jumps.
#pragma once

#include <string>
#include <vector>

#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// One sentence for each memory that does not hold weights and working set while one farther out binds layers: by how
// much it misses, and what share of the time would be saved if it held them (priced with room enough there). Machines
// that run one layer after the other only.
std::vector<std::string> cliffs(const Machine& machine, const Network& network, const Demand& demand,
                                const EstimateOptions& options, const NetworkCost& cost);

}  // namespace roofscape::cost
