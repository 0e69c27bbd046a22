#include "analytics/network/work.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "analytics/network/integer_layer.h"
#include "analytics/network/packed/packed.h"

namespace roofscape {
namespace {

using packed::weight_tensors;

std::int64_t macs_of(const Layer& layer, std::span<const Shape> inputs) {
  const Tensor* weight = layer.weight();
  if (layer.as<op::Conv>()) return element_count(layer.output_shape) * (weight->size() / weight->shape()[0]);
  if (layer.as<op::ConvTranspose>()) return element_count(inputs[0]) * (weight->size() / weight->shape()[0]);
  if (layer.as<op::Dense>()) return element_count(layer.output_shape) * weight->shape()[1];
  if (layer.as<op::MatMul>()) return element_count(layer.output_shape) * inputs[0].back();
  if (layer.as<op::Recurrent>()) return inputs[0][0] * (layer.constants[0]->size() + layer.constants[1]->size());
  if (layer.as<op::Affine>()) return element_count(layer.output_shape);
  return 0;
}

// Multiplications that circulant blocks of b × b take by way of their spectra, b a power of two. A transform of b real
// values counts b·log2 b, the product of two of their spectra 2b − 2: two real bins and b/2 − 1 complex ones of 4.
struct SpectralWork {
  std::int64_t block = 2;

  std::int64_t blocks(std::int64_t size) const { return (size + block - 1) / block; }
  std::int64_t transforms(std::int64_t count) const {
    return count * block * (std::bit_width(static_cast<std::uint64_t>(block)) - 1);
  }
  std::int64_t products(std::int64_t count) const { return count * (2 * block - 2); }
  // `positions` vectors of `columns`, each times one matrix of `rows`.
  std::int64_t matrix(std::int64_t rows, std::int64_t columns, std::int64_t positions) const {
    return positions * (transforms(blocks(rows) + blocks(columns)) + products(blocks(rows) * blocks(columns)));
  }
};

std::int64_t positions_of(const Shape& planes) { return planes[1] * planes[2]; }

// Of a layer stored in circulant blocks; nothing where spectra are no way to compute it. The spectra of the weights are
// made once, not for each image. Taps of a kernel share the spectra of what they read and of the sums that they make.
std::optional<std::int64_t> spectral_macs_of(const Layer& layer, std::span<const Shape> inputs) {
  const SpectralWork work{layer.storage.block_rows};
  if (layer.storage.encoding != Storage::Encoding::kCirculant || work.block < 2 ||
      !std::has_single_bit(static_cast<std::uint64_t>(work.block)))
    return std::nullopt;
  const Shape& weight = layer.weight()->shape();
  if (layer.as<op::Dense>()) return work.matrix(weight[0], weight[1], element_count(layer.output_shape) / weight[0]);
  if (layer.as<op::Recurrent>()) {
    const Shape& state = layer.constants[1]->shape();
    return weight[0] *
           (work.matrix(weight[1], weight[2], inputs[0][0]) + work.matrix(state[1], state[2], inputs[0][0]));
  }
  const auto* conv = layer.as<op::Conv>();
  const auto* transposed = layer.as<op::ConvTranspose>();
  if ((conv != nullptr ? conv->groups : transposed->groups) != 1) return std::nullopt;
  const std::int64_t read = positions_of(inputs[0]) * work.blocks(inputs[0][0]);
  const std::int64_t written = positions_of(layer.output_shape) * work.blocks(layer.output_shape[0]);
  const std::int64_t taps = weight[2] * weight[3];
  const std::int64_t windows = positions_of(conv != nullptr ? layer.output_shape : inputs[0]);
  return work.transforms(read + written) +
         work.products(windows * taps * work.blocks(weight[0]) * work.blocks(weight[1]));
}

std::int64_t other_ops_of(const Layer& layer, std::span<const Shape> inputs) {
  const std::int64_t out = element_count(layer.output_shape);
  if (const auto* pool = layer.as<op::Pool>()) return out * pool->kernel[0] * pool->kernel[1];
  if (layer.as<op::Activation>() || layer.as<op::Binary>()) return out;
  if (layer.as<op::Truncate>()) return out;
  if (layer.as<op::MultiThreshold>()) return out * layer.constants[0]->shape()[1];  // comparisons
  if (layer.as<op::Softmax>()) return 3 * out;                                      // exponential, sum, division
  if (layer.as<op::ReduceMean>()) return element_count(inputs[0]);
  if (layer.as<op::Select>()) return 3 * out;  // exponential, sum, choice
  if (const auto* recurrent = layer.as<op::Recurrent>()) {
    // Gate functions and state updates of each step: 9 an LSTM unit, 8 a GRU unit.
    const std::int64_t units = layer.constants[1]->shape()[0] * layer.constants[1]->shape()[2];
    return inputs[0][0] * units * (recurrent->kind == op::Recurrent::Kind::kLstm ? 9 : 8);
  }
  return 0;
}

// Whether a layer hands its input's values on as they are (or drops, repeats, reorders or clamps them), so that values
// kept narrow before it stay narrow after it.
bool passes_values(const Layer& layer) {
  if (const auto* activation = layer.as<op::Activation>())
    return activation->kind == op::Activation::Kind::kRelu || activation->kind == op::Activation::Kind::kClip ||
           activation->kind == op::Activation::Kind::kHardShrink;
  if (const auto* pool = layer.as<op::Pool>()) return pool->kind == op::Pool::Kind::kMax;
  return layer.as<op::Reshape>() || layer.as<op::Transpose>() || layer.as<op::Concat>() || layer.as<op::Slice>() ||
         layer.as<op::Pad>() || layer.as<op::Gather>();
}

}  // namespace

Work& Work::operator+=(const Work& other) {
  macs += other.macs;
  other_ops += other.other_ops;
  weight_count += other.weight_count;
  nonzero_weights += other.nonzero_weights;
  stored_weight_bits += other.stored_weight_bits;
  input_count += other.input_count;
  output_count += other.output_count;
  return *this;
}

Work layer_work(const Network& network, LayerId id) {
  const Layer& layer = network.layer(id);
  std::vector<Shape> inputs;
  for (const LayerId input : layer.inputs) inputs.push_back(network.layer(input).output_shape);
  Work work;
  work.macs = macs_of(layer, inputs);
  if (const auto spectral = spectral_macs_of(layer, inputs)) work.macs = std::min(work.macs, *spectral);
  work.other_ops = other_ops_of(layer, inputs);
  if (layer.arithmetic.skips && layer.arithmetic.skips->threshold > 0) work.other_ops += element_count(inputs[0]);
  for (const TensorPtr& constant : layer.constants) work.weight_count += constant ? constant->size() : 0;
  for (std::size_t i = 0; i < weight_tensors(layer); ++i) work.nonzero_weights += layer.constants[i]->nonzero_count();
  work.stored_weight_bits = stored_bits(layer);
  for (const Shape& shape : inputs) work.input_count += element_count(shape);
  work.output_count = element_count(layer.output_shape);
  return work;
}

Work network_work(const Network& network) {
  Work total;
  for (LayerId id = 0; id < network.size(); ++id) total += layer_work(network, id);
  return total;
}

bool is_matrix(const Layer& layer) { return layer.has_weight() || layer.as<op::MatMul>(); }

std::int64_t activation_count(const Network& network) {
  std::int64_t count = 0;
  for (const Layer& layer : network.layers())
    if (is_matrix(layer)) count += element_count(layer.output_shape);
  return count;
}

std::vector<double> run_shares(const Network& network) {
  std::vector<double> needed(static_cast<std::size_t>(network.size()), 0);
  needed[static_cast<std::size_t>(network.output())] = 1;
  for (LayerId id = network.size() - 1; id >= 0; --id) {
    const Layer& layer = network.layer(id);
    const double share = needed[static_cast<std::size_t>(id)];
    const auto* select = layer.as<op::Select>();
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
      double& input = needed[static_cast<std::size_t>(layer.inputs[i])];
      input = std::max(input, select != nullptr && i == 1 ? share * (1 - select->leaving) : share);
    }
  }
  return needed;
}

