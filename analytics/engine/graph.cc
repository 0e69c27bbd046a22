#include "analytics/engine/graph.h"

#include <unordered_map>

namespace roofscape::engine {

Graph merge_networks(std::span<const Network* const> networks) {
  Graph graph;
  std::unordered_map<Digest, NodeId, DigestHash> known;
  for (const Network* network : networks) {
    const std::vector<Digest> keys = network->layer_keys();
    std::vector<NodeId>& node_of = graph.node_of.emplace_back();
    for (LayerId id = 0; id < network->size(); ++id) {
      const auto [entry, is_new] =
          known.try_emplace(keys[static_cast<std::size_t>(id)], static_cast<NodeId>(graph.nodes.size()));
      if (is_new) {
        Node& node = graph.nodes.emplace_back();
        node.layer = &network->layer(id);
        for (const LayerId input : node.layer->inputs) node.inputs.push_back(node_of[static_cast<std::size_t>(input)]);
      }
      node_of.push_back(entry->second);
    }
    graph.outputs.push_back(node_of[static_cast<std::size_t>(network->output())]);
  }
  return graph;
}

}  // namespace roofscape::engine
