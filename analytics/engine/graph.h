// A set of networks as one graph: layers with equal keys are one node, computed once.
//
//   const Graph graph = merge_networks({&fp32, &int8});
//   graph.nodes[graph.node_of[1][id]].layer;     // what computes layer `id` of the second network
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::engine {

using NodeId = std::int32_t;

struct Node {
  const Layer* layer = nullptr;  // in the first network that has it
  std::vector<NodeId> inputs;
};

// Points into the networks, which must outlive it.
struct Graph {
  std::vector<Node> nodes;                   // in topological order
  std::vector<std::vector<NodeId>> node_of;  // [network][layer]
  std::vector<NodeId> outputs;               // of each network
};

Graph merge_networks(std::span<const Network* const> networks);

}  // namespace roofscape::engine
