#include "analytics/approx/format_steps.h"

#include <iterator>

#include "analytics/approx/bias_correction.h"
#include "analytics/approx/statistics_correction.h"
#include "analytics/approx/storage_choice.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

Result<const ValueStatistics*> statistics_of(const Draft& draft, LayerId value) {
  const std::string& name = draft.network.layer(value).name;
  const ValueStatistics* statistics = draft.calibration.find(name);
  if (statistics == nullptr) {
    return failed_precondition("there are no statistics of '{}', whose output it reads; calibrate first",
                               printable(name));
  }
  return statistics;
}

bool corrects_statistics(const Knobs& knobs) {
  const auto found = knobs.find("statistics_correction");
  return found != knobs.end() && std::get<bool>(found->second);
}

}  // namespace

MaybeDecline declines_formats(std::string_view method, const Network& network, LayerId id) {
  const Layer& layer = network.layer(id);
  if (layer.has_weight() || layer.as<op::MatMul>()) return {};
  if (const auto* binary = layer.as<op::Binary>()) {
    if (binary->kind == op::Binary::Kind::kAdd && layer.inputs.size() == 2) return {};
  }
  return Decline{std::string(method), DeclineReason::kOperation,
                 operation_name(layer.operation) +
                     " is not quantised; quantise Conv, ConvTranspose, Gemm, MatMul, LSTM, GRU or Add of two "
                     "activations"};
}

MaybeDecline declines_weights(std::string_view method, const Network& network, LayerId id) {
  const Layer& layer = network.layer(id);
  if (layer.has_weight()) return {};
  return Decline{std::string(method), DeclineReason::kOperation,
                 operation_name(layer.operation) + " has no weights; take Conv, ConvTranspose, Gemm, LSTM or GRU"};
}

std::vector<KnobSpec> correction_knobs() {
  return {rounding_knob(),
          KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true),
          KnobSpec::flag("statistics_correction",
                         "Whether each output channel gets back the spread that it had; for weights with a scale a "
                         "channel",
                         false)};
}

KnobSpec granularity_knob(std::string fallback) {
  return KnobSpec::choice("granularity", "Whether each output channel's weights have a scale of their own",
                          {"tensor", "channel"}, std::move(fallback));
}

int scale_axis(const Layer& layer, const Knobs& knobs) {
  return word(knobs, "granularity") == "channel" ? output_axis(layer) : Quantiser::kPerTensor;
}

std::vector<KnobSpec> joined(std::vector<KnobSpec> first, std::vector<KnobSpec> more) {
  std::move(more.begin(), more.end(), std::back_inserter(first));
  return first;
}

MaybeDecline FormatMethod::applies(const Network& network, LayerId id) const {
  return declines_formats(info().id, network, id);
}

MaybeDecline FormatMethod::accepts(const Network& network, LayerId id, const Knobs& knobs) const {
  if (!needs_moments(knobs) || !network.layer(id).has_weight()) return {};
  return declines_moments(info().id, network.layer(id));
}

bool FormatMethod::needs_moments(const Knobs& knobs) const {
  return formats_weights(knobs) && (rounding_of(knobs) != WeightRounding::kNearest || corrects_statistics(knobs));
}

Effects FormatMethod::effects(const Knobs& knobs) const {
  Effects effects;
  if (formats_inputs(knobs)) effects.decides |= Aspect::kInputFormat;
  if (!formats_weights(knobs)) return effects;
  effects.decides |= Aspect::kWeightFormat;
  // Equal weights of different channels or blocks, or with different neighbours, get different codes.
  const auto granularity = knobs.find("granularity");
  const bool one_scale = granularity != knobs.end() && granularity->second == KnobValue("tensor");
  if (!one_scale || rounding_of(knobs) != WeightRounding::kNearest) effects.undoes |= Aspect::kTies;
  return effects;
}

Result<Draft> FormatMethod::apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const {
  const bool weights = formats_weights(knobs) && draft.network.layer(id).has_weight();
  const bool inputs = formats_inputs(knobs);
  if (!weights && !inputs) return draft;
  return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
    if (inputs) RS_TRY(quantise_inputs(draft, layer, [&](bool positive) { return input_plan(knobs, positive); }));
    if (!weights) return {};
    WeightGrid grid = weight_grid(layer, knobs);
    grid.rounding = rounding_of(knobs);
    grid.bias_correction = flag(knobs, "bias_correction");
    grid.statistics_correction = corrects_statistics(knobs);
    return put_weights_on_grid(draft, layer, grid);
  });
}

std::vector<Knobs> FormatMethod::separated(const Knobs& knobs) const {
  if (!formats_weights(knobs) || !formats_inputs(knobs)) return {knobs};
  std::vector<Knobs> steps;
  for (const auto& [name, off] : info().identity) {
    Knobs without = knobs;
    without[name] = off;
    steps.insert(formats_weights(without) ? steps.begin() : steps.end(), std::move(without));
  }
  return steps;
}

Status put_weights_on_grid(const Draft& draft, Layer& layer, const WeightGrid& grid) {
  const std::span<const TensorPtr> weights = std::span<const TensorPtr>(layer.constants).first(weight_count(layer));
  auto quantiser = weight_quantiser(grid.range, weights, grid.axis);
  if (!quantiser.ok()) return quantiser.status().in("weights");
  return put_weights_on(draft, layer, std::move(*quantiser), grid);
}

Status put_weights_on(const Draft& draft, Layer& layer, Quantiser quantiser, const WeightGrid& grid) {
  const TensorPtr original = layer.constants[0];
  RS_TRY(round_weights(draft, layer, quantiser, grid.rounding));
  layer.arithmetic.weight = std::make_shared<const Quantiser>(std::move(quantiser));
  RS_TRY(correct_weights(draft, layer, original, grid));
  // An encoding that paid at 32 bits may cost more than it saves now.
  if (layer.storage != Storage{}) layer.storage = smallest_storage(layer);
  return {};
}

Status correct_weights(const Draft& draft, Layer& layer, const TensorPtr& original, const WeightGrid& grid) {
  if (grid.statistics_correction) RS_TRY(correct_statistics(draft, layer, *original));
  if (!grid.bias_correction) return {};
  RS_ASSIGN(const ValueStatistics* const input, statistics_of(draft, layer.inputs[0]));
  const std::size_t position = layer.as<op::Recurrent>() ? 2 : 1;
  if (layer.constants.size() <= position) layer.constants.resize(position + 1);
  layer.constants[position] = corrected_bias(layer, *original, *input);
  return {};
}

Status quantise_inputs(const Draft& draft, Layer& layer, const InputPlan& plan) {
  layer.arithmetic.inputs.clear();
  for (const LayerId value : layer.inputs) {
    RS_ASSIGN(const ValueStatistics* const statistics, statistics_of(draft, value));
    const Layer& producer = draft.network.layer(value);
    auto quantiser = activation_quantiser(plan(statistics->min >= 0), *statistics, producer.output_shape);
    if (!quantiser.ok()) return quantiser.status().in(fmt::format("output of '{}'", printable(producer.name)));
    layer.arithmetic.inputs.push_back(std::make_shared<const Quantiser>(std::move(*quantiser)));
  }
  return {};
}

Result<Draft> with_changed_layer(const Draft& draft, LayerId id, const std::function<Status(Layer&)>& change) {
  Layer layer = draft.network.layer(id);
  RS_TRY(change(layer));
  RS_ASSIGN(Network network, draft.network.with_layer(id, std::move(layer)));
  return draft.with(std::move(network));
}

}  // namespace roofscape::approx
