#include "analytics/network/onnx/importer.h"

#include <algorithm>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/place_quantisers.h"
#include "analytics/network/onnx/quantised.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::onnx_import {

Importer::Importer(const Graph& graph, const BatchReading& reading)
    : graph_(graph), reading_(reading), budget_(graph.constant_elements), notes_(graph.notes) {
  for (const auto& [name, constant] : graph.initialisers) values_.emplace(name, constant);
}

Result<Imported> Importer::run() {
  RS_TRY(read_input());
  for (const Node& node : graph_.nodes) {
    node_ = &node;
    node_named_ = false;
    if (Status status = import_node(); !status.ok()) return std::move(status).in(node.description());
  }
  const Value* output = find(graph_.output.name);
  const Signal* signal = output != nullptr ? std::get_if<Signal>(output) : nullptr;
  if (signal == nullptr)
    return invalid_argument("the graph's output '{}' does not depend on its input; there is no network",
                            printable(graph_.output.name));
  node_named_ = true;
  Signal result = *signal;
  RS_ASSIGN(result, as_numbers(*this, std::move(result)));
  RS_ASSIGN(const LayerId last, image(result));
  place_quantisers(builder_, quantisers_, last);
  RS_ASSIGN(Network network, builder_.finish(last));
  Imported imported{.network = std::move(network), .opset = graph_.opset, .producer = graph_.producer};
  imported.notes = std::move(notes_);
  imported.input_batch_axis = reading_.axis;
  imported.batch_size = reading_.size;
  imported.output_batch_axis = signal->batch;
  return imported;
}

Status Importer::read_input() {
  const Port& port = graph_.input;
  Signal input{.batch = reading_.axis};
  for (std::size_t axis = 0; axis < port.dims.size(); ++axis)
    input.shape.push_back(axis == reading_.axis ? 1 : port.dims[axis].value_or(0));
  RS_TRY(checked_count(input.shape, NetworkLimits::kElementsPerTensor).status());
  const Shape shape = image_shape(input);
  if (!reading_.axis) {
    note(
        fmt::format("input '{}' {} is read as one image without a batch axis", printable(port.name), to_string(shape)));
  } else if (reading_.size > 1) {
    note(fmt::format("axis {} of input '{}' is read as the batch, of which the file fixes the size {}", *reading_.axis,
                     printable(port.name), reading_.size));
  }
  input.layer = builder_.input(shape, unique(printable(port.name)));
  shapes_.push_back(shape);
  values_.insert_or_assign(port.name, std::move(input));
  return {};
}

Status Importer::import_node() {
  bool all_constant = true;
  for (std::size_t i = 0; i < input_count(); ++i) all_constant &= !has_input(i) || is_constant(i);
  const LoweringEntry* entry = find_lowering(*node_);
  if (all_constant && (entry == nullptr || !entry->constants)) return fold_node(*this);
  if (entry == nullptr)
    return unimplemented("it depends on the network's input; Roofscape computes this operator on constants only");
  if (node_->outputs.empty()) return invalid_argument("it has no output");
  if (entry->codes == Codes::kReads) return entry->lower(*this);
  RS_ASSIGN(const QuantiserPtr codes, moved_codes());
  if (codes && entry->codes == Codes::kRefuses)
    return unimplemented(
        "it computes on the integers of a QuantizeLinear; a DequantizeLinear is needed before it, or the operator's "
        "QLinear form");
  RS_TRY(entry->lower(*this));
  return codes ? mark_codes(codes) : Status();
}

