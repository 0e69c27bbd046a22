// Ternary weights: -1, 0 or +1 times a scale, so that products are additions or nothing at all; or with a scale for
// each sign.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"

namespace roofscape::approx {
namespace {

// Weights larger than the threshold become ±scale, others 0.
struct Cut {
  double threshold = 0, scale = 0;
};

// TWN (Li et al. 2016): Δ = 0.7·mean |w|.
double twn_threshold(const std::vector<double>& magnitudes) {
  constexpr double kShare = 0.7;
  const double sum = std::accumulate(magnitudes.begin(), magnitudes.end(), 0.0);
  return kShare * sum / static_cast<double>(std::max<std::size_t>(magnitudes.size(), 1));
}

// α the mean over what lies beyond the threshold.
Cut cut_at(double threshold, const std::vector<double>& magnitudes) {
  double sum = 0;
  std::size_t count = 0;
  for (const double magnitude : magnitudes) {
    if (magnitude <= threshold) continue;
    sum += magnitude;
    ++count;
  }
  return {threshold, count == 0 ? 0 : sum / static_cast<double>(count)};
}

// The k largest at α = their mean leave Σ w² − (Σ top k)²/k: the k of the largest (Σ top k)²/k is best.
Cut exact_cut(std::vector<double> magnitudes) {
  std::sort(magnitudes.begin(), magnitudes.end(), std::greater<>());
  Cut cut;
  double best = 0;
  double sum = 0;
  for (std::size_t k = 0; k < magnitudes.size(); ++k) {
    sum += magnitudes[k];
    const double gain = sum * sum / static_cast<double>(k + 1);
    if (gain <= best) continue;
    best = gain;
    const double next = k + 1 < magnitudes.size() ? magnitudes[k + 1] : 0;
    cut = {next, sum / static_cast<double>(k + 1)};
  }
  return cut;
}

// Of weights that share their scales.
struct Cuts {
  Cut positive, negative;
  const Cut& of(float value) const { return value < 0 ? negative : positive; }
};

// The squared errors of both signs add up, so that each sign's own best cut is best.
Cuts cuts_of(const std::vector<double>& weights, bool by_rule, bool two_scales) {
  std::vector<double> all, positive, negative;
  for (const double weight : weights) {
    all.push_back(std::abs(weight));
    (weight < 0 ? negative : positive).push_back(std::abs(weight));
  }
  const double threshold = twn_threshold(all);
  const auto cut = [&](const std::vector<double>& magnitudes) {
    return by_rule ? cut_at(threshold, magnitudes) : exact_cut(magnitudes);
  };
  if (two_scales) return {cut(positive), cut(negative)};
  const Cut both = cut(all);
  return {both, both};
}

struct Ternarised {
  Quantiser grid;
  std::vector<TensorPtr> weights;
};

Ternarised ternarise(const Layer& layer, const Knobs& knobs) {
  const bool by_channel = word(knobs, "granularity") == "channel";
  const bool two_scales = word(knobs, "scales") == "asymmetric";
  const auto axis = static_cast<std::size_t>(output_axis(layer));
  const std::size_t channels =
      by_channel ? static_cast<std::size_t>(layer.constants[0]->shape()[axis]) : std::size_t{1};
  const auto channel_of = [&](const Tensor& weight, std::size_t i) {
    std::size_t inner = 1;
    for (std::size_t d = axis + 1; d < weight.shape().size(); ++d) inner *= static_cast<std::size_t>(weight.shape()[d]);
    return i / inner % channels;
  };
  std::vector<std::vector<double>> weights(channels);
  for (std::size_t t = 0; t < weight_count(layer); ++t) {
    const std::span<const float> values = layer.constants[t]->values();
    for (std::size_t i = 0; i < values.size(); ++i)
      weights[channel_of(*layer.constants[t], i)].push_back(static_cast<double>(values[i]));
  }
  Ternarised result;
  result.grid = {NumberFormat::integer(2, Signedness::kSigned, true),
                 {},
                 {},
                 by_channel ? static_cast<int>(axis) : Quantiser::kPerTensor};
  const auto storable = [](double scale) {
    const auto stored = static_cast<float>(scale);
    return std::isnormal(stored) ? stored : 1.0F;
  };
  std::vector<Cuts> cuts;
  for (const std::vector<double>& channel : weights) {
    cuts.push_back(cuts_of(channel, word(knobs, "threshold") == "twn", two_scales));
    result.grid.scale.push_back(storable(cuts.back().positive.scale));
    if (two_scales) result.grid.negative_scale.push_back(storable(cuts.back().negative.scale));
    result.grid.zero_point.push_back(0);
  }
  for (std::size_t t = 0; t < weight_count(layer); ++t) {
    const Tensor& weight = *layer.constants[t];
    std::vector<float> values(weight.values().size(), 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t channel = channel_of(weight, i);
      const float value = weight.values()[i];
      if (static_cast<double>(std::abs(value)) > cuts[channel].of(value).threshold)
        values[i] = std::copysign(result.grid.scale_of(value < 0, channel), value);
    }
    result.weights.push_back(make_tensor(weight.shape(), std::move(values)));
  }
  return result;
}

class Ternary final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "ternary",
        .version = 1,
        .stage = Stage::kFormat,
        .summary = "Weights as -1, 0 or +1 times a scale: products are additions or nothing at all.",
        .knobs = {KnobSpec::choice("threshold",
                                   "Which weights become 0: by the rule of TWN, or those of the least squared error",
                                   {"twn", "exact"}, "exact"),
                  KnobSpec::choice("scales",
                                   "symmetric: one scale for both signs; asymmetric: one for each, which integer "
                                   "arithmetic cannot use",
                                   {"symmetric", "asymmetric"}, "symmetric"),
                  granularity_knob("channel"),
                  KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true)},
    };
    return kInfo;
  }
  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_weights(info().id, network, id);
  }
  Effects effects(const Knobs& knobs) const override {
    Effects effects{.decides = Aspect::kWeightFormat, .undoes = {}};
    if (word(knobs, "granularity") == "channel") effects.undoes |= Aspect::kTies;
    return effects;
  }
  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const TensorPtr original = layer.constants[0];
      Ternarised result = ternarise(layer, knobs);
      std::move(result.weights.begin(), result.weights.end(), layer.constants.begin());
      layer.arithmetic.weight = std::make_shared<const Quantiser>(std::move(result.grid));
      return correct_weights(draft, layer, original, {.range = {}, .bias_correction = flag(knobs, "bias_correction")});
    });
  }
};

}  // namespace

const Method& ternary_method() {
  static const Ternary kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
