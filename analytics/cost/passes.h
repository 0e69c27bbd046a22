// Element-wise layers that follow one another run in one pass, as engines fuse them: what is between them stays in
// registers. A layer normalisation comes from ONNX as eight such layers, and costs one reading, one writing and one
// launch.
//
//   const std::vector<LayerId> first = first_of_pass(network, demands);
//   first[id] == id;    // alone, or the layer that starts the pass and pays for all of it
//
// In a pass are functions, affine scalings, sums and products, and means and softmax along one axis, whose rows a
// kernel holds; no pools, moves or concatenations, and nothing that is computed with a matrix layer before it. Two
// layers with other work on a way between them are in two passes.
#pragma once

#include <vector>

#include "analytics/cost/demand.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

// For each layer the first of its pass, which comes before the others in the network's order. Kinds of demands are set.
std::vector<LayerId> first_of_pass(const Network& network, const std::vector<LayerDemand>& demands);

}  // namespace roofscape::cost