double needed_macs(const Network& network) {
  const std::vector<double> shares = run_shares(network);
  double total = 0;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const Work work = layer_work(network, id);
    double macs = static_cast<double>(work.macs) * shares[static_cast<std::size_t>(id)];
    std::int64_t weights = 0;
    for (std::size_t i = 0; i < weight_tensors(layer); ++i) weights += layer.constants[i]->size();
    // Each weight takes part in as many multiplications as any other of its layer.
    if (weights > 0 && layer.storage.encoding != Storage::Encoding::kCirculant)
      macs *= static_cast<double>(work.nonzero_weights) / static_cast<double>(weights);
    if (layer.arithmetic.skips) macs *= 1 - layer.arithmetic.skips->mean();
    total += macs;
  }
  return total;
}

std::int64_t stored_bits(const Layer& layer) { return packed::count_bits(layer).value(); }

double bit_operations(const Network& network) {
  double total = 0;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const QuantiserPtr input = layer.arithmetic.input(0);
    const QuantiserPtr second = layer.as<op::MatMul>() ? layer.arithmetic.input(1) : layer.arithmetic.weight;
    const double bits = static_cast<double>(factor_format(input).bits()) * factor_format(second).bits();
    total += static_cast<double>(layer_work(network, id).macs) * bits;
  }
  return total;
}

std::vector<double> activation_bits(const Network& network) {
  constexpr double kFloatBits = 32;
  std::vector<double> bits(static_cast<std::size_t>(network.size()), 0);
  bits[static_cast<std::size_t>(network.output())] = kFloatBits;
  for (LayerId id = network.size() - 1; id >= 0; --id) {
    const Layer& layer = network.layer(id);
    const double own = std::max(bits[static_cast<std::size_t>(id)], 1.0);
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
      const QuantiserPtr quantiser = layer.arithmetic.input(i);
      const double asked = quantiser ? quantiser->format.bits_per_value() : passes_values(layer) ? own : kFloatBits;
      double& kept = bits[static_cast<std::size_t>(layer.inputs[i])];
      kept = std::max(kept, asked);
    }
  }
  for (double& b : bits) b = b == 0 ? kFloatBits : b;  // nobody reads it
  return bits;
}

}  // namespace roofscape
