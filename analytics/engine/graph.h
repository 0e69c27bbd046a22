// A set of networks as one graph: layers with equal keys are one node, computed once.
//
//   const Graph graph = merge_networks({&fp32, &int8});
//   graph.nodes[graph.node_of[1][id]].layer;     // what computes layer `id` of the second network
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::engine {

using NodeId = std::int32_t;

struct Node {
  const Layer* layer = nullptr;  // in the first network that has it, or one of the graph's own
  std::vector<NodeId> inputs;
};

// Points into the networks, which must outlive it. A layer that takes small inputs as 0 reads a node of the graph's
// own, which does just that; layers that agree in this share it.
struct Graph {
  std::vector<Node> nodes;                   // in topological order
  std::vector<std::vector<NodeId>> node_of;  // [network][layer]
  std::vector<NodeId> outputs;               // of each network
  std::vector<std::shared_ptr<const Layer>> own_layers{};
};

Graph merge_networks(std::span<const Network* const> networks);

}  // namespace roofscape::engine
