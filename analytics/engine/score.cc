#include "analytics/engine/score.h"

#include <algorithm>
#include <cmath>

namespace roofscape::engine {
namespace {

constexpr double kUnit = 1 << 20;
constexpr double kLossCap = 1 << 10;
constexpr double kDecibelCap = 200;

// Whether a stands before b in the order of scores.
bool larger(float a, float b) { return std::isnan(b) ? !std::isnan(a) : a > b; }

double log_sum_exp(std::span<const float> logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return largest + std::log(sum);
}

double loss(std::span<const float> outputs, std::int64_t label, OutputMeaning meaning) {
  const double at_label = outputs[static_cast<std::size_t>(label)];
  switch (meaning) {
    case OutputMeaning::kProbabilities: return -std::log(at_label);
    case OutputMeaning::kLogProbabilities: return -at_label;
    case OutputMeaning::kLogits: break;
  }
  return log_sum_exp(outputs) - at_label;
}

}  // namespace

OutputMeaning output_meaning(const Network& network) {
  const Layer* layer = &network.layer(network.output());
  while (layer->as<op::Reshape>() || layer->as<op::Select>()) layer = &network.layer(layer->inputs.back());
  const auto* softmax = layer->as<op::Softmax>();
  if (softmax == nullptr) return OutputMeaning::kLogits;
  return softmax->log ? OutputMeaning::kLogProbabilities : OutputMeaning::kProbabilities;
}

std::int64_t largest_index(std::span<const float> outputs) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < outputs.size(); ++i)
    if (larger(outputs[i], outputs[best])) best = i;
  return static_cast<std::int64_t>(best);
}

std::int64_t rank_of(std::span<const float> outputs, std::int64_t label) {
  const float at_label = outputs[static_cast<std::size_t>(label)];
  std::int64_t rank = 0;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(outputs.size()); ++i) {
    const float other = outputs[static_cast<std::size_t>(i)];
    if (larger(other, at_label) || (i < label && !larger(at_label, other))) ++rank;
  }
  return rank;
}

std::int64_t loss_fixed(std::span<const float> outputs, std::int64_t label, OutputMeaning meaning) {
  const double nats = loss(outputs, label, meaning);
  const double capped = std::isnan(nats) ? kLossCap : std::clamp(nats, 0.0, kLossCap);
  return std::llrint(capped * kUnit);
}

std::int64_t snr_fixed(std::span<const float> outputs, std::span<const float> reference) {
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double difference = static_cast<double>(outputs[i]) - reference[i];
    signal += static_cast<double>(reference[i]) * reference[i];
    noise += difference * difference;
  }
  double decibels = 10 * std::log10(signal / noise);
  if (noise == 0) decibels = kDecibelCap;
  if (std::isnan(decibels)) decibels = -kDecibelCap;
  return std::llrint(std::clamp(decibels, -kDecibelCap, kDecibelCap) * kUnit);
}

std::vector<double> log_probabilities(std::span<const float> outputs, OutputMeaning meaning) {
  std::vector<double> logs(outputs.begin(), outputs.end());
  switch (meaning) {
    case OutputMeaning::kProbabilities:
      for (double& log : logs) log = std::log(log);
      break;
    case OutputMeaning::kLogProbabilities: break;
    case OutputMeaning::kLogits: {
      const double total = log_sum_exp(outputs);
      for (double& log : logs) log -= total;
      break;
    }
  }
  return logs;
}

std::int64_t divergence_fixed(std::span<const double> network, std::span<const double> reference) {
  double nats = 0;
  for (std::size_t i = 0; i < network.size(); ++i) {
    const double probability = std::exp(reference[i]);
    if (probability > 0) nats += probability * (reference[i] - network[i]);
  }
  const double capped = std::isnan(nats) ? kLossCap : std::clamp(nats, 0.0, kLossCap);
  return std::llrint(capped * kUnit);
}

ReferenceScore ReferenceScore::of(std::span<const float> outputs, OutputMeaning meaning) {
  return {{outputs.begin(), outputs.end()}, engine::log_probabilities(outputs, meaning), largest_index(outputs)};
}

void score_image(std::span<const float> outputs, const ReferenceScore& reference, std::int64_t label,
                 OutputMeaning meaning, Counts& counts) {
  ++counts.images;
  counts.agree += largest_index(outputs) == reference.largest ? 1 : 0;
  counts.snr_fixed += snr_fixed(outputs, reference.outputs);
  counts.divergence_fixed += divergence_fixed(log_probabilities(outputs, meaning), reference.log_probabilities);
  if (label < 0) return;
  const std::int64_t rank = rank_of(outputs, label);
  counts.top1 += rank == 0 ? 1 : 0;
  counts.lost += rank != 0 && reference.largest == label ? 1 : 0;
  counts.won += rank == 0 && reference.largest != label ? 1 : 0;
  counts.top5 += rank < 5 ? 1 : 0;
  counts.loss_fixed += loss_fixed(outputs, label, meaning);
}

}  // namespace roofscape::engine
