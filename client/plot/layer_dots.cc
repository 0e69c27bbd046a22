#include "client/plot/layer_dots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/roofs.h"

namespace roofscape::client::plot {

std::vector<LayerDot> dots_of(const v1::Estimate& estimate) {
  std::vector<LayerDot> dots;
  for (const v1::LayerEstimate& layer : estimate.layers()) {
    const LayerDot dot{&layer, layer.intensity_ops_per_byte(), rate_of(layer),
                       estimate.latency_seconds() > 0 ? layer.latency_seconds() / estimate.latency_seconds() : 0};
    if (dot.intensity > 0 && dot.rate > 0 && std::isfinite(dot.intensity) && std::isfinite(dot.rate))
      dots.push_back(dot);
  }
  std::stable_sort(dots.begin(), dots.end(), [](const LayerDot& a, const LayerDot& b) { return a.share > b.share; });
  return dots;
}

double radius_of(double share) {
  constexpr double kWhole = 17, kSmallest = 2.1;
  return std::max(kSmallest, kWhole * std::sqrt(std::clamp(share, 0.0, 1.0)));
}

std::string tip_of(const LayerDot& dot) {
  return fmt::format("{} ({}): {} op/B, {}, {:.0f} % of the time, runs as {}, bound by {}",
                     printable(dot.layer->layer()), printable(dot.layer->op()), number(dot.intensity),
                     si(dot.rate, "op/s"), dot.share * 100, printable(dot.layer->runs_as()),
                     printable(dot.layer->binding_roof()));
}

}  // namespace roofscape::client::plot
