// Integer quantisation: weights and activations on grids of 2 to 16 bits.
#include <algorithm>

#include "analytics/approx/bias_correction.h"
#include "analytics/approx/integer_ranges.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"
#include "analytics/arith/quantise_fast.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

constexpr int kFp32 = 32;

// The axis of a weight along which each output channel has a scale of its own.
int output_axis(const Layer& layer) { return layer.as<op::ConvTranspose>() || layer.as<op::Recurrent>() ? 1 : 0; }

RangePlan range_plan(const Knobs& knobs, NumberFormat format, bool symmetric) {
  const std::string& rule = word(knobs, "ranges");
  return {.format = format,
          .options = {.symmetric = symmetric, .power_of_two = word(knobs, "scales") == "power-of-two"},
          .rule = rule == "min-max" ? RangePlan::Rule::kMinMax
                  : rule == "mse"   ? RangePlan::Rule::kMse
                                    : RangePlan::Rule::kPercentile,
          .percentile = number(knobs, "percentile")};
}

// Puts the weights onto a grid; the tensors keep real values, all of which lie on it.
Status quantise_weights(Layer& layer, const Knobs& knobs) {
  const NumberFormat format = NumberFormat::integer(whole_number(knobs, "weight_bits"), Signedness::kSigned);
  const RangePlan plan = range_plan(knobs, format, word(knobs, "weight_scheme") == "symmetric");
  const std::span<TensorPtr> weights = std::span(layer.constants).first(layer.as<op::Recurrent>() ? 2 : 1);
  const int axis = word(knobs, "granularity") == "channel" ? output_axis(layer) : Quantiser::kPerTensor;
  auto quantiser = weight_quantiser(plan, weights, axis);
  if (!quantiser.ok()) return quantiser.status().in("weights");
  for (TensorPtr& weight : weights) {
    std::vector<float> values(weight->values().size());
    fake_quantise_tensor(weight->values(), weight->shape(), *quantiser, values);
    weight = make_tensor(weight->shape(), std::move(values));
  }
  layer.arithmetic.weight = std::make_shared<const Quantiser>(std::move(*quantiser));
  return {};
}

Result<const ValueStatistics*> statistics_of(const Draft& draft, LayerId value) {
  const std::string& name = draft.network.layer(value).name;
  const ValueStatistics* statistics = draft.calibration.find(name);
  if (statistics == nullptr) {
    return failed_precondition("there are no statistics of '{}', whose output it reads; calibrate first",
                               printable(name));
  }
  return statistics;
}

Result<QuantiserPtr> input_quantiser(const Draft& draft, LayerId value, const Knobs& knobs) {
  RS_ASSIGN(const ValueStatistics* const statistics, statistics_of(draft, value));
  const bool symmetric = word(knobs, "activation_scheme") == "symmetric";
  const bool is_unsigned = !symmetric || statistics->min >= 0;
  const NumberFormat format = NumberFormat::integer(whole_number(knobs, "activation_bits"),
                                                    is_unsigned ? Signedness::kUnsigned : Signedness::kSigned);
  auto quantiser = activation_quantiser(range_plan(knobs, format, symmetric), *statistics);
  if (!quantiser.ok()) {
    return quantiser.status().in(fmt::format("output of '{}'", printable(draft.network.layer(value).name)));
  }
  return std::make_shared<const Quantiser>(std::move(*quantiser));
}

Status correct_bias(const Draft& draft, Layer& layer, const Tensor& original) {
  RS_ASSIGN(const ValueStatistics* const input, statistics_of(draft, layer.inputs[0]));
  const std::size_t position = layer.as<op::Recurrent>() ? 2 : 1;
  if (layer.constants.size() <= position) layer.constants.resize(position + 1);
  layer.constants[position] = corrected_bias(layer, original, *input);
  return {};
}

MethodInfo integer_info() {
  return {
      .id = "integer",
      .version = 1,
      .stage = Stage::kFormat,
      .summary = "Weights and activations as integers of 2 to 16 bits with a scale a tensor or channel.",
      .knobs =
          {
              KnobSpec::integer("weight_bits", "Bits of each weight; 32 leaves the weights fp32", 2, 16, 8)
                  .or_also(kFp32),
              KnobSpec::integer("activation_bits", "Bits of each input value; 32 leaves the inputs fp32", 2, 16, 8)
                  .or_also(kFp32),
              KnobSpec::choice("granularity", "Whether each output channel's weights have a scale of their own",
                               {"tensor", "channel"}, "channel"),
              KnobSpec::choice("weight_scheme", "Whether the weights' zero point is fixed at 0",
                               {"symmetric", "affine"}, "symmetric"),
              KnobSpec::choice("activation_scheme",
                               "symmetric: zero point 0, unsigned where no value is negative; affine: unsigned with a "
                               "free zero point",
                               {"symmetric", "affine"}, "symmetric"),
              KnobSpec::choice("scales", "Any scale, or powers of two (fixed point: scaling is a shift)",
                               {"free", "power-of-two"}, "free"),
              KnobSpec::choice("ranges", "How the range that the codes span is found", {"min-max", "mse", "percentile"},
                               "mse"),
              KnobSpec::real("percentile", "Per cent of values that stay inside the range; for ranges: percentile", 90,
                             100, 99.99),
              KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true),
          },
      .identity = {{"weight_bits", static_cast<double>(kFp32)}, {"activation_bits", static_cast<double>(kFp32)}},
  };
}

class Integer final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo = integer_info();
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (layer.has_weight() || layer.as<op::MatMul>()) return {};
    if (const auto* binary = layer.as<op::Binary>()) {
      if (binary->kind == op::Binary::Kind::kAdd && layer.inputs.size() == 2) return {};
    }
    return Decline{info().id, DeclineReason::kOperation,
                   operation_name(layer.operation) +
                       " is not quantised; quantise Conv, ConvTranspose, Gemm, MatMul, LSTM, GRU or Add of two "
                       "activations"};
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const bool weights = whole_number(knobs, "weight_bits") != kFp32 && draft.network.layer(id).has_weight();
    const bool inputs = whole_number(knobs, "activation_bits") != kFp32;
    if (!weights && !inputs) return draft;
    std::vector<Layer> layers(draft.network.layers().begin(), draft.network.layers().end());
    Layer& layer = layers[static_cast<std::size_t>(id)];
    if (inputs) {
      layer.arithmetic.inputs.clear();
      for (const LayerId value : layer.inputs) {
        RS_ASSIGN(QuantiserPtr quantiser, input_quantiser(draft, value, knobs));
        layer.arithmetic.inputs.push_back(std::move(quantiser));
      }
    }
    if (weights) {
      const TensorPtr original = layer.constants[0];
      RS_TRY(quantise_weights(layer, knobs));
      if (flag(knobs, "bias_correction")) RS_TRY(correct_bias(draft, layer, *original));
      // A bitmap that paid at 32 bits may cost more than it saves now.
      if (layer.storage != Storage{}) layer.storage = smallest_storage(layer);
    }
    RS_ASSIGN(Network network, Network::create(std::move(layers), draft.network.output()));
    return Draft{std::move(network), draft.calibration, draft.original_filters};
  }
};

}  // namespace

const Method& integer_method() {
  static const Integer kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
