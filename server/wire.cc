#include "server/wire.h"

#include "analytics/cost/estimate_proto.h"
#include "server/names.h"

namespace roofscape::server {

v1::Counts to_message(const engine::Counts& counts) {
  v1::Counts message;
  message.set_image_count(counts.images);
  message.set_top1_count(counts.top1);
  message.set_top5_count(counts.top5);
  message.set_agree_count(counts.agree);
  message.set_loss_fixed(counts.loss_fixed);
  message.set_snr_fixed(counts.snr_fixed);
  message.set_overflow_count(counts.overflows);
  message.set_divergence_fixed(counts.divergence_fixed);
  message.set_lost_count(counts.lost);
  message.set_won_count(counts.won);
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
  value.overflows = counts.overflow_count();
  value.divergence_fixed = counts.divergence_fixed();
  value.lost = counts.lost_count();
  value.won = counts.won_count();
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
  message.set_divergence_nats(metrics.divergence);
  return message;
}

v1::Estimate to_message(const cost::Estimate& estimate, std::string_view platform_id, std::int64_t batch,
                        Layers layers) {
  return cost::to_proto(estimate, resource_name(kPlatforms, platform_id), batch, layers == Layers::kKeep);
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

v1::Recipe to_message(const Configured& configured) {
  v1::Recipe message = to_message(configured.recipe);
  if (!configured.first) return message;
  *message.mutable_first_steps() = std::move(*to_message(configured.first->recipe).mutable_steps());
  message.set_confidence(configured.first->confidence);
  return message;
}

v1::ExitShare to_message(const engine::ExitShare& exit) {
  v1::ExitShare message;
  message.set_layer(exit.layer);
  message.set_reached_count(exit.reached);
  message.set_left_count(exit.left);
  message.set_priced_share(exit.priced);
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
