#include "analytics/cost/demand.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "analytics/cost/ceilings.h"
#include "analytics/cost/passes.h"
#include "analytics/network/integer_layer.h"
#include "analytics/network/work.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;

// Functions that an epilogue computes while the result is still in registers.
bool is_epilogue(const Layer& layer) {
  if (layer.as<op::Activation>() || layer.as<op::Affine>()) return true;
  return layer.as<op::Binary>() && layer.inputs.size() == 1;
}

Kind kind_of(const Layer& layer) {
  if (layer.as<op::Input>() || layer.as<op::Reshape>()) return Kind::kFree;
  return is_matrix(layer) ? Kind::kMatrix : Kind::kElementwise;
}

Bytes bytes_of(double elements, double bits) { return Bytes(elements * bits / 8.0); }

// Input weights meet the inputs of all steps at once; the state's meet the state of each, of both directions.
void set_steps(const Network& network, const Layer& layer, LayerDemand* demand) {
  const auto input = static_cast<double>(layer.constants[0]->size()),
             state = static_cast<double>(layer.constants[1]->size());
  demand->step_bytes = demand->weight_bytes * (state / (input + state));
  demand->steps = static_cast<double>(network.layer(layer.inputs[0]).output_shape[0]);
  demand->products[0].rows = demand->products[1].repeats = demand->steps;  // the layer alone may not know them
}

// Fuses epilogues into matrix layers: walks forward from each through layers that alone read what is before them.
void fuse(const Network& network, std::vector<LayerDemand>& demands) {
  std::vector<int> readers(demands.size(), 0);
  for (const Layer& layer : network.layers())
    for (const LayerId input : layer.inputs) ++readers[static_cast<std::size_t>(input)];
  // For each layer, the matrix layer into which its value has been folded so far.
  std::vector<LayerId> host(demands.size(), -1);
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    LayerDemand& own = demands[static_cast<std::size_t>(id)];
    if (own.kind == Kind::kMatrix) {
      host[static_cast<std::size_t>(id)] = id;
      continue;
    }
    if (!is_epilogue(layer)) continue;
    const auto before = static_cast<std::size_t>(layer.inputs[0]);
    if (host[before] < 0 || readers[before] != 1 || layer.inputs[0] == network.output()) continue;
    host[static_cast<std::size_t>(id)] = host[before];
    own.kind = Kind::kFused;
    demands[static_cast<std::size_t>(host[before])].result = id;
  }
}

LayerId without_views(const Network& network, LayerId id) {
  while (network.layer(id).as<op::Reshape>()) id = network.layer(id).inputs[0];
  return id;
}

// Heads of attention are told apart and put together by how its products step through memory, not by moving values: a
// turned value that only products of two activations read, or that one of them writes, is a view.
void see_through_turns(const Network& network, std::vector<LayerDemand>& demands) {
  const auto is_product = [&](LayerId id) { return network.layer(id).as<op::MatMul>() != nullptr; };
  std::vector<bool> read(demands.size(), false), elsewhere(demands.size(), false);
  for (LayerId id = 0; id < network.size(); ++id)
    for (const LayerId input : network.layer(id).inputs) {
      if (network.layer(id).as<op::Reshape>()) continue;
      const auto source = static_cast<std::size_t>(without_views(network, input));
      read[source] = true;
      if (!is_product(id)) elsewhere[source] = true;
    }
  elsewhere[static_cast<std::size_t>(without_views(network, network.output()))] = true;
  for (LayerId id = 0; id < network.size(); ++id) {
    const auto index = static_cast<std::size_t>(id);
    const Layer& layer = network.layer(id);
    if (!layer.as<op::Transpose>()) continue;
    const bool of_product = is_product(without_views(network, layer.inputs[0]));
    if (of_product || (read[index] && !elsewhere[index])) demands[index].kind = Kind::kFree;
  }
}

// Formats of a layer without weights: those in which its input is kept.
NumberFormat kept_format(const Layer& layer, const std::vector<double>& bits) {
  if (const QuantiserPtr quantiser = layer.arithmetic.input(0)) return quantiser->format;
  double most = 0;
  for (const LayerId input : layer.inputs) most = std::max(most, bits[static_cast<std::size_t>(input)]);
  const int widest = static_cast<int>(std::ceil(most));
  return widest == 0 || widest >= 32 ? NumberFormat::fp32() : NumberFormat::integer(widest, Signedness::kSigned);
}

void set_formats(const Layer& layer, const std::vector<double>& bits, LayerDemand& demand) {
  if (demand.kind == Kind::kMatrix) {
    const QuantiserPtr input = layer.arithmetic.input(0);
    demand.activation = factor_format(input);
    const QuantiserPtr second = layer.as<op::MatMul>() ? layer.arithmetic.input(1) : layer.arithmetic.weight;
    demand.weight = factor_format(second);
    demand.channel_scales = has_channel_scales(layer);
    if (!layer.inputs.empty()) demand.input_bits = bits[static_cast<std::size_t>(layer.inputs[0])];
  } else {
    demand.activation = demand.weight = kept_format(layer, bits);
  }
}

