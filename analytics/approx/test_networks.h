// Small networks of every structure that methods meet, with random weights, and statistics to go with them.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/base/rng.h"

namespace roofscape::testing {

inline TensorPtr random_tensor(Shape shape, Rng& rng, double spread = 0.5) {
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (float& value : values) value = static_cast<float>(spread * rng.normal());
  return make_tensor(std::move(shape), std::move(values));
}

// Adds layers with random weights, each named after its operation and number unless given a name.
class RandomNetwork {
 public:
  explicit RandomNetwork(Shape input, std::uint64_t seed = 1) : rng_(seed), last_(builder_.input(std::move(input))) {}

  LayerId last() const { return last_; }
  LayerId conv(std::string name, LayerId from, std::int64_t in, std::int64_t out, std::int64_t kernel,
               std::int64_t groups = 1, std::int64_t stride = 1) {
    op::Conv conv;
    conv.groups = groups;
    conv.stride = {stride, stride};
    conv.pad = {kernel / 2, kernel / 2, kernel / 2, kernel / 2};
    return add(std::move(name), conv, {from},
               {random_tensor({out, in / groups, kernel, kernel}, rng_), random_tensor({out}, rng_)});
  }
  LayerId dense(std::string name, LayerId from, std::int64_t in, std::int64_t out) {
    return add(std::move(name), op::Dense{}, {from}, {random_tensor({out, in}, rng_), random_tensor({out}, rng_)});
  }
  LayerId relu(LayerId from) { return add("", op::Activation{}, {from}); }
  LayerId flatten(LayerId from, std::int64_t elements) { return add("", op::Reshape{{elements}}, {from}); }
  LayerId max_pool(LayerId from) {
    op::Pool pool;
    pool.kernel = {2, 2};
    pool.stride = {2, 2};
    return add("", pool, {from});
  }
  LayerId add(std::string name, Operation operation, std::vector<LayerId> inputs,
              std::vector<TensorPtr> constants = {}) {
    if (name.empty()) name = fmt::format("{}_{}", operation_name(operation), ++count_);
    last_ = builder_.add(std::move(name), std::move(operation), std::move(inputs), std::move(constants));
    return last_;
  }
  Rng& rng() { return rng_; }
  Network finish() { return builder_.finish(last_).value(); }

