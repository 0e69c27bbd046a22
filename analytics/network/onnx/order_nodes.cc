#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/graph.h"

namespace roofscape::onnx_import {
namespace {

using Index = std::size_t;
constexpr Index kSource = static_cast<Index>(-1);  // a graph input or initialiser

// Which node makes each value; an error if two do.
Result<std::unordered_map<std::string, Index>> producers_of(const std::vector<Node>& nodes,
                                                            const std::vector<std::string>& sources) {
  std::unordered_map<std::string, Index> producers;
  for (const std::string& source : sources) producers.emplace(source, kSource);
  for (Index i = 0; i < nodes.size(); ++i) {
    for (const std::string& output : nodes[i].outputs) {
      if (output.empty()) continue;
      if (!producers.emplace(output, i).second)
        return invalid_argument("{}: its output '{}' is already made elsewhere; every value has one origin",
                                nodes[i].description(), printable(output));
    }
  }
  return producers;
}

// A node on a cycle: walk from any waiting node to one that it waits for, until one comes round again.
Index node_on_cycle(const std::vector<std::vector<Index>>& needs, const std::vector<bool>& waiting) {
  Index at = 0;
  while (!waiting[at]) ++at;
  std::vector<bool> seen(needs.size());
  while (!seen[at]) {
    seen[at] = true;
    at = *std::find_if(needs[at].begin(), needs[at].end(), [&](Index i) { return waiting[i]; });
  }
  return at;
}

}  // namespace

Result<std::vector<Node>> order_nodes(std::vector<Node> nodes, const std::vector<std::string>& sources,
                                      const std::string& output) {
  RS_ASSIGN(const auto producers, producers_of(nodes, sources));
  const auto output_producer = producers.find(output);
  if (output_producer == producers.end())
    return invalid_argument("no node makes the graph's output '{}'", printable(output));
  if (output_producer->second == kSource)
    return invalid_argument("the graph's output '{}' is its input or an initialiser; there is no network",
                            printable(output));

  // What each needed node waits for, from the output backwards.
  std::vector<std::vector<Index>> needs(nodes.size()), feeds(nodes.size());
  std::vector<bool> needed(nodes.size());
  std::vector<Index> open{output_producer->second};
  needed[open.front()] = true;
  while (!open.empty()) {
    const Index at = open.back();
    open.pop_back();
    for (const std::string& input : nodes[at].inputs) {
      if (input.empty()) continue;
      const auto producer = producers.find(input);
      if (producer == producers.end())
        return invalid_argument("{}: it reads '{}', which nothing produces", nodes[at].description(), printable(input));
      const Index from = producer->second;
      if (from == kSource) continue;
      needs[at].push_back(from);
      feeds[from].push_back(at);
      if (!needed[from]) open.push_back(from);
      needed[from] = true;
    }
  }

  std::vector<std::size_t> missing(nodes.size());
  std::priority_queue<Index, std::vector<Index>, std::greater<>> ready;
  std::vector<bool> waiting = needed;
  for (Index i = 0; i < nodes.size(); ++i) {
    missing[i] = needs[i].size();
    if (needed[i] && missing[i] == 0) ready.push(i);
  }
  std::vector<Node> ordered;
  while (!ready.empty()) {
    const Index at = ready.top();
    ready.pop();
    waiting[at] = false;
    for (const Index to : feeds[at])
      if (--missing[to] == 0) ready.push(to);
    ordered.push_back(std::move(nodes[at]));
  }
  if (std::find(waiting.begin(), waiting.end(), true) != waiting.end())
    return invalid_argument("{}: it stands on a cycle; a network has none",
                            nodes[node_on_cycle(needs, waiting)].description());
  return ordered;
}

}  // namespace roofscape::onnx_import
