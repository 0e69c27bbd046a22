// Price of a network as a streaming design on an FPGA: every layer a unit of its own, all at work at once.
//
//   interval = cycles of the slowest unit, or of the transfers at both ends with the weights that do not fit on chip
//   latency of a batch = time until the first image is through + (batch − 1) · interval
//
// The first image is followed through the pipeline: a unit starts when its window has come in and ends when it has done
// its cycles or its input has ended, whichever is later; a join waits for its later branch, and the earlier one is
// buffered meanwhile. UltraRAM is left unused.
#pragma once

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/fpga_folding.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// `machine` has a fabric.
NetworkCost streaming_design(const Machine& machine, const Network& network, const Demand& demand, std::int64_t batch,
                             FoldingCache* cache);

// Cycles from the first input of one image to its last output; `cycles` of each layer, 0 of those without a unit.
double pipeline_latency(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& cycles,
                        double inbound);
// 18-kbit block memories that hold the earlier branches of joins until the later ones have come.
double join_buffers(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& bits);

}  // namespace roofscape::cost
