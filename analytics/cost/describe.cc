#include "analytics/cost/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/roofline.h"
#include "analytics/cost/roofs.h"
#include "analytics/cost/sparse_weights.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;
using Roof = LayerCost::Roof;

constexpr std::string_view kZeroSkipping = "zero-skipping";

std::string multiplier(const LayerCost& cost) { return cost.in_dsp ? "DSP" : "LUT"; }

std::string roof_name(const Machine& machine, const LayerCost& cost) {
  switch (cost.roof) {
    case Roof::kNone: return "none";
    case Roof::kCompute:
      return "compute " + (machine.fabric ? multiplier(cost) : machine.ceilings.at(cost.ceiling).name);
    case Roof::kMemory: return "memory " + machine.memory[static_cast<std::size_t>(cost.level)].name;
    case Roof::kDecode: return "decode";
    case Roof::kLaunch: return "launch";
    case Roof::kPipeline: return "pipeline";
    case Roof::kStream: return "stream";
  }
  return "";
}

LayerEstimate layer_estimate(const Machine& machine, const Layer& layer, const LayerDemand& demand,
                             const LayerCost& cost) {
  LayerEstimate out;
  out.layer = layer.name;
  out.operation = operation_name(layer.operation);
  out.ops = cost.ops.value();
  out.weight_bytes = cost.weight_bytes;
  out.activation_bytes = cost.activation_bytes;
  const Bytes moved = cost.weight_bytes + cost.activation_bytes;
  if (moved.value() > 0) out.intensity = cost.ops / moved;
  out.binding_roof = roof_name(machine, cost);
  out.time = cost.time;
  out.energy = cost.energy;
  out.energy_parts = cost.energy_parts;
  if (demand.kind == Kind::kFree) return out;
  out.arithmetic = pair_name(demand.weight, demand.activation);
  if (demand.skips && !machine.zero_lanes)
    out.fallback.push_back(
        {std::string(kZeroSkipping), DeclineReason::kStructure,
         fmt::format("the platform does not skip zeros: {:.0f} % of the inputs are 0 and cost as much "
                     "as the others; it would take zero_skipping.lane_count",
                     100 * demand.skips->mean())});
  if (machine.fabric) {
    out.runs_as = out.arithmetic + (demand.kind == Kind::kMatrix ? " in " + multiplier(cost) : "");
  } else {
    out.runs_as = machine.ceilings.at(cost.ceiling).name;
    if (demand.kind != Kind::kFused)
      for (Decline& decline : machine.ceilings.declined(demand.weight, demand.activation, layer, cost.ceiling))
        out.fallback.push_back(std::move(decline));
  }
  return out;
}

void note(std::string text, Estimate* estimate) {
  if (std::find(estimate->notes.begin(), estimate->notes.end(), text) == estimate->notes.end())
    estimate->notes.push_back(std::move(text));
}

// "a, b and 3 more layers"
class Names {
 public:
  void add(const std::string& name) {
    if (++count_ <= 3) shown_.push_back(fmt::format("'{}'", printable(name, 40)));
  }
  bool empty() const { return count_ == 0; }
  std::string text() const {
    std::string out = count_ == 1 ? "layer " : "layers ";
    for (std::size_t i = 0; i < shown_.size(); ++i) out += (i == 0 ? "" : ", ") + shown_[i];
    if (count_ > shown_.size()) out += fmt::format(" and {} more", count_ - shown_.size());
    return out;
  }

 private:
  std::vector<std::string> shown_;
  std::size_t count_ = 0;
};

// Whether a layer computes exp, tanh or the like.
bool has_bending_function(const Layer& layer) {
  using Function = op::Activation::Kind;
  const auto* activation = layer.as<op::Activation>();
  if (activation == nullptr) return !layer.functions().empty();
  constexpr Function kBending[] = {Function::kSigmoid,  Function::kTanh,     Function::kElu,      Function::kGelu,
                                   Function::kGeluTanh, Function::kErf,      Function::kExp,      Function::kLog,
                                   Function::kSqrt,     Function::kSoftplus, Function::kSoftsign, Function::kSilu};
  return std::find(std::begin(kBending), std::end(kBending), activation->kind) != std::end(kBending);
}

void note_fallbacks(const Network& network, const Demand& demand, Estimate* estimate) {
  // One sentence for each pair of formats and what it runs as, in the order in which they first occur.
  std::vector<std::pair<std::string, Names>> kinds;
  for (std::size_t i = 0; i < estimate->layers.size(); ++i) {
    const LayerEstimate& layer = estimate->layers[i];
    const bool of_formats = std::any_of(layer.fallback.begin(), layer.fallback.end(),
                                        [](const Decline& decline) { return decline.who != kZeroSkipping; });
    if (!of_formats || demand.layers[i].kind != Kind::kMatrix) continue;
    const std::string change = fmt::format("{} runs as {}", layer.arithmetic, layer.runs_as);
    auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == change; });
    if (found == kinds.end()) found = kinds.insert(kinds.end(), {change, {}});
    found->second.add(network.layer(static_cast<LayerId>(i)).name);
  }
  for (const auto& [change, names] : kinds) note(fmt::format("{} in {}", change, names.text()), estimate);
}

