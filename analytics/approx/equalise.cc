// Cross-layer equalisation: channels that are large where they are made and small where they are read meet in the
// middle, so that one scale a tensor serves them all.
#include <algorithm>
#include <cmath>

#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_scaling.h"
#include "analytics/approx/registry.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

constexpr double kMostFactor = 1e4;  // a channel that is all but dead is not blown up without limit

class Equalise final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "equalise",
        .version = 2,
        .stage = Stage::kBalance,
        .summary =
            "Moves factors between the filters of a layer and its readers, so that the weights of all channels "
            "have like ranges.",
        .knobs = {KnobSpec::flag("enabled", "false leaves the layer as it is", true)},
        .identity = {{"enabled", false}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (!layer.as<op::Conv>() && !layer.as<op::ConvTranspose>() && !layer.as<op::Dense>())
      return Decline{info().id, DeclineReason::kOperation,
                     operation_name(layer.operation) + " has no filters; equalise Conv, ConvTranspose or Gemm"};
    if (is_depthwise(network, id))
      return Decline{info().id, DeclineReason::kStructure,
                     "its filters are tied to the channels that it reads; equalise the layer that makes those"};
    const ScalableChannels channels = channels_made_by(network, id);
    if (channels.free_groups().empty() || channels.readers.empty())
      return Decline{info().id, DeclineReason::kStructure, "its channels cannot be scaled: " + channels.reason()};
    return {};
  }

  Effects effects(const Knobs&) const override { return {}; }

  // s = √(r_made/r_read) makes both ranges √(r_made·r_read).
  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    if (!flag(knobs, "enabled")) return draft;
    const ScalableChannels channels = channels_made_by(draft.network, id);
    const GroupRanges ranges = group_ranges(draft.network, channels);
    std::map<std::int64_t, double> factors;
    for (const std::int64_t group : channels.free_groups()) {
      const auto made = ranges.made.find(group);
      const auto read = ranges.read.find(group);
      if (made == ranges.made.end() || read == ranges.read.end() || made->second <= 0 || read->second <= 0) continue;
      const double factor = std::sqrt(made->second / read->second);
      if (std::isfinite(factor)) factors[group] = std::clamp(factor, 1 / kMostFactor, kMostFactor);
    }
    return scale_channels(draft, channels, factors);
  }
};

}  // namespace

const Method& equalise_method() {
  static const Equalise kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
