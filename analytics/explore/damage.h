// How much a network's outputs differ from the base network's, as searches model it.
#pragma once

#include <algorithm>
#include <cmath>

#include "analytics/engine/engine.h"

namespace roofscape::explore {

// The mean divergence of the class probabilities, in nats, plus a hundredth of the noise-to-signal ratio of the
// outputs: where the base network is so sure of itself that probabilities do not move, the noise still tells settings
// apart, and elsewhere it is too little to count.
inline double damage(const engine::Counts& counts) {
  const engine::Metrics metrics = engine::metrics(counts);
  const double noise = std::pow(10, -metrics.snr_db / 10);
  constexpr double kNoiseWeight = 0.01;
  return metrics.divergence + (std::isfinite(noise) ? kNoiseWeight * std::min(noise, 1.0) : 0.0);
}

}  // namespace roofscape::explore