void note_passes(const Machine& machine, const Network& network, const Demand& demand, Estimate* estimate) {
  if (machine.fabric) return;
  Names joined;
  for (std::size_t i = 0; i < demand.layers.size(); ++i)
    if (demand.layers[i].joined) joined.add(network.layer(static_cast<LayerId>(i)).name);
  if (!joined.empty())
    note(fmt::format("{}: computed in one pass with element-wise layers before, as fused kernels do", joined.text()),
         estimate);
}

void note_storage(const Machine& machine, const Network& network, const NetworkCost& cost, Estimate* estimate) {
  Names sparse;
  for (LayerId id = 0; id < network.size(); ++id) {
    const int ceiling = cost.layers[static_cast<std::size_t>(id)].ceiling;
    const bool skipped =
        !machine.fabric && ceiling >= 0 && (machine.weight_lanes || machine.ceilings.at(ceiling).sparsity);
    if (network.layer(id).storage.is_sparse() && !skipped) sparse.add(network.layer(id).name);
  }
  if (sparse.empty()) return;
  note(fmt::format("{}: zero weights take no {}, but their work is not skipped", sparse.text(),
                   machine.fabric ? "room in the file; on the chip they are stored" : "room or traffic"),
       estimate);
}

void note_weight_skipping(const Machine& machine, const Network& network, Estimate* estimate) {
  if (!machine.weight_lanes) return;
  Names sparse;
  for (const Layer& layer : network.layers())
    if (layer.has_weight() && layer.storage.is_sparse()) sparse.add(layer.name);
  if (!sparse.empty())
    note(fmt::format("{}: zero weights take no time; {} lanes wait for the fullest", sparse.text(),
                     *machine.weight_lanes),
         estimate);
}

void note_decoding(const Machine& machine, const Network& network, Estimate* estimate) {
  if (machine.fabric || machine.decode_rate) return;
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
  const bool used = !machine.fabric && std::any_of(cost.layers.begin(), cost.layers.end(), [&](const LayerCost& layer) {
    return layer.ceiling >= 0 && machine.ceilings.at(layer.ceiling).winograd;
  });
  if (used) note("3x3 convolutions use Winograd: their ceiling lies above nominal", estimate);
}

// Functions that bend and are computed as they are defined: what that takes is not known.
void note_functions(const Machine& machine, const Network& network, Estimate* estimate) {
  Names exact, tables;
  for (const Layer& layer : network.layers()) {
    if (!layer.arithmetic.functions.empty()) {
      tables.add(layer.name);
    } else if (has_bending_function(layer)) {
      exact.add(layer.name);
    }
  }
  if (machine.fabric && !exact.empty())
    note(fmt::format("{}: the logic of an exact exponential or the like is not known and counts as that of any other "
                     "layer without weights; function_table has a price",
                     exact.text()),
         estimate);
  if (!machine.fabric && !tables.empty())
    note(fmt::format("{}: a function counts as one operation an element, exact or looked up", tables.text()), estimate);
}

void note_skips(const Machine& machine, const Network& network, Estimate* estimate) {
  Names layers;
  for (const Layer& layer : network.layers())
    if (layer.arithmetic.skips) layers.add(layer.name);
  if (layers.empty()) return;
  if (machine.zero_lanes) {
    note(fmt::format("{}: inputs that are 0 are skipped, as often as on the calibration images; {} lanes wait for the "
                     "slowest",
                     layers.text(), *machine.zero_lanes),
         estimate);
  } else {
    note(fmt::format("{}: inputs that are 0 cost as much as others; the platform does not skip them", layers.text()),
         estimate);
  }
}

void note_accumulators(const Machine& machine, const Network& network, Estimate* estimate) {
  if (machine.fabric) return;
  Names layers;
  for (const Layer& layer : network.layers())
    if (layer.arithmetic.accumulator) layers.add(layer.name);
  if (!layers.empty())
    note(fmt::format("{}: an accumulator costs the same at every width; the platform states no figure of its own",
                     layers.text()),
         estimate);
}

void note_exits(const Machine& machine, const Network& network, Estimate* estimate) {
  for (const Layer& layer : network.layers()) {
    const auto* select = layer.as<op::Select>();
    if (select == nullptr) continue;
    const std::string leaving =
        fmt::format("{:.1f} % of the images leave at '{}'", 100 * select->leaving, printable(layer.name, 40));
    note(machine.fabric ? leaving + "; in a streaming design all units are there all the same, and nothing is saved"
                        : leaving +
                              " as on the calibration images: latency and energy are the mean, latency_worst is "
                              "without any that leaves",
         estimate);
  }
}

