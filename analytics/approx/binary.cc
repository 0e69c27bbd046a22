// Binary weights, and binary inputs with them: a dot product is an XNOR and a count of ones.
#include <cmath>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"

namespace roofscape::approx {
namespace {

bool per_channel(const Knobs& knobs) { return word(knobs, "granularity") == "channel"; }
bool has_inputs(const Knobs& knobs) { return word(knobs, "activations") == "binary"; }

// α = mean |w| of each channel is the best scale of sign(w) (XNOR-Net).
Quantiser sign_grid(const Layer& layer, bool by_channel) {
  Quantiser grid{NumberFormat::bipolar(), {}, {}, by_channel ? output_axis(layer) : Quantiser::kPerTensor};
  const Shape& shape = layer.constants[0]->shape();
  const auto axis = static_cast<std::size_t>(output_axis(layer));
  const auto channels = by_channel ? static_cast<std::size_t>(shape[axis]) : std::size_t{1};
  std::vector<double> sums(channels, 0.0);
  std::vector<std::int64_t> counts(channels, 0);
  for (std::size_t t = 0; t < weight_count(layer); ++t) {
    const Tensor& weight = *layer.constants[t];
    std::int64_t inner = 1;
    for (std::size_t i = axis + 1; i < weight.shape().size(); ++i) inner *= weight.shape()[i];
    for (std::int64_t i = 0; i < weight.size(); ++i) {
      const std::size_t channel = static_cast<std::size_t>(i / inner) % channels;
      sums[channel] += std::abs(static_cast<double>(weight.values()[static_cast<std::size_t>(i)]));
      ++counts[channel];
    }
  }
  for (std::size_t c = 0; c < channels; ++c) {
    const auto mean = static_cast<float>(sums[c] / static_cast<double>(std::max<std::int64_t>(counts[c], 1)));
    grid.scale.push_back(std::isnormal(mean) ? mean : 1.0F);
    grid.zero_point.push_back(0);
  }
  return grid;
}

class Binary final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "binary",
        .version = 1,
        .stage = Stage::kFormat,
        .summary = "Weights as sign times a scale; with binary inputs, products are XNORs and sums are counts.",
        .knobs = {KnobSpec::choice("activations",
                                   "fp32 leaves the inputs; binary: -1 and +1, or 0 and 1 where nothing is negative",
                                   {"fp32", "binary"}, "fp32"),
                  granularity_knob("channel"),
                  KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true)},
    };
    return kInfo;
  }
  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_weights(info().id, network, id);
  }
  Effects effects(const Knobs& knobs) const override {
    Effects effects{.decides = Aspect::kWeightFormat, .undoes = Aspect::kZeros};  // no weight is 0 any more
    if (has_inputs(knobs)) effects.decides |= Aspect::kInputFormat;
    if (per_channel(knobs)) effects.undoes |= Aspect::kTies;
    return effects;
  }
  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      if (has_inputs(knobs))
        RS_TRY(quantise_inputs(draft, layer, [](bool positive) {
          return RangePlan{.format =
                               positive ? NumberFormat::integer(1, Signedness::kUnsigned) : NumberFormat::bipolar()};
        }));
      const WeightGrid corrections{.range = {}, .bias_correction = flag(knobs, "bias_correction")};
      return put_weights_on(draft, layer, sign_grid(layer, per_channel(knobs)), corrections);
    });
  }
};

}  // namespace

const Method& binary_method() {
  static const Binary kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