Result<QuantiserPtr> Importer::moved_codes() const {
  QuantiserPtr codes;
  bool numbers = false;
  for (std::size_t i = 0; i < node_->inputs.size(); ++i) {
    const Value* value = has_input(i) ? find(node_->inputs[i]) : nullptr;
    const Signal* signal = value != nullptr ? std::get_if<Signal>(value) : nullptr;
    if (signal == nullptr) {
      numbers = numbers || (value != nullptr && node_->op == "Concat");  // its other operands are data, too
      continue;
    }
    if (!signal->codes) {
      numbers = true;
      continue;
    }
    if (codes && !(*codes == *signal->codes))
      return unimplemented(
          "its inputs are integers of different scales; DequantizeLinear before it makes them numbers");
    codes = signal->codes;
  }
  if (codes && numbers) return unimplemented("it mixes the integers of a QuantizeLinear with other values");
  if (codes && codes->per_channel() && node_->op != "Identity")
    return unimplemented(
        "it moves integers with a scale a channel; one scale is supported between QuantizeLinear and "
        "DequantizeLinear");
  return codes;
}

Status Importer::mark_codes(const QuantiserPtr& codes) {
  for (const std::string& output : node_->outputs) {
    const auto found = values_.find(output);
    if (output.empty() || found == values_.end()) continue;
    if (Signal* signal = std::get_if<Signal>(&found->second)) signal->codes = codes;
  }
  return {};
}

Result<LayerId> Importer::add_quantiser(LayerId x, QuantiserPtr quantiser, std::string_view suffix) {
  RS_TRY(quantiser->validate());
  RS_ASSIGN(const LayerId id, add(op::Reshape{layer_shape(x)}, {x}, {}, suffix));
  builder_.layer(id).arithmetic.inputs = {std::move(quantiser)};
  quantisers_.push_back(id);
  return id;
}

const Value* Importer::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

bool Importer::is_constant(std::size_t i) const {
  if (!has_input(i)) return false;
  const Value* value = find(node_->inputs[i]);
  return value != nullptr && std::holds_alternative<ConstantPtr>(*value);
}

Result<Signal> Importer::signal(std::size_t i) {
  if (!has_input(i)) return invalid_argument("its input {} is missing", i);
  const Value* value = find(node_->inputs[i]);
  const Signal* signal = value != nullptr ? std::get_if<Signal>(value) : nullptr;
  if (signal == nullptr)
    return unimplemented("its input {} ('{}') is a constant; it must depend on the network's input", i,
                         printable(node_->inputs[i]));
  Signal copy = *signal;
  const auto readers = graph_.readers.find(node_->inputs[i]);
  copy.sole = copy.sole && readers != graph_.readers.end() && readers->second == 1;
  return copy;
}

Result<Value> Importer::value(std::size_t i) {
  if (is_constant(i)) {
    RS_ASSIGN(ConstantPtr known, constant(i, "operand"));
    return Value(std::move(known));
  }
  RS_ASSIGN(Signal unknown, signal(i));
  return Value(std::move(unknown));
}

Result<ConstantPtr> Importer::constant(std::size_t i, std::string_view role) {
  if (!has_input(i)) return ConstantPtr();
  const Value* value = find(node_->inputs[i]);
  const ConstantPtr* constant = value != nullptr ? std::get_if<ConstantPtr>(value) : nullptr;
  if (constant == nullptr)
    return unimplemented("its {} ('{}') depends on the network's input; it must be a constant", role,
                         printable(node_->inputs[i]));
  return *constant;
}

Result<std::optional<std::vector<std::int64_t>>> Importer::list(std::size_t i, std::string_view attribute) {
  using List = std::optional<std::vector<std::int64_t>>;
  if (has_input(i)) {
    RS_ASSIGN(const ConstantPtr given, constant(i, attribute));
    RS_ASSIGN(std::vector<std::int64_t> values, as_list(*given, attribute));
    return List(std::move(values));
  }
  if (!node_->has(attribute)) return List();
  RS_ASSIGN(std::vector<std::int64_t> values, node_->integers(attribute, {}));
  return List(std::move(values));
}

bool Importer::output_used(std::size_t i) const {
  return i < node_->outputs.size() && graph_.readers.count(node_->outputs[i]) > 0 && !node_->outputs[i].empty();
}

