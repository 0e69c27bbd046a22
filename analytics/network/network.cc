#include "analytics/network/network.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "analytics/base/text.h"
#include "analytics/network/integer_layer.h"
#include "analytics/network/packed/packed.h"
#include "analytics/network/shape_inference.h"

namespace roofscape {
namespace {

Status check_inputs(const Layer& layer, LayerId id) {
  for (const LayerId input : layer.inputs)
    if (input < 0 || input >= id)
      return invalid_argument("layer '{}' reads layer {}, which does not come before it", printable(layer.name), input);
  return {};
}

Status check_quantisers(const Layer& layer) {
  const auto check = [&](const QuantiserPtr& quantiser, std::string_view what) -> Status {
    if (!quantiser) return {};
    return quantiser->validate().in(fmt::format("layer '{}', {}", printable(layer.name), what));
  };
  RS_TRY(check(layer.arithmetic.weight, "weight quantiser"));
  if (layer.arithmetic.inputs.size() > layer.inputs.size())
    return invalid_argument("layer '{}' has {} input quantisers for {} inputs", printable(layer.name),
                            layer.arithmetic.inputs.size(), layer.inputs.size());
  for (const QuantiserPtr& quantiser : layer.arithmetic.inputs) {
    RS_TRY(check(quantiser, "input quantiser"));
    if (quantiser && !quantiser->one_scale())
      return invalid_argument("layer '{}' has an input quantiser with a scale for each sign; only weights can have two",
                              printable(layer.name));
  }
  return {};
}

Status check_functions(const Layer& layer) {
  if (layer.arithmetic.functions.empty()) return {};
  const std::vector<op::Activation::Kind> kinds = layer.functions();
  bool right = layer.arithmetic.functions.size() == kinds.size();
  for (std::size_t i = 0; right && i < kinds.size(); ++i)
    right = layer.arithmetic.functions[i] && layer.arithmetic.functions[i]->function == kinds[i];
  if (!right)
    return invalid_argument("layer '{}' has function tables that do not stand for the functions of {}",
                            printable(layer.name), operation_name(layer.operation));
  for (const FunctionTablePtr& table : layer.arithmetic.functions)
    RS_TRY(table->validate().in(fmt::format("layer '{}'", printable(layer.name))));
  return {};
}

Status check_skips(const Layer& layer) {
  const Skips* skips = layer.arithmetic.skips.get();
  if (skips == nullptr) return {};
  if (!layer.has_weight() || layer.as<op::Recurrent>())
    return invalid_argument("layer '{}' skips inputs; only convolutions and dense layers can", printable(layer.name));
  if (!(skips->threshold >= 0) || !std::isfinite(skips->threshold))
    return invalid_argument("layer '{}' takes inputs up to {} as 0; use 0 or more", printable(layer.name),
                            skips->threshold);
  for (const float share : skips->zero_shares)
    if (!(share >= 0 && share <= 1))
      return invalid_argument("layer '{}' has a share of zeros of {}; use 0 to 1", printable(layer.name), share);
  return {};
}

Status check_accumulator(const Layer& layer) {
  const std::optional<Accumulator>& accumulator = layer.arithmetic.accumulator;
  if (!accumulator) return {};
  if (accumulator->bits < Accumulator::kFewestBits || accumulator->bits > Accumulator::kMostBits)
    return invalid_argument("layer '{}' has an accumulator of {} bits; use {} to {}", printable(layer.name),
                            accumulator->bits, Accumulator::kFewestBits, Accumulator::kMostBits);
  if (!is_integer_layer(layer))
    return invalid_argument(
        "layer '{}' has an accumulator of {} bits, but adds no integer products; only convolutions, dense layers and "
        "matrix products whose weights and inputs are both integers do",
        printable(layer.name), accumulator->bits);
  return {};
}

Status check_limits(std::span<const Layer> layers) {
  if (static_cast<std::int64_t>(layers.size()) > NetworkLimits::kLayers)
    return resource_exhausted("the network has {} layers; at most {} are allowed", layers.size(),
                              NetworkLimits::kLayers);
  std::int64_t weights = 0;
  for (const Layer& layer : layers)
    for (const TensorPtr& constant : layer.constants) weights += constant ? constant->size() : 0;
  if (weights > NetworkLimits::kWeightElements)
    return resource_exhausted("the network has {} weights; at most {} are allowed", weights,
                              NetworkLimits::kWeightElements);
  return {};
}

Status check_shape(const Layer& layer) {
  if (layer.output_shape.size() > NetworkLimits::kRank)
    return invalid_argument("layer '{}' has {} axes; at most {} are allowed", printable(layer.name),
                            layer.output_shape.size(), NetworkLimits::kRank);
  std::int64_t elements = 1;
  for (const std::int64_t dimension : layer.output_shape) {
    if (dimension < 1)
      return invalid_argument("layer '{}' has the output shape {}; every dimension must be at least 1",
                              printable(layer.name), to_string(layer.output_shape));
    if (dimension > NetworkLimits::kElementsPerTensor / elements)
      return resource_exhausted("the output {} of layer '{}' has more than {} elements", to_string(layer.output_shape),
                                printable(layer.name), NetworkLimits::kElementsPerTensor);
    elements *= dimension;
  }
  return {};
}

// What storages leave out or share must be in the weights; plain ones take no look at them.
Status check_storage(const Layer& layer) {
  if (!layer.has_weight()) return {};
  return packed::count_bits(layer).status().in(fmt::format("layer '{}', storage", printable(layer.name)));
}

void hash_quantiser(Hasher& hasher, const QuantiserPtr& quantiser) {
  hasher.add(quantiser != nullptr);
  if (quantiser) quantiser->hash_into(hasher);
}

Digest layer_key(const Layer& layer, std::span<const Digest> keys) {
  Hasher hasher("layer/1");
  hash_into(hasher, layer.operation);
  hasher.add(static_cast<std::uint64_t>(layer.constants.size()));
  for (const TensorPtr& constant : layer.constants) {
    hasher.add(constant != nullptr);
    if (constant) hasher.add(constant->digest());
  }
  hash_quantiser(hasher, layer.arithmetic.weight);
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    hasher.add(keys[static_cast<std::size_t>(layer.inputs[i])]);
    hash_quantiser(hasher, layer.arithmetic.input(i));
  }
  // Added later, and only where there are some, so that older keys stay.
  for (const FunctionTablePtr& table : layer.arithmetic.functions) table->hash_into(hasher);
  if (const Skips* skips = layer.arithmetic.skips.get(); skips != nullptr && skips->threshold > 0)
    hasher.add("skips").add(skips->threshold);
  if (const std::optional<Accumulator>& accumulator = layer.arithmetic.accumulator)
    hasher.add("accumulator").add(accumulator->bits).add(accumulator->overflow);
  return hasher.finish();
}

// Checks the layer, whose inputs are finished, and fills in its output shape.
Status finish_layer(std::span<Layer> layers, LayerId id) {
  Layer& layer = layers[static_cast<std::size_t>(id)];
  RS_TRY(check_inputs(layer, id));
  RS_TRY(check_quantisers(layer));
  RS_TRY(check_functions(layer));
  RS_TRY(check_skips(layer));
  std::vector<Shape> shapes;
  for (const LayerId source : layer.inputs) shapes.push_back(layers[static_cast<std::size_t>(source)].output_shape);
  RS_ASSIGN(layer.output_shape, infer_output_shape(layer, shapes));
  RS_TRY(check_shape(layer));
  RS_TRY(check_accumulator(layer));  // looks at the weight's shape, which is known to be right only now
  return check_storage(layer);
}

}  // namespace

