// Channel pruning: input channels of a layer leave, those that it weighs or misses least, and with them the filters of
// the layers that make them.
#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_pruning.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

class PruneChannels final : public ChannelPruning {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "prune_channels",
        .version = 1,
        .stage = Stage::kStructure,
        .summary = "Removes the input channels that matter least to a layer, and with them the filters that make them.",
        .knobs = channel_knobs("Share of the channels which the layer reads that leave; at least one stays",
                               "channels whose weights in the layers that read them have the smallest L1 norm leave"),
        .identity = {{"fraction", 0.0}},
    };
    return kInfo;
  }

 private:
  MaybeDecline declines_kind(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (!layer.has_weight()) {
      return decline(DeclineReason::kOperation, operation_name(layer.operation) +
                                                    " does not weigh channels; prune those that Conv, ConvTranspose, "
                                                    "Gemm, LSTM or GRU read");
    }
    const Value channels = value(network, id);
    const ChannelFlow flow = flow_forwards(network, id, 0, channels.axis);
    if (flow.kind == ChannelFlow::Kind::kPass)
      return decline(DeclineReason::kStructure,
                     "each of its filters reads one channel; prune those of the layer that reads its outputs");
    if (flow.kind == ChannelFlow::Kind::kBlock)
      return decline(DeclineReason::kStructure, "its input channels cannot be removed: it " + flow.because);
    return {};
  }
  Value value(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    const LayerId read = layer.inputs[0];
    const bool planes = layer.as<op::Conv>() || layer.as<op::ConvTranspose>();
    return {read, planes ? 0 : network.layer(read).output_shape.size() - 1};
  }
  ChannelScore magnitude() const override { return ChannelScore::kColumnNorms; }
  std::string_view noun() const override { return "input channel"; }
};

}  // namespace

const Method& prune_channels_method() {
  static const PruneChannels kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