Result<LayerId> Importer::add(Operation operation, std::vector<LayerId> inputs, std::vector<TensorPtr> constants,
                              std::string_view suffix) {
  std::string name = node_->name;
  if (node_named_ || !suffix.empty()) name += fmt::format("/{}", suffix.empty() ? "part" : suffix);
  if (suffix.empty()) node_named_ = true;
  Layer layer;
  layer.name = unique(std::move(name));
  layer.operation = std::move(operation);
  layer.inputs = std::move(inputs);
  layer.constants = std::move(constants);
  std::vector<Shape> input_shapes;
  for (const LayerId id : layer.inputs) input_shapes.push_back(layer_shape(id));
  RS_ASSIGN(Shape shape, infer_output_shape(layer, input_shapes));
  RS_ASSIGN(const std::int64_t count, checked_count(shape, NetworkLimits::kElementsPerTensor));
  if (count == 0) return invalid_argument("its output {} is empty", to_string(shape));
  if (shapes_.size() >= static_cast<std::size_t>(NetworkLimits::kLayers))
    return resource_exhausted("the network has more than {} layers", NetworkLimits::kLayers);
  shapes_.push_back(std::move(shape));
  return builder_.add(std::move(layer.name), std::move(layer.operation), std::move(layer.inputs),
                      std::move(layer.constants));
}

Result<LayerId> Importer::with_shape(const Signal& signal, const Shape& wanted) {
  if (layer_shape(signal.layer) == wanted) return signal.layer;
  const std::string base = signal.reshape_name.empty() ? node_->name + "/reshape" : signal.reshape_name;
  Layer layer;
  layer.name = unique(base);
  layer.operation = op::Reshape{wanted};
  layer.inputs = {signal.layer};
  RS_TRY(infer_output_shape(layer, {{layer_shape(signal.layer)}}).status());
  shapes_.push_back(wanted);
  return builder_.add(std::move(layer.name), std::move(layer.operation), std::move(layer.inputs));
}

Result<Shape> Importer::shape_without_batch(const Signal& signal, std::size_t axis) const {
  if (axis >= signal.rank()) return invalid_argument("its input {} has no axis {}", to_string(signal.shape), axis);
  if (signal.shape[axis] != 1)
    return unimplemented("axis {} of its input {} is the batch for this operator, but is part of an image here", axis,
                         to_string(signal.shape));
  Shape shape = signal.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  return shape;
}

Result<ConstantPtr> Importer::without_batch(const ConstantPtr& constant, std::optional<std::size_t> from_right) {
  if (!from_right || *from_right >= constant->shape.size()) return constant;
  const std::size_t axis = constant->shape.size() - 1 - *from_right;
  const std::int64_t size = constant->shape[axis];
  if (size != 1 && size != reading_.size)
    return unimplemented("a constant of shape {} runs along axis {}, which is the batch", to_string(constant->shape),
                         axis);
  return first_of_equal(constant, axis, budget_);
}

Result<std::vector<float>> Importer::new_values(std::int64_t count) {
  RS_TRY(budget_.allocate(count));
  return std::vector<float>(static_cast<std::size_t>(count));
}

Status Importer::bind(std::size_t i, Value value) {
  RS_CHECK(i < node_->outputs.size());
  if (!node_->outputs[i].empty()) values_.insert_or_assign(node_->outputs[i], std::move(value));
  return {};
}

Status Importer::set_output(std::size_t i, Signal signal) { return bind(i, std::move(signal)); }
Status Importer::set_output(std::size_t i, ConstantPtr constant) { return bind(i, std::move(constant)); }

void Importer::note(std::string sentence) { notes_.push_back(std::move(sentence)); }

std::string Importer::unique(std::string name) {
  if (names_.insert(name).second) return name;
  std::int64_t& ordinal = ordinals_[name];
  std::string candidate;
  do candidate = fmt::format("{}_{}", name, ++ordinal + 1);
  while (!names_.insert(candidate).second);
  return candidate;
}

}  // namespace roofscape::onnx_import
