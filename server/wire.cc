#include "server/wire.h"

#include "server/names.h"

namespace roofscape::server {
namespace {

v1::LayerEstimate layer_message(const cost::LayerEstimate& layer) {
  v1::LayerEstimate message;
  message.set_layer(layer.layer);
  message.set_op(layer.operation);
  message.set_arithmetic(layer.arithmetic);
  message.set_runs_as(layer.runs_as);
  for (const Decline& decline : layer.fallback) message.add_fallback(to_string(decline));
  message.set_op_count(layer.ops);
  message.set_weight_bytes(layer.weight_bytes.value());
  message.set_activation_bytes(layer.activation_bytes.value());
  message.set_intensity_ops_per_byte(layer.intensity.value());
  message.set_binding_roof(layer.binding_roof);
  message.set_latency_seconds(layer.time.value());
  if (layer.energy) message.set_energy_joules(layer.energy->value());
  return message;
}

}  // namespace

v1::Counts to_message(const engine::Counts& counts) {
  v1::Counts message;
  message.set_image_count(counts.images);
  message.set_top1_count(counts.top1);
  message.set_top5_count(counts.top5);
  message.set_agree_count(counts.agree);
  message.set_loss_fixed(counts.loss_fixed);
  message.set_snr_fixed(counts.snr_fixed);
  return message;
}

engine::Counts from_message(const v1::Counts& counts) {
  engine::Counts value;
  value.images = counts.image_count();
  value.top1 = counts.top1_count();
  value.top5 = counts.top5_count();
  value.agree = counts.agree_count();
  value.loss_fixed = counts.loss_fixed();
  value.snr_fixed = counts.snr_fixed();
  return value;
}

v1::Accuracy accuracy_message(const engine::Counts& counts) {
  const engine::Metrics metrics = engine::metrics(counts);
  v1::Accuracy message;
  message.set_top1(metrics.top1);
  message.mutable_top1_interval()->set_low(metrics.top1_interval.low);
  message.mutable_top1_interval()->set_high(metrics.top1_interval.high);
  message.set_top5(metrics.top5);
  message.set_loss_nats(metrics.loss);
  message.set_agreement(metrics.agreement);
  message.set_snr_db(metrics.snr_db);
  message.set_image_count(counts.images);
  return message;
}

v1::Estimate to_message(const cost::Estimate& estimate, std::string_view platform_id, std::int64_t batch,
                        Layers layers) {
  v1::Estimate message;
  message.set_platform(resource_name(kPlatforms, platform_id));
  message.set_batch(batch);
  message.set_latency_seconds(estimate.latency.value());
  message.set_throughput_per_second(estimate.throughput_per_second);
  if (estimate.energy) message.set_energy_joules(estimate.energy->value());
  message.set_weight_bytes(estimate.weight_bytes.value());
  message.set_peak_activation_bytes(estimate.peak_activation_bytes.value());
  if (estimate.resources) {
    message.set_lut_count(estimate.resources->lut);
    message.set_dsp_count(estimate.resources->dsp);
    message.set_bram18_count(estimate.resources->bram18);
  }
  message.set_fits(estimate.fits);
  message.set_does_not_fit(estimate.does_not_fit);
  for (const std::string& missing : estimate.missing) message.add_missing(missing);
  for (const std::string& note : estimate.notes) message.add_notes(note);
  if (layers == Layers::kKeep)
    for (const cost::LayerEstimate& layer : estimate.layers) *message.add_layers() = layer_message(layer);
  return message;
}

std::optional<approx::KnobValue> knob_value(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue: return approx::KnobValue(value.number_value());
    case google::protobuf::Value::kStringValue: return approx::KnobValue(value.string_value());
    case google::protobuf::Value::kBoolValue: return approx::KnobValue(value.bool_value());
    default: return std::nullopt;
  }
}

google::protobuf::Value to_message(const approx::KnobValue& value) {
  google::protobuf::Value message;
  if (const auto* number = std::get_if<double>(&value)) message.set_number_value(*number);
  if (const auto* word = std::get_if<std::string>(&value)) message.set_string_value(*word);
  if (const auto* flag = std::get_if<bool>(&value)) message.set_bool_value(*flag);
  return message;
}

v1::Recipe to_message(const approx::Recipe& recipe) {
  v1::Recipe message;
  for (const approx::Step& step : recipe) {
    v1::Step* to = message.add_steps();
    to->set_layer(step.layer);
    to->set_method(step.method);
    for (const auto& [name, value] : step.knobs) (*to->mutable_knobs())[name] = to_message(value);
  }
  return message;
}

Result<approx::Recipe> from_message(const v1::Recipe& message) {
  approx::Recipe recipe;
  for (const v1::Step& from : message.steps()) {
    approx::Step step{from.layer(), from.method(), {}};
    for (const auto& [name, value] : from.knobs()) {
      const auto knob = knob_value(value);
      if (!knob) return data_loss("a stored recipe holds a knob '{}' without value", name);
      step.knobs.emplace(name, *knob);
    }
    recipe.push_back(std::move(step));
  }
  return recipe;
}

v1::Preparation to_message(const Preparation& preparation) {
  v1::Preparation message;
  message.set_scale(preparation.scale);
  message.mutable_mean()->Add(preparation.mean.begin(), preparation.mean.end());
  message.mutable_std()->Add(preparation.std.begin(), preparation.std.end());
  return message;
}

Preparation from_message(const v1::Preparation& message) {
  Preparation preparation;
  preparation.scale = message.scale() == 0 ? 1 : message.scale();
  preparation.mean.assign(message.mean().begin(), message.mean().end());
  preparation.std.assign(message.std().begin(), message.std().end());
  return preparation;
}

}  // namespace roofscape::server
