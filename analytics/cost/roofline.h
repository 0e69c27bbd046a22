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
// Which bytes pass through which memory: passing.h. Of several peaks a layer takes the fastest; where an array's own
// reads of its memory may take longer than its arithmetic, the one that is fastest with them.
#pragma once

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"
#include "analytics/cost/passing.h"

namespace roofscape::cost {

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
