// Price of a network as a streaming design on an FPGA: every layer a unit of its own, all at work at once.
//
//   interval = cycles of the slowest node of any kind (fpga_nodes.h): matrix units, windows, padding, pools, sums, the
//              streams of the input and the output (64 bits a cycle each); or what DRAM is busy for an image, with the
//              weights that do not fit on chip
//   images a second = clock / interval, so that at half the clock a design that does not wait for DRAM does half
//   latency of a batch = time until the first image is through + (batch − 1) · interval
//   energy of an image = power · time between images
//
// A layer's time is what its unit is busy for the batch, with the input's stream beside the input and the output's with
// the last layer: none is busier than interval · batch, and unless DRAM sets the interval the busiest is as busy.
// Resources, times and rate are of one design. Nothing of it is learned of other designs: formulas and the device's
// figures alone.
//
// The first image is followed through the pipeline: a unit starts when its window has come in and ends when it has done
// its cycles or its input has ended, whichever is later; a join waits for its later branch, and the earlier one is
// buffered meanwhile. Streams are taken to fork without delay. UltraRAM holds weights alone.
#pragma once

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/fpga_folding.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// `machine` has a fabric. Of its host's time, which the caller adds, only the energy knows.
NetworkCost streaming_design(const Machine& machine, const Network& network, const Demand& demand, std::int64_t batch,
                             FoldingCache* cache);

// Cycles from the first input of one image to its last output; `cycles` of each layer, 0 of those without a unit.
double pipeline_latency(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& cycles,
                        double inbound);
// 18-kbit block memories that hold the earlier branches of joins until the later ones have come.
double join_buffers(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& bits);

}  // namespace roofscape::cost
