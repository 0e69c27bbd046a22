#include "analytics/explore/assumed_calibration.h"

#include <array>

namespace roofscape::explore {

Calibration assumed_calibration(const Network& network) {
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
  }
  return calibration;
}

}  // namespace roofscape::explore
