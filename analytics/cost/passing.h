// Which bytes of a layer pass through which memory of a machine.
//
// An inner memory that holds all weights and the largest working set keeps them for good, so that only the network's
// own input and output come from farther out. Otherwise a layer takes what is less: its weights and activations through
// the outer memory, or parts of the batch whose activations an inner memory holds, with the weights once for each part.
// A recurrent layer fetches the weights of its state once a step, from the innermost memory that holds them.
//
// How often it reads weights and inputs of which neither has room inside: once on CPUs and GPUs, whose efficiency is
// measured with what their caches miss; where cycles are counted, as often as the best tiling does (tiling.h). What an
// array reads of the innermost memory is another thing (array_traffic.h): `passing_to` knows both.
//
// Bytes of an image never rise with the batch, and never fall below each byte once.
#pragma once

#include <cstddef>

#include "analytics/base/units.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"

namespace roofscape::cost {

// Sums that are not finished, where they leave an array or wait in blocks.
inline constexpr double kSumBytes = 4;

// Bytes of one layer that pass through one memory for a batch.
struct Passing {
  Bytes weights, activations;
};
// What a byte of either takes, against one that takes its time at the memory's bandwidth.
struct Weighed {
  double weights = 1, activations = 1;
};

// Of several ways to keep a layer's values inside, the one that takes least: through memory `level`, whatever computes
// the layer.
Passing passing(const Machine& machine, const Demand& demand, const LayerDemand& layer, std::size_t level, double batch,
                const Weighed& weighed = {});

// The same where the peak at index `ceiling` computes the layer, with what its array reads and writes. -1: none does.
Passing passing_to(const Machine& machine, const Demand& demand, const LayerDemand& layer, int ceiling,
                   std::size_t level, double batch);

// Whether times depend on what an array reads: where a machine counts cycles, and its innermost memory of several
// states a bandwidth.
bool array_waits_for_memory(const Machine& machine);

}  // namespace roofscape::cost
