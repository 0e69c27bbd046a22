// Layers one after the other: CPUs, GPUs, ASICs, overlays.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "analytics/cost/describe.h"
#include "analytics/cost/model.h"
#include "analytics/cost/notes.h"
#include "analytics/cost/roofline.h"
#include "analytics/cost/sparse_weights.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;

void note_passes(const Network& network, const Demand& demand, Estimate* estimate) {
  Names joined;
  for (std::size_t i = 0; i < demand.layers.size(); ++i)
    if (demand.layers[i].joined) joined.add(network.layer(static_cast<LayerId>(i)).name);
  if (!joined.empty())
    note(fmt::format("{}: computed in one pass with element-wise layers before, as fused kernels do", joined.text()),
         estimate);
}

void note_decoding(const Machine& machine, const Network& network, Estimate* estimate) {
  if (machine.decode_rate) return;
  Names packed;
  for (const Layer& layer : network.layers())
    if (is_packed_form(layer)) packed.add(layer.name);
  if (!packed.empty())
    note(fmt::format("{}: taking weights out of their stored form is not priced; it would take "
                     "decode_weights_per_second",
                     packed.text()),
         estimate);
}

void note_winograd(const Machine& machine, const NetworkCost& cost, Estimate* estimate) {
  const bool used = std::any_of(cost.layers.begin(), cost.layers.end(), [&](const LayerCost& layer) {
    return layer.ceiling >= 0 && machine.ceilings.at(layer.ceiling).winograd;
  });
  if (used) note("3x3 convolutions use Winograd: their ceiling lies above nominal", estimate);
}

void note_accumulators(const Network& network, Estimate* estimate) {
  Names layers;
  for (const Layer& layer : network.layers())
    if (layer.arithmetic.accumulator) layers.add(layer.name);
  if (!layers.empty())
    note(fmt::format("{}: an accumulator costs the same at every width; the platform states no figure of its own",
                     layers.text()),
         estimate);
}

// Inner memories whose rate is not known.
void list_missing_bandwidths(const Machine& machine, Estimate* estimate) {
  for (const Memory& memory : machine.memory)
    if (!memory.bandwidth)
      estimate->missing.push_back(fmt::format(
          "bandwidth_bytes_per_second of memory '{}': it is taken as wide enough for the arithmetic", memory.name));
}

// What element-wise layers run on.
void note_vector_unit(const Machine& machine, const Demand& demand, Estimate* estimate) {
  const bool any = std::any_of(demand.layers.begin(), demand.layers.end(),
                               [](const LayerDemand& layer) { return layer.kind == Kind::kElementwise; });
  if (!any || machine.vector_unit) return;
  const bool lanes = std::any_of(machine.ceilings.all().begin(), machine.ceilings.all().end(),
                                 [](const Ceiling& ceiling) { return ceiling.array.input_lanes > 0; });
  note(fmt::format("layers without weights are taken at one step a cycle for each {}; vector_unit would say more",
                   lanes ? "output lane" : "multiplier"),
       estimate);
}

void note_engines(const Machine& machine, Estimate* estimate) {
  if (!machine.engines) return;
  note(fmt::format("{} {} at once, each on an engine of its own; weights are read {}", machine.engines->one_of.size(),
                   machine.engines->one_of.size() == 1 ? "image" : "images",
                   machine.engines->share_weights ? "once for all of these" : "for each image"),
       estimate);
}

// Under which most of the time passes; of roofs that take as much the one that comes first.
std::string binding_roof(const Estimate& estimate) {
  std::vector<std::pair<std::string, Seconds>> roofs;
  for (const LayerEstimate& layer : estimate.layers) {
    auto found = std::find_if(roofs.begin(), roofs.end(), [&](const auto& r) { return r.first == layer.binding_roof; });
    if (found == roofs.end()) found = roofs.insert(roofs.end(), {layer.binding_roof, Seconds(0)});
    found->second += layer.time;
  }
  const auto most =
      std::max_element(roofs.begin(), roofs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == roofs.end() || !(most->second.value() > 0) ? "none" : most->first;
}

void describe_sequence(const Machine& machine, const Network& network, const Demand& demand, const NetworkCost& cost,
                       Estimate* estimate) {
  list_missing_bandwidths(machine, estimate);
  note_vector_unit(machine, demand, estimate);
  note_engines(machine, estimate);
  for (std::size_t i = 0; i < estimate->layers.size(); ++i) {
    const Kind kind = demand.layers[i].kind;
    const Layer& layer = network.layer(static_cast<LayerId>(i));
    if (kind != Kind::kElementwise ||
        machine.ceilings.find(demand.layers[i].weight, demand.layers[i].activation, layer) >= 0)
      continue;
    note(fmt::format("no peak holds {}: layers without weights are priced at {}", estimate->layers[i].arithmetic,
                     estimate->layers[i].runs_as),
         estimate);
  }
  note_passes(network, demand, estimate);
  note_decoding(machine, network, estimate);
  note_winograd(machine, cost, estimate);
  note_accumulators(network, estimate);
  estimate->binding_roof = binding_roof(*estimate);
  if (cost.unsupported >= 0) {
    const auto index = static_cast<std::size_t>(cost.unsupported);
    estimate->does_not_fit = unsupported_text(machine, network.layer(cost.unsupported), demand.layers[index]);
    return;
  }
  describe_fit(machine, cost, estimate);
}

class SequentialModel : public Model {
 public:
  explicit SequentialModel(Machine machine) : Model(std::move(machine)) {}
  Result<NetworkCost> price(const Network& network, const Demand& demand,
                            const EstimateOptions& options) const override {
    return roofline(machine(), network, demand, options);
  }
  std::string arithmetic_of(const LayerCost& cost) const override { return machine().ceilings.at(cost.ceiling).name; }
  void describe_layer(const Layer& layer, const LayerDemand& demand, const LayerCost& cost,
                      LayerEstimate* out) const override {
    out->runs_as = arithmetic_of(cost);
    if (demand.kind == Kind::kFused) {  // in the formats of the layer before, but by no algorithm of its own
      const Ceiling& ceiling = machine().ceilings.at(cost.ceiling);
      out->runs_as = pair_name(ceiling.weight, ceiling.activation);
      return;
    }
    for (Decline& decline : machine().ceilings.declined(demand.weight, demand.activation, layer, cost.ceiling))
      out->fallback.push_back(std::move(decline));
  }
  void describe(const Network& network, const Demand& demand, const NetworkCost& cost,
                Estimate* estimate) const override {
    describe_sequence(machine(), network, demand, cost, estimate);
  }
};

}  // namespace

std::unique_ptr<const Model> sequential_model(Machine machine) {
  return std::make_unique<const SequentialModel>(std::move(machine));
}

}  // namespace roofscape::cost
