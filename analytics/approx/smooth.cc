// Smoothing: channels in which inputs have outliers are divided before they arrive, and the weights that read them
// multiplied, so that what is hard to quantise moves to where it is easy.
#include <algorithm>
#include <cmath>

#include "analytics/approx/channel_scaling.h"
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

constexpr double kMostFactor = 1e4;

// The largest magnitude of each channel group among all values that carry it.
std::map<std::int64_t, double> value_ranges(const Draft& draft, const ScalableChannels& channels) {
  std::map<std::int64_t, double> ranges;
  for (const ScalableChannels::Reader& reader : channels.readers) {
    const ValueStatistics* statistics = draft.calibration.find(draft.network.layer(reader.value).name);
    const std::vector<std::int64_t>& groups = channels.groups.values.at(reader.value).group;
    if (statistics == nullptr) continue;
    // Where they are kept along another axis, any channel may reach as far as all of the value.
    const bool by_channel =
        channels.groups.values.at(reader.value).axis == channel_axis(draft.network.layer(reader.value).output_shape) &&
        statistics->channel_max.size() == groups.size();
    for (std::size_t c = 0; c < groups.size(); ++c) {
      const float low = by_channel ? statistics->channel_min[c] : statistics->min;
      const float high = by_channel ? statistics->channel_max[c] : statistics->max;
      const double largest = std::max(std::abs(static_cast<double>(low)), std::abs(static_cast<double>(high)));
      ranges[groups[c]] = std::max(ranges[groups[c]], largest);
    }
  }
  return ranges;
}

class Smooth final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "smooth",
        .version = 2,
        .stage = Stage::kBalance,
        .summary = "Moves outliers of input channels into the weights that read them (SmoothQuant).",
        .knobs = {KnobSpec::real("strength", "How much of the inputs' range moves: 0 nothing, 1 all", 0, 1, 0.5)},
        .identity = {{"strength", 0.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    if (const MaybeDecline decline = declines_weights(info().id, network, id)) return decline;
    const ScalableChannels channels = channels_read_by(network, id);
    if (!channels.free_groups().empty() && !channels.readers.empty()) return {};
    return Decline{info().id, DeclineReason::kStructure,
                   "the channels that it reads cannot be scaled: " + channels.reason()};
  }

  Effects effects(const Knobs&) const override { return {}; }

  // s_j = max |X_j|^α / max |W_j|^(1−α) (Xiao et al. 2022).
  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const double strength = number(knobs, "strength");
    if (strength == 0) return draft;
    const ScalableChannels channels = channels_read_by(draft.network, id);
    const std::map<std::int64_t, double> inputs = value_ranges(draft, channels);
    const GroupRanges weights = group_ranges(draft.network, channels);
    std::map<std::int64_t, double> factors;
    for (const std::int64_t group : channels.free_groups()) {
      const auto input = inputs.find(group);
      const auto weight = weights.read.find(group);
      if (input == inputs.end() || weight == weights.read.end() || input->second <= 0 || weight->second <= 0) continue;
      const double factor = std::pow(input->second, strength) / std::pow(weight->second, 1 - strength);
      if (std::isfinite(factor) && factor > 0) factors[group] = std::clamp(factor, 1 / kMostFactor, kMostFactor);
    }
    return scale_channels(draft, channels, factors);
  }
};

}  // namespace

const Method& smooth_method() {
  static const Smooth kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
