// Filter pruning: whole filters leave, those of smallest L1 norm or that their readers miss least, and the network
// really shrinks.
#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_pruning.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

class PruneFilters final : public ChannelPruning {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "prune_filters",
        .version = 1,
        .stage = Stage::kStructure,
        .summary = "Removes the filters that matter least, and with them the channels that later layers read.",
        .knobs = channel_knobs("Share of the layer's filters that leave; at least one stays",
                               "filters of smallest L1 norm leave"),
        .identity = {{"fraction", 0.0}},
    };
    return kInfo;
  }

 private:
  MaybeDecline declines_kind(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (!layer.as<op::Conv>() && !layer.as<op::ConvTranspose>() && !layer.as<op::Dense>()) {
      return decline(DeclineReason::kOperation,
                     operation_name(layer.operation) + " has no filters; prune Conv, ConvTranspose or Gemm");
    }
    if (is_depthwise(network, id)) {
      return decline(DeclineReason::kStructure,
                     "its filters are tied to the channels that it reads; prune the layer that makes those");
    }
    return {};
  }
  Value value(const Network& network, LayerId id) const override { return {id, filter_axis(network.layer(id))}; }
  ChannelScore magnitude() const override { return ChannelScore::kFilterNorms; }
  std::string_view noun() const override { return "filter"; }
};

}  // namespace

const Method& prune_filters_method() {
  static const PruneFilters kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