void note_measured_energy(const Machine& machine, Estimate* estimate) {
  note("energy is as measured: " + machine.energy_calibration->basis(), estimate);
  if (estimate->energy_parts.undivided.value() > 0 || !machine.static_power) return;
  note(fmt::format("these say no more than the device takes while idle ({:g} W): energy is taken as that times time",
                   machine.static_power->value()),
       estimate);
}

void note_energy(const Machine& machine, Estimate* estimate) {
  switch (estimate->energy_basis) {
    case EnergyBasis::kMeasured: return note_measured_energy(machine, estimate);
    case EnergyBasis::kActivityAndStaticPower: return;
    case EnergyBasis::kActivityAlone:
      note("energy is of operations and bytes alone, a lower bound; static power is not known", estimate);
      if (estimate->energy_interval && machine.peak_power)
        note(fmt::format("energy's interval goes from there to peak power ({:g} W) times time",
                         machine.peak_power->value()),
             estimate);
      return;
    case EnergyBasis::kPeakPower:
      return note(fmt::format("energy is peak power ({:g} W) times {}: an upper bound", machine.peak_power->value(),
                              machine.fabric ? "the time between images" : "time"),
                  estimate);
    case EnergyBasis::kNone: break;
  }
  estimate->missing.push_back(
      "peak_watts, or energy_joules_per_op of every peak and energy_joules_per_byte of every "
      "memory: without them there is no energy");
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

void describe_sequence(const Machine& machine, const Network& network, const Demand& demand, const NetworkCost& cost,
                       Estimate* estimate) {
  if (!machine.launch)
    estimate->missing.push_back("launch_seconds_per_layer: the time to start a layer is taken as none");
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
  if (cost.unsupported >= 0) {
    const auto index = static_cast<std::size_t>(cost.unsupported);
    estimate->does_not_fit = unsupported_text(machine, network.layer(cost.unsupported), demand.layers[index]);
    return;
  }
  describe_fit(machine, cost, estimate);
}

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

void describe_streaming(const Machine& machine, const Network& network, const NetworkCost& cost, Estimate* estimate) {
  const Fabric& fabric = *machine.fabric;
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

}  // namespace

void describe_fit(const Machine& machine, const NetworkCost& cost, Estimate* estimate) {
  if (cost.fit == Fit::kNo) estimate->does_not_fit = fit_text(machine.memory, cost.occupancy);
  if (cost.fit == Fit::kUnknown) estimate->fit_not_known = fit_text(machine.memory, cost.occupancy);
}

void describe_machine(const Machine& machine, Estimate* estimate) {
  for (const Memory& memory : machine.memory) estimate->memories.push_back(memory.name);
  for (const std::string& text : machine.notes) note(text, estimate);
  if (machine.host)
    note(fmt::format(
             "the host takes {:.3g} s for each batch: it adds to the latency and overlaps with the device's next "
             "batch",
             machine.host->value()),
         estimate);
  note_energy(machine, estimate);
}

void describe(const Machine& machine, const Network& network, const Demand& demand, const NetworkCost& cost,
              Estimate* estimate) {
  for (std::size_t i = 0; i < demand.layers.size(); ++i)
    estimate->layers.push_back(
        layer_estimate(machine, network.layer(static_cast<LayerId>(i)), demand.layers[i], cost.layers[i]));
  note_fallbacks(network, demand, estimate);
  note_passes(machine, network, demand, estimate);
  note_storage(machine, network, cost, estimate);
  note_weight_skipping(machine, network, estimate);
  note_decoding(machine, network, estimate);
  note_winograd(machine, cost, estimate);
  note_functions(machine, network, estimate);
  note_skips(machine, network, estimate);
  note_accumulators(machine, network, estimate);
  note_exits(machine, network, estimate);
  if (machine.fabric) {
    describe_streaming(machine, network, cost, estimate);
  } else {
    describe_sequence(machine, network, demand, cost, estimate);
  }
  if (!machine.fabric) {
    estimate->binding_roof = binding_roof(*estimate);
  } else if (cost.memory_bound) {
    estimate->binding_roof = "memory " + machine.memory.back().name;
  } else {
    estimate->binding_roof =
        cost.slowest < 0 ? "none" : estimate->layers[static_cast<std::size_t>(cost.slowest)].binding_roof;
  }
  constexpr double kWorthANote = 1.01;
  if (cost.over_peak_power > kWorthANote)
    note(
        fmt::format("energy is {:.3g} times lower than its figures say, so that power stays within the peak of {:g} W; "
                    "where that leaves out an outer memory, so does this",
                    cost.over_peak_power, machine.peak_power->value()),
        estimate);
  estimate->roofs = roofs_of(machine, network, demand, cost);
  describe_machine(machine, estimate);
}

}  // namespace roofscape::cost