Result<Network> Network::create(std::vector<Layer> layers, LayerId output) {
  RS_TRY(check_limits(layers));
  if (output < 0 || output >= static_cast<LayerId>(layers.size()))
    return invalid_argument("output layer {} does not exist; the network has {} layers", output, layers.size());

  std::unordered_set<std::string_view> names;
  LayerId input = -1;
  for (LayerId id = 0; id < static_cast<LayerId>(layers.size()); ++id) {
    Layer& layer = layers[static_cast<std::size_t>(id)];
    if (layer.name.empty()) return invalid_argument("layer {} has no name", id);
    if (!names.insert(layer.name).second) return invalid_argument("two layers are named '{}'", printable(layer.name));
    if (layer.as<op::Input>()) {
      if (input >= 0) return invalid_argument("the network has more than one input: '{}'", printable(layer.name));
      input = id;
    }
    RS_TRY(finish_layer(layers, id));
  }
  if (input < 0) return invalid_argument("the network has no input layer");

  Network network;
  network.layers_ = std::move(layers);
  network.input_ = input;
  network.output_ = output;
  return network;
}

Result<Network> Network::with_layer(LayerId id, Layer layer) const {
  Network changed = *this;
  Layer& place = changed.layers_[static_cast<std::size_t>(id)];
  std::swap(place, layer);
  RS_CHECK(place.name == layer.name && place.as<op::Input>() == nullptr && layer.as<op::Input>() == nullptr);
  RS_TRY(finish_layer(changed.layers_, id));
  // What reads it was checked against the shape that it had.
  if (place.output_shape != layer.output_shape) return create(std::move(changed.layers_), output_);
  RS_TRY(check_limits(changed.layers_));
  return changed;
}

