#include "analytics/engine/graph.h"

#include <unordered_map>

namespace roofscape::engine {

namespace {

using KnownNodes = std::unordered_map<Digest, NodeId, DigestHash>;

// The node that gives `input` with its small values as 0.
NodeId shrunk(const Layer& layer, NodeId input, const Digest& input_key, Graph& graph, KnownNodes& known) {
  const float threshold = layer.arithmetic.skips->threshold;
  const Digest key = Hasher("shrunk/1").add(input_key).add(threshold).finish();
  const auto [entry, is_new] = known.try_emplace(key, static_cast<NodeId>(graph.nodes.size()));
  if (is_new) {
    auto own = std::make_shared<Layer>();
    own->name = layer.name + "/shrink";
    own->operation = op::Activation{op::Activation::Kind::kHardShrink, threshold};
    own->output_shape = graph.nodes[static_cast<std::size_t>(input)].layer->output_shape;
    graph.nodes.push_back({own.get(), {input}});
    graph.own_layers.push_back(std::move(own));
  }
  return entry->second;
}

}  // namespace

Graph merge_networks(std::span<const Network* const> networks) {
  Graph graph;
  KnownNodes known;
  for (const Network* network : networks) {
    const std::vector<Digest> keys = network->layer_keys();
    std::vector<NodeId> node_of;
    for (LayerId id = 0; id < network->size(); ++id) {
      const Digest& key = keys[static_cast<std::size_t>(id)];
      if (const auto found = known.find(key); found != known.end()) {
        node_of.push_back(found->second);
        continue;
      }
      Node node{&network->layer(id), {}};
      for (const LayerId input : node.layer->inputs) node.inputs.push_back(node_of[static_cast<std::size_t>(input)]);
      if (const Skips* skips = node.layer->arithmetic.skips.get(); skips != nullptr && skips->threshold > 0) {
        const auto input = static_cast<std::size_t>(node.layer->inputs[0]);
        node.inputs[0] = shrunk(*node.layer, node.inputs[0], keys[input], graph, known);
      }
      known.emplace(key, static_cast<NodeId>(graph.nodes.size()));
      node_of.push_back(static_cast<NodeId>(graph.nodes.size()));
      graph.nodes.push_back(std::move(node));
    }
    graph.outputs.push_back(node_of[static_cast<std::size_t>(network->output())]);
    graph.node_of.push_back(std::move(node_of));
  }
  return graph;
}

}  // namespace roofscape::engine