 private:
  Rng rng_;
  NetworkBuilder builder_;
  LayerId last_;
  int count_ = 0;
};

// conv1, relu, pool, conv2, relu, flatten, fc1, relu, fc2.
inline Network chain_network() {
  RandomNetwork n({1, 8, 8});
  const LayerId pooled = n.max_pool(n.relu(n.conv("conv1", n.last(), 1, 6, 3)));
  const LayerId flat = n.flatten(n.relu(n.conv("conv2", pooled, 6, 8, 3)), 8 * 4 * 4);
  n.dense("fc2", n.relu(n.dense("fc1", flat, 128, 12)), 12, 5);
  return n.finish();
}

// A residual network of two joins: conv1 is added to conv3's output, and that sum to conv5's.
inline Network residual_network() {
  RandomNetwork n({3, 8, 8}, 2);
  const LayerId stem = n.relu(n.conv("conv1", n.last(), 3, 8, 3));
  const LayerId branch = n.conv("conv3", n.relu(n.conv("conv2", stem, 8, 6, 3)), 6, 8, 3);
  const LayerId join = n.relu(n.add("add1", op::Binary{}, {branch, stem}));
  const LayerId second = n.conv("conv5", n.relu(n.conv("conv4", join, 8, 10, 3)), 10, 8, 3);
  const LayerId sum = n.relu(n.add("add2", op::Binary{}, {join, second}));
  op::Pool global;
  global.kind = op::Pool::Kind::kAverage;
  global.kernel = {8, 8};
  global.global = true;
  n.dense("fc", n.flatten(n.add("pool", global, {sum}), 8), 8, 4);
  return n.finish();
}

// Two convolutions side by side, concatenated, then depthwise with multiplier 2, batch normalisation, PRelu.
inline Network branching_network() {
  RandomNetwork n({3, 6, 6}, 3);
  const LayerId input = n.last();
  const LayerId left = n.conv("left", input, 3, 5, 3);
  const LayerId right = n.conv("right", input, 3, 7, 1);
  const LayerId both = n.add("concat", op::Concat{}, {left, right});
  const LayerId deep = n.conv("depthwise", both, 12, 24, 3, 12);
  const LayerId norm =
      n.add("norm", op::Affine{}, {deep}, {random_tensor({24}, n.rng()), random_tensor({24}, n.rng())});
  op::Activation prelu;
  prelu.kind = op::Activation::Kind::kPRelu;
  const LayerId active = n.add("prelu", prelu, {norm}, {random_tensor({24, 1, 1}, n.rng())});
  op::Binary scale;
  scale.kind = op::Binary::Kind::kMul;
  const LayerId scaled = n.add("scale", scale, {active}, {random_tensor({24, 1, 1}, n.rng())});
  const LayerId mixed = n.conv("mix", scaled, 24, 4, 1);
  n.dense("fc", n.flatten(mixed, 4 * 36), 144, 3);
  return n.finish();
}

// Channels last: transposed, averaged over the positions, then dense.
inline Network transposing_network() {
  RandomNetwork n({2, 5, 5}, 4);
  const LayerId features = n.conv("conv1", n.last(), 2, 9, 3);
  const LayerId last = n.add("transpose", op::Transpose{{1, 2, 0}}, {features});
  const LayerId rows = n.add("rows", op::Reshape{{25, 9}}, {last});
  const LayerId hidden = n.dense("fc1", rows, 9, 6);
  const LayerId mean = n.add("mean", op::ReduceMean{{0}, false}, {n.relu(hidden)});
  n.dense("fc2", mean, 6, 3);
  return n.finish();
}

// An up-sampling decoder: transposed convolutions, padding and slicing of the positions.
inline Network decoding_network() {
  RandomNetwork n({4, 3, 3}, 5);
  op::ConvTranspose up;
  up.stride = {2, 2};
  const LayerId wide =
      n.add("up1", up, {n.last()}, {random_tensor({4, 6, 2, 2}, n.rng()), random_tensor({6}, n.rng())});
  up.groups = 6;
  const LayerId deep =
      n.add("up2", up, {n.relu(wide)}, {random_tensor({6, 1, 2, 2}, n.rng()), random_tensor({6}, n.rng())});
  const LayerId padded = n.add("pad", op::Pad{{0, 1, 1}, {0, 1, 1}}, {deep});
  const LayerId cut = n.add("slice", op::Slice{{0, 2, 2}, {6, 8, 8}, {1, 1, 1}}, {padded});
  n.dense("fc", n.flatten(n.conv("down", cut, 6, 2, 3), 128), 128, 3);
  return n.finish();
}

// An LSTM over rows.
inline Network recurrent_network() {
  RandomNetwork n({1, 6, 5}, 6);
  const LayerId rows = n.add("rows", op::Reshape{{6, 5}}, {n.last()});
  const LayerId embedded = n.dense("embed", rows, 5, 8);
  op::Recurrent lstm;
  lstm.output = op::Recurrent::Output::kLastHidden;
  const LayerId hidden =
      n.add("lstm", lstm, {embedded},
            {random_tensor({1, 16, 8}, n.rng()), random_tensor({1, 16, 4}, n.rng()), random_tensor({1, 32}, n.rng())});
  n.dense("fc", n.flatten(hidden, 4), 4, 3);
  return n.finish();
}

// Attention without softmax: the product of two dense layers' outputs.
inline Network product_network() {
  RandomNetwork n({4, 6}, 7);
  const LayerId input = n.last();
  const LayerId query = n.dense("query", input, 6, 5);
  const LayerId key = n.dense("key", input, 6, 5);
  const LayerId turned = n.add("turn", op::Transpose{{1, 0}}, {key});
  const LayerId product = n.add("product", op::MatMul{}, {query, turned});
  n.dense("fc", n.flatten(product, 16), 16, 3);
  return n.finish();
}

// Functions that bend: GELU, SiLU, a sigmoid gate, a GRU and a Softmax.
inline Network bending_network() {
  RandomNetwork n({1, 6, 5}, 8);
  const auto activation = [&](op::Activation::Kind kind, LayerId from, float alpha = 0) {
    op::Activation bend;
    bend.kind = kind;
    bend.alpha = alpha;
    return n.add("", bend, {from});
  };
  const LayerId rows = n.add("rows", op::Reshape{{6, 5}}, {n.last()});
  const LayerId embedded = activation(op::Activation::Kind::kGelu, n.dense("embed", rows, 5, 8));
  op::Recurrent gru;
  gru.kind = op::Recurrent::Kind::kGru;
  gru.output = op::Recurrent::Output::kLastHidden;
  const LayerId hidden =
      n.add("gru", gru, {embedded}, {random_tensor({1, 12, 8}, n.rng()), random_tensor({1, 12, 4}, n.rng()), nullptr});
  const LayerId flat = n.flatten(hidden, 4);
  const LayerId gate = activation(op::Activation::Kind::kSigmoid, n.dense("gate", flat, 4, 4));
  op::Binary product;
  product.kind = op::Binary::Kind::kMul;
  const LayerId gated = n.add("gated", product, {flat, gate});
  const LayerId grown = activation(op::Activation::Kind::kExp, n.dense("grow", gated, 4, 6));
  const LayerId bent = activation(op::Activation::Kind::kElu, activation(op::Activation::Kind::kSilu, grown), 1);
  n.add("softmax", op::Softmax{}, {n.dense("fc", bent, 6, 3)});
  return n.finish();
}

inline std::vector<std::pair<std::string, Network>> test_networks() {
  return {{"chain", chain_network()},         {"residual", residual_network()},
          {"branching", branching_network()}, {"transposing", transposing_network()},
          {"decoding", decoding_network()},   {"recurrent", recurrent_network()},
          {"product", product_network()},     {"bending", bending_network()}};
}

// Statistics as calibration would fill them, of made-up values: activations are not negative, everything else is
// normal.
inline std::shared_ptr<const ValueStatistics> made_up_statistics(const Layer& layer, Rng& rng) {
  const Shape& shape = layer.output_shape;
  const bool planes = shape.size() == 3;
  const auto channels = static_cast<std::size_t>(planes ? shape[0] : shape.back());
  constexpr int kValues = 64;
  auto statistics = std::make_shared<ValueStatistics>();
  std::vector<float> all;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    double sum = 0;
    float low = 0;
    float high = 0;
    int zeros = 0;
    for (int i = 0; i < kValues; ++i) {
      auto value = static_cast<float>(rng.normal() + 0.1 * static_cast<double>(channel));
      if (layer.as<op::Activation>()) value = std::max(value, 0.0F);
      low = i == 0 ? value : std::min(low, value);
      high = i == 0 ? value : std::max(high, value);
      sum += static_cast<double>(value);
      zeros += value == 0 ? 1 : 0;
      all.push_back(value);
    }
    statistics->channel_min.push_back(low);
    statistics->channel_max.push_back(high);
    statistics->channel_mean.push_back(sum / kValues);
    statistics->channel_zeros.push_back(static_cast<double>(zeros) / kValues);
  }
  statistics->histogram.add(all);
  statistics->min = *std::min_element(statistics->channel_min.begin(), statistics->channel_min.end());
  statistics->max = *std::max_element(statistics->channel_max.begin(), statistics->channel_max.end());
  return statistics;
}

