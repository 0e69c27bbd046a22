// All layers at once, each a unit of its own: programmable logic.
#include <fmt/format.h>

#include <utility>

#include "analytics/base/text.h"
#include "analytics/cost/fpga.h"
#include "analytics/cost/model.h"
#include "analytics/cost/notes.h"

namespace roofscape::cost {
namespace {

// The node of a layer that takes longest, as a sentence begins.
std::string slowest_node(const Network& network, const NetworkCost& cost) {
  const std::string name = fmt::format("layer '{}'", printable(network.layer(cost.slowest).name, 40));
  switch (cost.layers[static_cast<std::size_t>(cost.slowest)].node) {
    case StreamNode::kMatrix:
    case StreamNode::kElementwise: return name;
    case StreamNode::kWindow: return "the sliding window of " + name;
    case StreamNode::kPadding: return "the padding before " + name;
    case StreamNode::kTransfer:
      return cost.slowest == network.input() ? "the stream of the input, 64 bits a cycle,"
                                             : "the stream of the output, 64 bits a cycle,";
  }
  return name;
}

std::string binding_roof(const Machine& machine, const NetworkCost& cost, const Estimate& estimate) {
  if (cost.memory_bound) return "memory " + machine.memory.back().name;
  return cost.slowest < 0 ? "none" : estimate.layers[static_cast<std::size_t>(cost.slowest)].binding_roof;
}

void describe_streaming(const Machine& machine, const Network& network, const NetworkCost& cost, Estimate* estimate) {
  const Fabric& fabric = *machine.fabric;
  estimate->binding_roof = binding_roof(machine, cost, *estimate);
  if (cost.memory_bound) {
    note(fmt::format("transfers to and from {} set the interval between images", machine.memory.back().name), estimate);
  } else if (cost.slowest >= 0) {
    note(slowest_node(network, cost) + " sets the interval between images", estimate);
  }
  if (cost.resources->uram > 0)
    note(fmt::format("{:.0f} UltraRAM blocks hold weights for which block memories have no room", cost.resources->uram),
         estimate);
  if (cost.streamed_layers > 0)
    note(fmt::format("weights of {} layers do not fit on the chip and are read from {} for every image",
                     cost.streamed_layers, machine.memory.back().name),
         estimate);
  note("all layers work at once, each on another image: their times overlap, and shares of the latency add up to more",
       estimate);
  note(
      "layers without weights are taken at 2 look-up tables a bit and lane, 12 in floating point; all units together "
      "at 1.3 times their look-up tables, as built designs take",
      estimate);
  if (cost.fit != Fit::kNo) return;
  const struct {
    const char* name;
    double needed, usable, device;
  } budgets[] = {{"LUT", cost.resources->lut, fabric.usable_lut, fabric.lut},
                 {"DSP", cost.resources->dsp, fabric.usable_dsp, fabric.dsp},
                 {"BRAM18", cost.resources->bram18, fabric.usable_bram18, fabric.bram18}};
  for (const auto& budget : budgets) {
    if (budget.needed <= budget.usable) continue;
    estimate->does_not_fit +=
        fmt::format("{}needs {:.0f} {}; {:.0f} of {:.0f} can be used", estimate->does_not_fit.empty() ? "" : ", ",
                    budget.needed, budget.name, budget.usable, budget.device);
  }
}

class StreamingModel : public Model {
 public:
  explicit StreamingModel(Machine machine) : Model(std::move(machine)) {}
  Result<NetworkCost> price(const Network& network, const Demand& demand,
                            const EstimateOptions& options) const override {
    return streaming_design(machine(), network, demand, options.batch, &foldings_);
  }
  std::string arithmetic_of(const LayerCost& cost) const override { return cost.in_dsp ? "DSP" : "LUT"; }
  void describe_layer(const Layer&, const LayerDemand& demand, const LayerCost& cost,
                      LayerEstimate* out) const override {
    const bool multiplies = demand.kind == LayerDemand::Kind::kMatrix;
    out->runs_as = out->arithmetic + (multiplies ? " in " + arithmetic_of(cost) : "");
  }
  void describe(const Network& network, const Demand&, const NetworkCost& cost, Estimate* estimate) const override {
    describe_streaming(machine(), network, cost, estimate);
  }

 private:
  mutable FoldingCache foldings_;
};

}  // namespace

std::unique_ptr<const Model> streaming_model(Machine machine) {
  return std::make_unique<const StreamingModel>(std::move(machine));
}

}  // namespace roofscape::cost