std::optional<LayerId> Network::find(std::string_view name) const {
  for (LayerId id = 0; id < size(); ++id)
    if (layer(id).name == name) return id;
  return std::nullopt;
}

std::vector<std::vector<LayerId>> Network::consumers() const {
  std::vector<std::vector<LayerId>> readers(layers_.size());
  for (LayerId id = 0; id < size(); ++id)
    for (const LayerId input : layer(id).inputs) {
      auto& list = readers[static_cast<std::size_t>(input)];
      if (list.empty() || list.back() != id) list.push_back(id);
    }
  return readers;
}

bool Network::is_shape_only() const {
  const auto made_up = [](const TensorPtr& constant) { return constant && constant->is_shape_only(); };
  return std::any_of(layers_.begin(), layers_.end(), [&](const Layer& layer) {
    return std::any_of(layer.constants.begin(), layer.constants.end(), made_up);
  });
}

Status Network::check_values() const {
  if (!is_shape_only()) return {};
  return failed_precondition(
      "the network is known by its shapes only: it can be estimated, not evaluated; import an ONNX file with its "
      "weights");
}

std::vector<Digest> Network::layer_keys() const {
  std::vector<Digest> keys;
  keys.reserve(layers_.size());
  for (const Layer& layer : layers_) keys.push_back(layer_key(layer, keys));
  return keys;
}

Digest Network::key() const { return layer_keys()[static_cast<std::size_t>(output_)]; }

Digest Network::design_key() const {
  Hasher hasher("design/1");
  hasher.add(key());
  for (const Layer& layer : layers_) {
    layer.storage.hash_into(hasher);
    if (const auto* select = layer.as<op::Select>()) hasher.add("leaving").add(select->leaving);
    if (const Skips* skips = layer.arithmetic.skips.get())
      hasher.add("skips").add_range(std::span<const float>(skips->zero_shares));
  }
  return hasher.finish();
}

LayerId NetworkBuilder::input(Shape shape, std::string name) {
  return add(std::move(name), op::Input{std::move(shape)}, {});
}

LayerId NetworkBuilder::add(std::string name, Operation operation, std::vector<LayerId> inputs,
                            std::vector<TensorPtr> constants) {
  Layer layer;
  layer.name = std::move(name);
  layer.operation = std::move(operation);
  layer.inputs = std::move(inputs);
  layer.constants = std::move(constants);
  layers_.push_back(std::move(layer));
  return static_cast<LayerId>(layers_.size()) - 1;
}

Result<Network> NetworkBuilder::finish(LayerId output) { return without_dead_layers(std::move(layers_), output); }

Result<Network> without_dead_layers(std::vector<Layer> layers, LayerId output) {
  if (output < 0 || output >= static_cast<LayerId>(layers.size()))
    return invalid_argument("output layer {} does not exist; the network has {} layers", output, layers.size());
  std::vector<bool> live(layers.size());
  live[static_cast<std::size_t>(output)] = true;
  for (LayerId id = output; id >= 0; --id) {
    const Layer& layer = layers[static_cast<std::size_t>(id)];
    RS_TRY(check_inputs(layer, id));
    if (layer.as<op::Input>()) live[static_cast<std::size_t>(id)] = true;  // the data goes in even if nothing reads it
    if (!live[static_cast<std::size_t>(id)]) continue;
    for (const LayerId input : layer.inputs) live[static_cast<std::size_t>(input)] = true;
  }
  std::vector<LayerId> renumbered(layers.size(), -1);
  std::vector<Layer> kept;
  for (std::size_t id = 0; id < layers.size(); ++id) {
    if (!live[id]) continue;
    renumbered[id] = static_cast<LayerId>(kept.size());
    for (LayerId& input : layers[id].inputs) input = renumbered[static_cast<std::size_t>(input)];
    kept.push_back(std::move(layers[id]));
  }
  return Network::create(std::move(kept), renumbered[static_cast<std::size_t>(output)]);
}

}  // namespace roofscape
