#include "analytics/engine/plan_builder.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/engine/convert.h"
#include "analytics/engine/integer/arithmetic.h"

namespace roofscape::engine {

Result<Plan> Plan::build(const Graph& graph, std::span<const NodeId> taps, const PlanOptions& options) {
  return PlanBuilder(graph, taps, options).build();
}

Result<Plan> PlanBuilder::build() {
  find_needed();
  for (NodeId node = 0; node < static_cast<NodeId>(nodes_.size()); ++node) {
    if (!nodes_[index(node)].needed) continue;
    RS_TRY(check_quantisers(node));
    decide(node);
  }
  collect_demands();

  for (const NodeId input : inputs_) {
    Decision& decision = nodes_[index(input)];
    const auto elements = static_cast<std::size_t>(element_count(layer(input).output_shape));
    decision.stored.push_back({decision.native, new_storage(elements * sizeof(float))});
  }
  std::vector<bool> emitted(nodes_.size(), false);
  for (std::size_t tap = 0; tap < taps_.size(); ++tap) emit_tap(tap, emitted);

  Plan plan;
  plan.piece_ = options_.piece;
  RS_ASSIGN(const Placement placement, place());
  plan.arena_bytes_ = placement.bytes;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    plan.inputs_.push_back({layer(inputs_[i]).output_shape, placement.offsets[i]});
  RS_TRY(prepare(placement, plan));
  report(plan);
  return plan;
}

void PlanBuilder::find_needed() {
  for (const NodeId tap : taps_) {
    nodes_[index(tap)].needed = true;
    ++nodes_[index(tap)].uses;
  }
  for (NodeId node = static_cast<NodeId>(nodes_.size()) - 1; node >= 0; --node) {
    if (!nodes_[index(node)].needed) continue;
    for (const NodeId input : graph_.nodes[index(node)].inputs) {
      nodes_[index(input)].needed = true;
      ++nodes_[index(input)].uses;
    }
  }
}

Status PlanBuilder::check_quantisers(NodeId node) const {
  const auto check = [&](const QuantiserPtr& quantiser, const Shape& shape, std::string_view what) -> Status {
    if (!quantiser) return {};
    const auto axis = static_cast<std::size_t>(quantiser->axis);
    if (quantiser->format.block() != 0 && axis >= shape.size())
      return invalid_argument("layer '{}': blocks of its {} run along axis {}, which {} does not have",
                              printable(layer(node).name), what, quantiser->axis, to_string(shape));
    if (!quantiser->per_channel()) return {};
    if (quantiser->axis >= 0 && axis < shape.size() && quantiser->scale.size() == static_cast<std::size_t>(shape[axis]))
      return {};
    return invalid_argument("layer '{}': the quantiser of its {} has {} scales along axis {}, which do not fit {}",
                            printable(layer(node).name), what, quantiser->scale.size(), quantiser->axis,
                            to_string(shape));
  };
  const std::vector<NodeId>& inputs = graph_.nodes[index(node)].inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    RS_TRY(check(layer(node).arithmetic.input(i), layer(inputs[i]).output_shape, "input"));
  if (layer(node).weight() != nullptr)
    RS_TRY(check(layer(node).arithmetic.weight, layer(node).weight()->shape(), "weight"));
  return {};
}

void PlanBuilder::decide(NodeId node) {
  Decision& decision = nodes_[index(node)];
  decision.result = node;
  if (layer(node).as<op::Input>()) {
    inputs_.push_back(node);
    return;
  }
  if (fuse_activation(node)) return;
  decision.site.layer = &layer(node);
  for (const NodeId input : graph_.nodes[index(node)].inputs) {
    decision.site.inputs.push_back(layer(input).output_shape);
    decision.site.layouts.push_back(nodes_[index(input)].native.layout);
  }
  Choice choice = choose_kernel(decision.site, options_.force);
  decision.kernel = choice.kernel;
  decision.declined = std::move(choice.declined);
  decision.view = decision.kernel->is_view(decision.site);
  decision.forms = decision.kernel->forms(decision.site);
  decision.native.layout = decision.forms.output;
}

// Lets the kernel of an activation's input do it, if nobody else reads that input.
bool PlanBuilder::fuse_activation(NodeId node) {
  const auto* activation = layer(node).as<op::Activation>();
  if (activation == nullptr || !layer(node).constants.empty() || layer(node).arithmetic.input(0)) return false;
  if (!layer(node).arithmetic.functions.empty()) return false;  // epilogues know functions as they are defined
  const NodeId source = graph_.nodes[index(node)].inputs[0];
  Decision& producer = nodes_[index(source)];
  if (producer.uses != 1 || producer.kernel == nullptr || producer.view) return false;
  Epilogue epilogue;
  epilogue.activation = *activation;
  if (!producer.kernel->fuses(producer.site, epilogue)) return false;
  producer.epilogue = epilogue;
  producer.result = node;
  nodes_[index(node)].fused = true;
  nodes_[index(node)].native = producer.native;
  return true;
}

// In which forms each value is read. Readers come first, so that a view can hand on what its own readers ask for.
void PlanBuilder::collect_demands() {
  for (const NodeId tap : taps_) demand(tap, Form{});
  for (NodeId node = static_cast<NodeId>(nodes_.size()) - 1; node >= 0; --node) {
    Decision& decision = nodes_[index(node)];
    if (!decision.needed || decision.kernel == nullptr) continue;
    fuse_quantiser(node);
    const std::vector<NodeId>& inputs = graph_.nodes[index(node)].inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) demand(inputs[i], decision.forms.inputs[i]);
  }
}

