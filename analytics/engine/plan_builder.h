// How a graph becomes a plan: choose kernels, fuse, convert forms where needed, place buffers, prepare.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/engine/plan.h"

namespace roofscape::engine {

class PlanBuilder {
 public:
  PlanBuilder(const Graph& graph, std::span<const NodeId> taps, const PlanOptions& options)
      : graph_(graph), taps_(taps), options_(options), nodes_(graph.nodes.size()) {}

  Result<Plan> build();

 private:
  using StorageId = std::int32_t;
  struct Demand {
    Form form;
    std::int32_t count = 0;
  };
  struct Stored {
    Form form;
    StorageId storage;
  };
  // What is decided about a node.
  struct Decision {
    bool needed = false;
    std::int32_t uses = 0;           // layers and taps that read it
    bool fused = false;              // an activation that its input's kernel does
    const Kernel* kernel = nullptr;  // null for inputs of the network and fused activations
    bool view = false;
    Site site;
    Forms forms;
    Epilogue epilogue;
    NodeId result = -1;         // the node whose value the kernel writes: itself, or the activation fused into it
    Form native;                // the form in which the value is produced
    std::vector<Form> demands;  // of its readers, without repeats
    std::vector<Stored> stored;
    DeclineTrail declined;
  };
  struct Storage {
    std::size_t bytes_an_image = 0;
    Lifetime lifetime;
  };
  // A step whose kernel is prepared last, once it is known that all buffers fit.
  struct Pending {
    NodeId node = -1;            // kernel steps: whose kernel; else -1
    std::unique_ptr<Step> step;  // conversions; null for taps and kernels
    std::vector<StorageId> inputs;
    StorageId output = -1;
    std::size_t tap = 0;
  };

  const Layer& layer(NodeId node) const { return *graph_.nodes[index(node)].layer; }
  static std::size_t index(NodeId node) { return static_cast<std::size_t>(node); }

  void find_needed();
  Status check_quantisers(NodeId node) const;
  void decide(NodeId node);
  bool fuse_activation(NodeId node);
  void collect_demands();
  void demand(NodeId node, const Form& form);
  void fuse_quantiser(NodeId node);
  bool moves_quantiser_ahead(NodeId node, const Form& wanted) const;
  bool never_nan(NodeId node) const;

  void emit_tap(std::size_t tap, std::vector<bool>& emitted);
  void emit_node(NodeId node);
  StorageId obtain(NodeId node, const Form& form);
  StorageId turn(NodeId node, StorageId source, const Form& to);
  StorageId convert(NodeId node, StorageId source, const Form& to, std::unique_ptr<Step> step);
  StorageId new_storage(std::size_t bytes_an_image);
  void append(Pending pending);

  Result<Placement> place() const;
  Status prepare(const Placement& placement, Plan& plan);
  void report(Plan& plan) const;

  const Graph& graph_;
  std::span<const NodeId> taps_;
  const PlanOptions& options_;
  std::vector<Decision> nodes_;
  std::vector<NodeId> inputs_;
  std::vector<Storage> storages_;
  std::vector<Pending> pending_;
};

}  // namespace roofscape::engine
