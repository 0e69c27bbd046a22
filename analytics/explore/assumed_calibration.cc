#include "analytics/explore/assumed_calibration.h"

#include <array>

#include "analytics/approx/weight_matrix.h"

namespace roofscape::explore {
namespace {

std::shared_ptr<const SecondMoments> white_moments(std::int64_t groups, std::int64_t columns) {
  SecondMoments moments{.groups = groups, .columns = columns, .samples = 1};
  const auto n = static_cast<std::size_t>(columns);
  moments.totals.assign(static_cast<std::size_t>(groups) * n, 0.0);
  moments.sums.assign(static_cast<std::size_t>(groups) * n * n, 0.0);
  for (std::size_t i = 0; i < moments.totals.size(); ++i) moments.sums[i * n + i % n] = 1;
  return std::make_shared<const SecondMoments>(std::move(moments));
}

void assume_moments(const Layer& layer, Calibration& calibration) {
  if (!layer.has_weight() || approx::moment_columns(layer) > approx::kMostMomentColumns) return;
  const Shape& shape = layer.weight()->shape();
  const auto* conv = layer.as<op::Conv>();
  const auto* transposed = layer.as<op::ConvTranspose>();
  const std::int64_t groups = conv ? conv->groups : transposed ? transposed->groups : 1;
  const bool recurrent = layer.as<op::Recurrent>() != nullptr;
  calibration.moments[layer.name] = white_moments(groups, recurrent ? shape[2] : approx::moment_columns(layer));
  if (recurrent) calibration.state_moments[layer.name] = white_moments(shape[0], layer.constants[1]->shape()[2]);
}

}  // namespace

Calibration assumed_calibration(const Network& network, bool second_moments) {
  Calibration calibration;
  calibration.images = 1;
  constexpr std::array<float, 5> kSeen = {0.0F, 0.25F, 0.5F, 0.75F, 1.0F};
  for (const Layer& layer : network.layers()) {
    auto statistics = std::make_shared<ValueStatistics>();
    const Shape& shape = layer.output_shape;
    const std::int64_t channels = shape.empty() ? 1 : shape.size() == 3 ? shape.front() : shape.back();
    statistics->min = 0;
    statistics->max = 1;
    statistics->channel_min.assign(static_cast<std::size_t>(channels), 0.0F);
    statistics->channel_max.assign(static_cast<std::size_t>(channels), 1.0F);
    statistics->channel_mean.assign(static_cast<std::size_t>(channels), 0.5);
    statistics->histogram.add(kSeen);
    calibration.values.emplace(layer.name, std::move(statistics));
    if (second_moments) assume_moments(layer, calibration);
  }
  return calibration;
}

}  // namespace roofscape::explore