void PlanBuilder::demand(NodeId node, const Form& form) {
  std::vector<Form>& demands = nodes_[index(node)].demands;
  if (std::find(demands.begin(), demands.end(), form) == demands.end()) demands.push_back(form);
}

// Lets the kernel write codes, if all readers want the same ones; a view of codes is made of a value in codes.
void PlanBuilder::fuse_quantiser(NodeId node) {
  Decision& producer = nodes_[index(node)];
  Decision& result = nodes_[index(producer.result)];
  if (result.demands.size() != 1) return;
  Form wanted = result.demands[0];
  if (!wanted.codes || wanted.quantiser->per_channel()) return;
  if (producer.view) {
    if (wanted.layout != producer.native.layout || producer.forms.inputs[0].quantiser) return;
    producer.forms.inputs[0].quantiser = wanted.quantiser;
    producer.forms.inputs[0].codes = true;
  } else if (moves_quantiser_ahead(node, wanted)) {
    producer.forms.inputs[0].quantiser = wanted.quantiser;
    producer.forms.inputs[0].codes = true;
    producer.epilogue.quantiser = wanted.quantiser;
    producer.epilogue.input_coded = true;
  } else {
    Epilogue epilogue = producer.epilogue;
    epilogue.quantiser = wanted.quantiser;
    if (!producer.kernel->fuses(producer.site, epilogue)) return;
    producer.epilogue = epilogue;
  }
  wanted.layout = producer.native.layout;  // moving codes to another layout moves fewer bytes than floats
  result.native = wanted;
}

// Whether the layer may work on the wanted codes instead of on floats that are quantised afterwards.
bool PlanBuilder::moves_quantiser_ahead(NodeId node, const Form& wanted) const {
  const Decision& decision = nodes_[index(node)];
  if (!decision.epilogue.empty() || decision.forms.inputs.size() != 1 || decision.forms.inputs[0].quantiser)
    return false;
  if (!decision.kernel->keeps_codes(decision.site, wanted.element())) return false;
  const NodeId input = graph_.nodes[index(node)].inputs[0];
  return nodes_[index(input)].uses == 1 && never_nan(input);
}

// Integer sums times finite scales plus finite biases: at worst infinite.
bool PlanBuilder::never_nan(NodeId node) const {
  const NodeId source = nodes_[index(node)].fused ? graph_.nodes[index(node)].inputs[0] : node;
  if (const auto* activation = layer(node).as<op::Activation>(); activation != nullptr && source != node) {
    using Kind = op::Activation::Kind;
    if (activation->kind != Kind::kRelu && activation->kind != Kind::kClip) return false;
  }
  if (!is_integer_layer(layer(source))) return false;
  const auto& constants = layer(source).constants;
  if (constants.size() < 2 || !constants[1]) return true;
  return std::all_of(constants[1]->values().begin(), constants[1]->values().end(),
                     [](float bias) { return std::isfinite(bias); });
}

Result<Placement> PlanBuilder::place() const {
  std::vector<Lifetime> lifetimes;
  double total = 0;  // of all buffers: guards the sums below against overflow
  for (const Storage& storage : storages_) {
    Lifetime lifetime = storage.lifetime;
    lifetime.bytes = storage.bytes_an_image * static_cast<std::size_t>(options_.piece);
    total += static_cast<double>(lifetime.bytes);
    lifetimes.push_back(lifetime);
  }
  RS_CHECK(total < 1e18);
  Placement placement = place_buffers(lifetimes);
  if (placement.bytes > options_.arena_limit)
    return resource_exhausted("running the network takes {} bytes of memory a thread; at most {} are allowed",
                              placement.bytes, options_.arena_limit);
  return placement;
}

Status PlanBuilder::prepare(const Placement& placement, Plan& plan) {
  const auto offset = [&](StorageId storage) { return placement.offsets[static_cast<std::size_t>(storage)]; };
  for (Pending& pending : pending_) {
    Plan::Scheduled& scheduled = plan.steps_.emplace_back();
    for (const StorageId input : pending.inputs) scheduled.inputs.push_back(offset(input));
    if (pending.output < 0) {
      scheduled.output = pending.tap;
      continue;
    }
    scheduled.output = offset(pending.output);
    scheduled.node = pending.node;
    if (pending.node >= 0) {
      const Decision& decision = nodes_[index(pending.node)];
      RS_ASSIGN(scheduled.step, decision.kernel->prepare(decision.site, decision.epilogue, options_.piece));
    } else {
      scheduled.step = std::move(pending.step);
    }
    plan.scratch_bytes_ = std::max(plan.scratch_bytes_, scheduled.step->scratch_bytes());
  }
  return {};
}

void PlanBuilder::report(Plan& plan) const {
  for (NodeId node = 0; node < static_cast<NodeId>(nodes_.size()); ++node) {
    const Decision& decision = nodes_[index(node)];
    NodeKernel& use = plan.node_kernels_.emplace_back();
    use.fused = decision.fused;
    use.view = decision.view;
    use.declined = decision.declined;
    const Decision& by = decision.fused ? nodes_[index(graph_.nodes[index(node)].inputs[0])] : decision;
    if (by.kernel != nullptr) use.kernel = by.kernel->id();
  }
}

}  // namespace roofscape::engine
