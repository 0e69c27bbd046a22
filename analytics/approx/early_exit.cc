// A head on a layer on the way: images about which it is confident need not go on.
#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/approx/cascade.h"
#include "analytics/approx/registry.h"
#include "analytics/linear/least_squares.h"

namespace roofscape::approx {
namespace {

using linear::Matrix;

// Features and labels of the calibration images that have a label.
struct Examples {
  std::int64_t columns = 0;
  std::size_t classes = 0;
  std::vector<const float*> features;
  std::vector<std::size_t> labels;

  std::size_t size() const { return labels.size(); }
};

// Weights [columns + 1, classes] that map features and a 1 to one-hot labels with least squares, from the examples of
// which `takes(i)` holds.
template <typename Takes>
Result<Matrix> fitted(const Examples& examples, double ridge, Takes takes) {
  const auto n = static_cast<std::size_t>(examples.columns);
  Matrix moments(n + 1, n + 1), cross(n + 1, examples.classes);
  for (std::size_t e = 0; e < examples.size(); ++e) {
    if (!takes(e)) continue;
    const float* x = examples.features[e];
    const auto at = [&](std::size_t i) { return i < n ? static_cast<double>(x[i]) : 1.0; };
    for (std::size_t i = 0; i <= n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) moments(i, j) += at(i) * at(j);
      cross(i, examples.labels[e]) += at(i);
    }
  }
  double trace = 0;
  for (std::size_t i = 0; i <= n; ++i) {
    trace += moments(i, i);
    for (std::size_t j = 0; j < i; ++j) moments(j, i) = moments(i, j);
  }
  // Features that never change, or few images, leave directions without information: a little is always added.
  constexpr double kLeast = 1e-9;
  return linear::least_squares(moments, cross, (ridge + kLeast) * trace / static_cast<double>(n + 1) + kLeast);
}

std::vector<float> scores_of(const Matrix& weights, const float* features) {
  std::vector<float> scores;
  const std::size_t n = weights.rows - 1;
  for (std::size_t k = 0; k < weights.columns; ++k) {
    double sum = weights(n, k);
    for (std::size_t i = 0; i < n; ++i) sum += weights(i, k) * static_cast<double>(features[i]);
    scores.push_back(static_cast<float>(sum));
  }
  return scores;
}

double cross_entropy(std::span<const float> scores, const Examples& examples, double scale) {
  double sum = 0;
  for (std::size_t e = 0; e < examples.size(); ++e) {
    const auto own = scores.subspan(e * examples.classes, examples.classes);
    const double largest = static_cast<double>(*std::max_element(own.begin(), own.end()));
    double all = 0;
    for (const float score : own) all += std::exp(scale * (static_cast<double>(score) - largest));
    sum += std::log(all) + scale * (largest - static_cast<double>(own[examples.labels[e]]));
  }
  return sum;
}

// A head: its weights, scaled so that their softmax is a probability, and how many images it lets go.
struct Head {
  Matrix weights;
  double leaving = 0;
};

Result<Head> head_of(const Examples& examples, double ridge, float confidence) {
  // Scores of each image from a head that has not seen it: one of the even images, one of the odd ones.
  std::vector<float> scores;
  RS_ASSIGN(const Matrix of_even, fitted(examples, ridge, [](std::size_t e) { return e % 2 == 0; }));
  RS_ASSIGN(const Matrix of_odd, fitted(examples, ridge, [](std::size_t e) { return e % 2 == 1; }));
  for (std::size_t e = 0; e < examples.size(); ++e) {
    const std::vector<float> own = scores_of(e % 2 == 0 ? of_odd : of_even, examples.features[e]);
    scores.insert(scores.end(), own.begin(), own.end());
  }
  double scale = 1, least = std::numeric_limits<double>::infinity();
  for (int quarter = 0; quarter <= 40; ++quarter) {
    const double tried = std::exp2(quarter / 4.0);
    const double entropy = cross_entropy(scores, examples, tried);
    if (entropy >= least) continue;
    least = entropy;
    scale = tried;
  }
  for (float& score : scores) score *= static_cast<float>(scale);
  Head head;
  head.leaving = share_leaving(scores, static_cast<std::int64_t>(examples.classes), confidence, false);
  RS_ASSIGN(head.weights, fitted(examples, ridge, [](std::size_t) { return true; }));
  for (double& weight : head.weights.values) weight *= scale;
  return head;
}

// The head as a dense layer; with 8-bit integers where the network has integer weights, since its hardware may have
// nothing else.
Layer dense_layer(const Head& head, const Examples& examples, bool integer) {
  const std::size_t n = head.weights.rows - 1, classes = head.weights.columns;
  std::vector<float> weight(classes * n), bias(classes);
  for (std::size_t k = 0; k < classes; ++k) {
    bias[k] = static_cast<float>(head.weights(n, k));
    for (std::size_t i = 0; i < n; ++i) weight[k * n + i] = static_cast<float>(head.weights(i, k));
  }
  Layer layer;
  layer.operation = op::Dense{};
  if (integer) {
    float largest = 0, low = 0, high = 0;
    for (const float w : weight) largest = std::max(largest, std::abs(w));
    for (const float* x : examples.features) {
      low = std::min(low, *std::min_element(x, x + n));
      high = std::max(high, *std::max_element(x, x + n));
    }
    const Signedness sign = low < 0 ? Signedness::kSigned : Signedness::kUnsigned;
    layer.arithmetic.weight = std::make_shared<const Quantiser>(
        quantiser_for_range(NumberFormat::integer(8, Signedness::kSigned), -largest, largest));
    layer.arithmetic.inputs = {
        std::make_shared<const Quantiser>(quantiser_for_range(NumberFormat::integer(8, sign), low, high))};
    for (float& w : weight) w = layer.arithmetic.weight->fake(w);
  }
  const auto rows = static_cast<std::int64_t>(classes);
  layer.constants = {make_tensor({rows, static_cast<std::int64_t>(n)}, std::move(weight)),
                     make_tensor({rows}, std::move(bias))};
  return layer;
}

class EarlyExit final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "early_exit",
        .version = 1,
        .stage = Stage::kExit,
        .summary = "A classifier on this layer lets images about which it is confident leave.",
        .knobs = {KnobSpec::real("confidence",
                                 "Probability of the best class from which on an image leaves; 1: none does", 0.3, 1,
                                 0.9),
                  KnobSpec::real("ridge", "Regularisation, as a share of the features' mean square", 0, 1, 0.01)},
        .identity = {{"confidence", 1.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const auto because = [&](std::string text) {
      return Decline{info().id, DeclineReason::kStructure, std::move(text)};
    };
    const Layer& layer = network.layer(id);
    const std::size_t rank = layer.output_shape.size();
    if (layer.as<op::Input>() || layer.as<op::Reshape>())
      return because("nothing is computed here yet, or nothing new");
    if (id == network.output()) return because("it is the network's output, after which there is nothing to save");
    if (rank != 3 && rank != 1)
      return because("its output " + roofscape::to_string(layer.output_shape) +
                     " is neither a map [C, H, W] nor a vector");
    if (network.output_shape().size() != 1) return because("the network's output is no vector of scores");
    if (network.layer(network.output()).as<op::Select>()) return because("the network has an early exit already");
    return {};
  }

  bool needs_exit_features(const Knobs& knobs) const override { return number(knobs, "confidence") < 1; }

  Effects effects(const Knobs&) const override { return {}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    if (number(knobs, "confidence") >= 1) return draft;
    const Network& network = draft.network;
    const std::string& name = network.layer(id).name;
    RS_ASSIGN(const Examples examples, examples_of(draft, id));
    ExitOptions options;
    options.confidence = static_cast<float>(number(knobs, "confidence"));
    RS_ASSIGN(const Head head, head_of(examples, number(knobs, "ridge"), options.confidence));
    options.leaving = head.leaving;

    std::vector<Layer> layers(network.layers().begin(), network.layers().end());
    const auto append = [&](Layer layer, LayerId input, std::string_view suffix) {
      layer.name = fmt::format("{}/{}", name, suffix);
      layer.inputs = {input};
      layers.push_back(std::move(layer));
      return static_cast<LayerId>(layers.size()) - 1;
    };
    LayerId features = id;
    if (const Shape& shape = network.layer(id).output_shape; shape.size() == 3) {
      Layer pool, flat;
      pool.operation = op::Pool{.kind = op::Pool::Kind::kAverage, .kernel = {shape[1], shape[2]}, .global = true};
      flat.operation = op::Reshape{{shape[0]}};
      features = append(flat, append(pool, id, "exit_pool"), "exit_features");
    }
    const bool integer = std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
      return layer.arithmetic.weight && layer.arithmetic.weight->format.is_integer();
    });
    LayerId early = append(dense_layer(head, examples, integer), features, "exit_head");
    if (const auto* softmax = network.layer(network.output()).as<op::Softmax>()) {
      Layer same;
      same.operation = *softmax;
      early = append(same, early, "exit_softmax");
    }
    RS_ASSIGN(Network result, with_select(std::move(layers), name + "/exit", early, network.output(), options));
    return draft.with(std::move(result));
  }

 private:
  static Result<Examples> examples_of(const Draft& draft, LayerId id) {
    const Layer& layer = draft.network.layer(id);
    const auto found = draft.calibration.exit_features.find(layer.name);
    if (found == draft.calibration.exit_features.end())
      return failed_precondition("calibration kept no features of layer '{}' for an early exit", layer.name);
    const ExitFeatures& features = *found->second;
    if (features.columns != layer.output_shape[0])
      return failed_precondition("calibration saw {} features of layer '{}', which now has {}", features.columns,
                                 layer.name, layer.output_shape[0]);
    Examples examples;
    examples.columns = features.columns;
    examples.classes = static_cast<std::size_t>(draft.network.output_shape()[0]);
    for (std::size_t i = 0; i < draft.calibration.labels.size(); ++i) {
      const std::int32_t label = draft.calibration.labels[i];
      if (label < 0 || static_cast<std::size_t>(label) >= examples.classes) continue;
      examples.labels.push_back(static_cast<std::size_t>(label));
      examples.features.push_back(features.values.data() + static_cast<std::ptrdiff_t>(i) * features.columns);
    }
    if (examples.size() < 2)
      return failed_precondition("{} calibration images have labels; an early exit is fitted to at least 2",
                                 examples.size());
    return examples;
  }
};

}  // namespace

const Method& early_exit_method() {
  static const EarlyExit kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