// Moments of made-up vectors that are correlated, as activations are.
inline std::shared_ptr<const SecondMoments> made_up_moments(std::int64_t groups, std::int64_t columns, Rng& rng) {
  constexpr int kSamples = 40;
  SecondMoments moments{.groups = groups, .columns = columns, .samples = kSamples};
  const auto n = static_cast<std::size_t>(columns);
  for (std::int64_t group = 0; group < groups; ++group) {
    std::vector<double> sums(n * n, 0.0), totals(n, 0.0);
    for (int sample = 0; sample < kSamples; ++sample) {
      std::vector<double> x(n);
      const double common = rng.normal();
      for (double& value : x) value = std::max(common + rng.normal(), 0.0);
      for (std::size_t i = 0; i < n; ++i) {
        totals[i] += x[i];
        for (std::size_t j = 0; j < n; ++j) sums[i * n + j] += x[i] * x[j];
      }
    }
    moments.sums.insert(moments.sums.end(), sums.begin(), sums.end());
    moments.totals.insert(moments.totals.end(), totals.begin(), totals.end());
  }
  return std::make_shared<const SecondMoments>(std::move(moments));
}

inline void add_moments(const Layer& layer, Calibration& calibration, Rng& rng) {
  if (!layer.has_weight()) return;
  const Shape& shape = layer.weight()->shape();
  if (const auto* conv = layer.as<op::Conv>()) {
    calibration.moments[layer.name] = made_up_moments(conv->groups, layer.weight()->size() / shape[0], rng);
  } else if (const auto* transposed = layer.as<op::ConvTranspose>()) {
    calibration.moments[layer.name] = made_up_moments(transposed->groups, shape[0] / transposed->groups, rng);
  } else if (layer.as<op::Recurrent>()) {
    calibration.moments[layer.name] = made_up_moments(1, shape[2], rng);
    calibration.state_moments[layer.name] = made_up_moments(shape[0], layer.constants[1]->shape()[2], rng);
  } else {
    calibration.moments[layer.name] = made_up_moments(1, shape[1], rng);
  }
}

// Features and labels that have something to do with each other.
inline void add_exit_features(const Network& network, Calibration& calibration, Rng& rng) {
  const std::int64_t classes = network.output_shape().back();
  for (std::int64_t i = 0; i < calibration.images; ++i)
    calibration.labels.push_back(static_cast<std::int32_t>(i % classes));
  for (const Layer& layer : network.layers()) {
    if (layer.output_shape.size() != 3 && layer.output_shape.size() != 1) continue;
    auto features = std::make_shared<ExitFeatures>();
    features->columns = layer.output_shape[0];
    for (std::int64_t i = 0; i < calibration.images * features->columns; ++i) {
      const bool own = i % features->columns % classes == i / features->columns % classes;
      features->values.push_back(static_cast<float>(0.3 * rng.normal() + (own ? 1 : 0)));
    }
    calibration.exit_features[layer.name] = std::move(features);
  }
}

inline approx::Draft draft_of(Network network, std::uint64_t seed = 1) {
  Calibration calibration;
  calibration.images = 16;
  Rng rng(seed);
  for (const Layer& layer : network.layers()) calibration.values[layer.name] = made_up_statistics(layer, rng);
  for (const Layer& layer : network.layers()) add_moments(layer, calibration, rng);
  add_exit_features(network, calibration, rng);
  return {std::move(network), std::move(calibration)};
}

}  // namespace roofscape::testing
