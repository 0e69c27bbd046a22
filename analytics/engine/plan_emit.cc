// The half of PlanBuilder that puts steps in order and follows the lives of buffers.
#include <algorithm>

#include "analytics/engine/convert.h"
#include "analytics/engine/plan_builder.h"

namespace roofscape::engine {

// Emits what the tap still lacks, in topological order, then the tap.
void PlanBuilder::emit_tap(std::size_t tap, std::vector<bool>& emitted) {
  std::vector<NodeId> missing;
  std::vector<NodeId> to_visit{taps_[tap]};
  while (!to_visit.empty()) {
    const NodeId node = to_visit.back();
    to_visit.pop_back();
    if (emitted[index(node)]) continue;
    emitted[index(node)] = true;
    missing.push_back(node);
    for (const NodeId input : graph_.nodes[index(node)].inputs) to_visit.push_back(input);
  }
  std::sort(missing.begin(), missing.end());
  for (const NodeId node : missing) emit_node(node);

  Pending pending;
  pending.inputs.push_back(obtain(taps_[tap], Form{}));
  pending.tap = tap;
  append(std::move(pending));
}

void PlanBuilder::emit_node(NodeId node) {
  const Decision& decision = nodes_[index(node)];
  if (decision.kernel == nullptr) return;  // an input, or done with the layer before it
  Pending pending;
  pending.node = node;
  for (std::size_t i = 0; i < decision.forms.inputs.size(); ++i)
    pending.inputs.push_back(obtain(graph_.nodes[index(node)].inputs[i], decision.forms.inputs[i]));
  Decision& result = nodes_[index(decision.result)];
  if (decision.view) {
    result.stored.push_back({result.native, pending.inputs[0]});
    return;
  }
  const auto elements = static_cast<std::size_t>(element_count(layer(node).output_shape));
  pending.output = new_storage(elements * element_bytes(result.native.element()));
  result.stored.push_back({result.native, pending.output});
  append(std::move(pending));
}

// The storage that holds a node's value in a form, converting it from the one in which it was produced.
PlanBuilder::StorageId PlanBuilder::obtain(NodeId node, const Form& form) {
  const Decision& decision = nodes_[index(node)];
  for (const Stored& stored : decision.stored)
    if (stored.form == form) return stored.storage;
  const Shape& shape = layer(node).output_shape;
  const Form& native = decision.native;
  if (!form.quantiser || native.quantiser) return turn(node, obtain(node, native), form);
  Form quantised = form;  // in the layout in which it can be quantised
  quantised.layout = form.quantiser->axis != Quantiser::kPerTensor ? Layout::kPlain : native.layout;
  if (!(quantised == form)) return turn(node, obtain(node, quantised), form);
  return convert(node, obtain(node, {form.layout, nullptr, false}), form,
                 quantise_step(shape, form.quantiser, form.codes));
}

// The other layout. With one channel or one pixel both layouts have the same bytes.
PlanBuilder::StorageId PlanBuilder::turn(NodeId node, StorageId source, const Form& to) {
  const Shape& shape = layer(node).output_shape;
  if (shape[0] > 1 && shape[1] * shape[2] > 1)
    return convert(node, source, to, layout_step(shape, to.element(), to.layout));
  nodes_[index(node)].stored.push_back({to, source});
  return source;
}

PlanBuilder::StorageId PlanBuilder::convert(NodeId node, StorageId source, const Form& to, std::unique_ptr<Step> step) {
  Pending pending;
  pending.step = std::move(step);
  pending.inputs.push_back(source);
  pending.output =
      new_storage(static_cast<std::size_t>(element_count(layer(node).output_shape)) * element_bytes(to.element()));
  nodes_[index(node)].stored.push_back({to, pending.output});
  const StorageId output = pending.output;
  append(std::move(pending));
  return output;
}

PlanBuilder::StorageId PlanBuilder::new_storage(std::size_t bytes_an_image) {
  const auto now = static_cast<std::int32_t>(pending_.size());
  storages_.push_back({bytes_an_image, {0, now, now}});
  return static_cast<StorageId>(storages_.size()) - 1;
}

void PlanBuilder::append(Pending pending) {
  const auto now = static_cast<std::int32_t>(pending_.size());
  for (const StorageId input : pending.inputs) storages_[static_cast<std::size_t>(input)].lifetime.last = now;
  pending_.push_back(std::move(pending));
}

}  // namespace roofscape::engine