// A value that reaches the network's input or output through views only is the network's own.
std::vector<bool> views_of_input(const Network& network) {
  std::vector<bool> view(static_cast<std::size_t>(network.size()), false);
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    view[static_cast<std::size_t>(id)] =
        layer.as<op::Input>() || (layer.as<op::Reshape>() && view[static_cast<std::size_t>(layer.inputs[0])]);
  }
  return view;
}

// Values that a layer outside of their pass reads, or nobody: those are the network's results.
std::vector<bool> leaves_pass(const Network& network, const std::vector<LayerId>& first) {
  std::vector<bool> leaves(first.size(), false), read(first.size(), false);
  for (LayerId id = 0; id < network.size(); ++id)
    for (const LayerId input : network.layer(id).inputs) {
      const auto index = static_cast<std::size_t>(input);
      read[index] = true;
      if (first[index] != first[static_cast<std::size_t>(id)]) leaves[index] = true;
    }
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (!read[i]) leaves[i] = true;
  leaves[static_cast<std::size_t>(network.output())] = true;
  return leaves;
}

void set_traffic(const Network& network, const std::vector<double>& bits, std::vector<LayerDemand>& demands) {
  const std::vector<bool> own_input = views_of_input(network);
  const LayerId output = without_views(network, network.output());
  const std::vector<LayerId> first = first_of_pass(network, demands);
  const std::vector<bool> leaves = leaves_pass(network, first);
  std::vector<bool> several(first.size(), false);  // passes of more than one layer
  for (LayerId id = 0; id < network.size(); ++id)
    if (first[static_cast<std::size_t>(id)] != id)
      several[static_cast<std::size_t>(first[static_cast<std::size_t>(id)])] = true;
  std::set<std::pair<LayerId, LayerId>> already_read;  // of those, pass and value
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    LayerDemand& demand = demands[static_cast<std::size_t>(id)];
    if (demand.kind == Kind::kFree || demand.kind == Kind::kFused) continue;
    const LayerId pass = first[static_cast<std::size_t>(id)];
    demand.joined = pass != id;
    LayerDemand& mover = demands[static_cast<std::size_t>(pass)];
    for (const LayerId input : layer.inputs) {
      const auto index = static_cast<std::size_t>(input);
      if (first[index] == pass) continue;
      if (several[static_cast<std::size_t>(pass)] && !already_read.emplace(pass, input).second) continue;
      const Bytes read = bytes_of(static_cast<double>(element_count(network.layer(input).output_shape)), bits[index]);
      mover.input_bytes += read;
      if (own_input[index]) mover.network_bytes += read;
    }
    const Shape& written = network.layer(demand.result).output_shape;
    const double kept = bits[static_cast<std::size_t>(demand.result)];
    demand.result_bits = static_cast<int>(std::ceil(kept));
    if (!leaves[static_cast<std::size_t>(id)]) continue;
    const Bytes write = bytes_of(static_cast<double>(element_count(written)), kept);
    mover.output_bytes += write;
    if (demand.result == output) mover.network_bytes += write;
  }
}

}  // namespace

Demand demand(const Network& network) {
  Demand all;
  all.layers.resize(static_cast<std::size_t>(network.size()));
  const std::vector<double> bits = activation_bits(network);
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    LayerDemand& own = all.layers[static_cast<std::size_t>(id)];
    const Work work = layer_work(network, id);
    own.kind = kind_of(layer);
    own.skips = layer.arithmetic.skips;
    own.result = id;
    own.ops = Ops(static_cast<double>(work.ops()));
    own.weight_bytes = Bytes(static_cast<double>(work.stored_weight_bits) / 8.0);
    own.products = work_on_array(layer);
    if (layer.as<op::Recurrent>() != nullptr) set_steps(network, layer, &own);
    all.weight_bytes += own.weight_bytes;
  }
  see_through_turns(network, all.layers);
  fuse(network, all.layers);
  for (LayerId id = 0; id < network.size(); ++id)
    set_formats(network.layer(id), bits, all.layers[static_cast<std::size_t>(id)]);
  set_traffic(network, bits, all.layers);
  const std::vector<double> shares = run_shares(network);
  for (std::size_t i = 0; i < shares.size(); ++i) all.layers[i].run_share = shares[i];
  for (const LayerDemand& own : all.layers)
    all.peak_activation_bytes = std::max(all.peak_activation_bytes, own.activation_bytes());
  return all;
}

}  // namespace roofscape::cost
