// A plan: the steps that take a piece of a batch through a merged graph, and where each value lies meanwhile.
//
//   RS_ASSIGN(const Plan plan, Plan::build(graph, graph.outputs, {.piece = 16}));
//   Workspace workspace(plan);                                   // one a thread
//   write images to plan.input(workspace, 0) …
//   plan.run(workspace, count, [&](std::size_t tap, const float* values) { … });
//
// Values that several layers read in the same form are converted once; an activation that alone reads a layer is done
// by that layer's kernel where it can; buffers are reused as soon as nobody needs them. A plan is immutable and shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/engine/arena.h"
#include "analytics/engine/graph.h"
#include "analytics/engine/kernel.h"

namespace roofscape::engine {

struct PlanOptions {
  std::int64_t piece = 16;                         // images that go through the graph at once
  std::span<const std::string> force{};            // kernel ids
  std::size_t arena_limit = std::size_t{4} << 30;  // bytes a thread
};

// What runs a node of the graph.
struct NodeKernel {
  std::string_view kernel;  // empty: the node is not needed, or the network's input
  bool fused = false;       // done by the kernel of its input
  bool view = false;        // costs nothing
  DeclineTrail declined;
};

class Workspace;

class Plan {
 public:
  // `taps` are the nodes whose values are wanted, in the order in which they are wanted.
  static Result<Plan> build(const Graph& graph, std::span<const NodeId> taps, const PlanOptions& options);

  // Called with the index of the tap and `count` images of its value, plain fp32; in the order of the taps.
  using OnTap = std::function<void(std::size_t tap, const float* values)>;
  // Runs `count` images, at most `piece`, that were written to the inputs; the workspace then knows their overflows.
  void run(Workspace& workspace, std::int64_t count, const OnTap& on_tap) const;

  std::int64_t piece() const { return piece_; }
  std::size_t input_count() const { return inputs_.size(); }
  const Shape& input_shape(std::size_t i) const { return inputs_[i].shape; }
  float* input(Workspace& workspace, std::size_t i) const;

  std::size_t arena_bytes() const { return arena_bytes_; }
  std::size_t scratch_bytes() const { return scratch_bytes_; }
  std::size_t step_count() const { return steps_.size(); }
  const std::vector<NodeKernel>& node_kernels() const { return node_kernels_; }

 private:
  friend class PlanBuilder;
  struct Input {
    Shape shape;
    std::size_t offset = 0;
  };
  struct Scheduled {
    std::unique_ptr<Step> step;       // null: a tap
    std::vector<std::size_t> inputs;  // offsets into the arena
    std::size_t output = 0;           // offset into the arena; of a tap: its index
    NodeId node = -1;                 // whose layer it computes; -1: a conversion or a tap
  };

  std::int64_t piece_ = 0;
  std::vector<Input> inputs_;
  std::vector<Scheduled> steps_;
  std::vector<NodeKernel> node_kernels_;
  std::size_t arena_bytes_ = 0;
  std::size_t scratch_bytes_ = 0;
};

// One thread's buffers for a plan.
class Workspace {
 public:
  explicit Workspace(const Plan& plan)
      : arena_(plan.arena_bytes()), scratch_(plan.scratch_bytes()), overflows_(plan.node_kernels().size()) {}

  // Values of the node, in the images that were run last, that overflowed its accumulator.
  std::int64_t overflows(NodeId node) const { return overflows_[static_cast<std::size_t>(node)]; }

 private:
  friend class Plan;
  AlignedMemory arena_, scratch_;
  std::vector<std::int64_t> overflows_;  // one a node
};

}  // namespace roofscape::engine
