#include "analytics/cost/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/notes.h"
#include "analytics/cost/roofs.h"
#include "analytics/cost/sparse_weights.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;
using Roof = LayerCost::Roof;

constexpr std::string_view kZeroSkipping = "zero-skipping";

std::string roof_name(const Model& model, const LayerCost& cost) {
  switch (cost.roof) {
    case Roof::kNone: return "none";
    case Roof::kCompute: return "compute " + model.arithmetic_of(cost);
    case Roof::kMemory: return "memory " + model.machine().memory[static_cast<std::size_t>(cost.level)].name;
    case Roof::kDecode: return "decode";
    case Roof::kLaunch: return "launch";
    case Roof::kPipeline: return "pipeline";
    case Roof::kStream: return "stream";
  }
  return "";
}

LayerEstimate layer_estimate(const Model& model, const Layer& layer, const LayerDemand& demand, const LayerCost& cost) {
  const Machine& machine = model.machine();
  LayerEstimate out;
  out.layer = layer.name;
  out.operation = operation_name(layer.operation);
  out.ops = cost.ops.value();
  out.weight_bytes = cost.weight_bytes;
  out.activation_bytes = cost.activation_bytes;
  const Bytes moved = cost.weight_bytes + cost.activation_bytes;
  if (moved.value() > 0) out.intensity = cost.ops / moved;
  out.binding_roof = roof_name(model, cost);
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
  model.describe_layer(layer, demand, cost, &out);
  return out;
}

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

}  // namespace

void describe_fit(const Machine& machine, const NetworkCost& cost, Estimate* estimate) {
  if (cost.fit == Fit::kNo) estimate->does_not_fit = fit_text(machine.memory, cost.occupancy);
  if (cost.fit == Fit::kUnknown) estimate->fit_not_known = fit_text(machine.memory, cost.occupancy);
}

void describe_machine(const Machine& machine, Estimate* estimate) {
  for (const Memory& memory : machine.memory) estimate->memories.push_back(memory.name);
  for (const std::string& text : machine.notes) note(text, estimate);
  if (machine.pipelined > 1)
    note(fmt::format("a pipeline of {:g} images: times of layers are those between two images, and the first is done "
                     "after {:g} of them",
                     machine.pipelined, machine.pipelined),
         estimate);
  if (machine.launch_is_assumed)
    estimate->missing.push_back(
        machine.calibration && machine.launch.value() > 0
            ? fmt::format("launch_seconds_per_layer: {:.2g} s is assumed, as is usual of such devices",
                          machine.launch.value())
            : "launch_seconds_per_layer: the time to start a layer is taken as none");
  if (machine.host)
    note(fmt::format(
             "the host takes {:.3g} s for each batch: it adds to the latency and overlaps with the device's next "
             "batch",
             machine.host->value()),
         estimate);
  note_energy(machine, estimate);
}

void describe(const Model& model, const Network& network, const Demand& demand, const NetworkCost& cost,
              Estimate* estimate) {
  const Machine& machine = model.machine();
  for (std::size_t i = 0; i < demand.layers.size(); ++i)
    estimate->layers.push_back(
        layer_estimate(model, network.layer(static_cast<LayerId>(i)), demand.layers[i], cost.layers[i]));
  note_fallbacks(network, demand, estimate);
  note_storage(machine, network, cost, estimate);
  note_weight_skipping(machine, network, estimate);
  note_functions(machine, network, estimate);
  note_skips(machine, network, estimate);
  note_exits(machine, network, estimate);
  model.describe(network, demand, cost, estimate);
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
