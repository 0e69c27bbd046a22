// Time of a network on a machine that runs one layer after the other (CPU, GPU, ASIC).
//
//   time(layer) = max(operations / peak, bytes through each memory / its bandwidth, packed weights / decode rate) +
//   launch
//
// and where the platform states a ceiling of the layer's kind, at least what that asks for (layer_ceilings.h). Of a
// calibrated platform a layer takes the sum of its parts, each stretched as measurements say (calibration.h), and never
// less than its roofs ask for. Layers add up to the whole. Where cycles are counted memories fill meanwhile, and a
// calibration stretches the whole of a layer but its launch.
//
// Operations that the machine skips (zero inputs, zero weights) are not among them, but all lanes wait for the slowest.
//
// Which bytes pass through which memory: an inner memory that holds all weights and the largest working set keeps them
// for good, so that only the network's own input and output come from farther out. Otherwise a layer takes what is
// less: weights once a batch and its activations through the outer memory, or parts of the batch whose activations an
// inner memory holds, with the weights once for each part. So bytes an image never rise with the batch. A recurrent
// layer fetches the weights of its state once a step, from the innermost memory that holds them.
#pragma once

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// Bytes of one layer that pass through memory `level` for a batch.
struct Passing {
  Bytes weights, activations;
};
// What a byte of either takes, against one that takes its time at the memory's bandwidth.
struct Weighed {
  double weights = 1, activations = 1;
};
// Of several ways to keep a layer's values inside, the one that takes least.
Passing passing(const Machine& machine, const Demand& demand, const LayerDemand& layer, std::size_t level, double batch,
                const Weighed& weighed = {});

// How often a layer runs for a batch whose images may leave before it: with which probability at all, and for how many
// images then, on average. A layer that all images reach runs once for all of them.
struct Runs {
  double probability = 1, images = 1;
};
Runs runs_of(const LayerDemand& layer, std::int64_t batch);

// "platform 'tpu-v1' has no peak that holds fp32 x fp32 of layer 'conv1': it computes int8 x int8; …"
std::string unsupported_text(const Machine& machine, const Layer& layer, const LayerDemand& demand);

// Fails with kFailedPrecondition naming layer and formats when no peak holds them, unless the options say otherwise.
Result<NetworkCost> roofline(const Machine& machine, const Network& network, const Demand& demand,
                             const EstimateOptions& options);

}  // namespace roofscape::cost
