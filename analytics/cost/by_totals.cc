#include "analytics/cost/by_totals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/cost/describe.h"
#include "analytics/cost/energy.h"
#include "analytics/cost/load.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/pipeline.h"
#include "analytics/cost/totals.h"
#include "analytics/cost/totals_traffic.h"

namespace roofscape::cost {
namespace {

// By what is given: multiply-accumulates alone; parameters too; activations too. Measured over the zoo's networks on
// built-in platforms, in fp32, fp16 and int8: tests/conformance/totals_test.cc prints 2.32, 1.94 and 1.85 and holds
// these to them.
constexpr std::array<double, 3> kLeftOpen = {2.35, 1.95, 1.85};

struct Known {
  const Machine& machine;
  const UniformFormats& formats;
  Traits traits;
  Load load;
  int ceiling = 0;
  double batch = 1;

  Passing through(std::size_t level) const {
    return passing_of_totals(traits, load.weights, formats.activation.bits(),
                             room_of(std::span(machine.memory).first(level)), batch);
  }
};

// What each roof asks; `bound` is what all of them ask together.
struct Roofs {
  std::vector<RoofTime> times;
  std::string binding = "none";
  Seconds bound;
};

Roofs roofs_of(const Known& known) {
  const Machine& machine = known.machine;
  Roofs roofs;
  const auto raise = [&](Seconds by, const std::string& name) {
    if (by <= roofs.bound) return;
    roofs.bound = by;
    roofs.binding = name;
  };
  const std::string compute = "compute " + machine.ceilings.at(known.ceiling).name;
  roofs.times.push_back({compute, known.load.arithmetic()});
  raise(known.load.arithmetic(), compute);
  for (std::size_t level = 0; level < machine.memory.size(); ++level) {
    const Memory& memory = machine.memory[level];
    if (!memory.bandwidth) continue;
    const Passing passes = known.through(level);
    const std::string name = "memory " + memory.name;
    roofs.times.push_back({name + ", weights", passes.weights / *memory.bandwidth});
    roofs.times.push_back({name + ", activations", passes.activations / *memory.bandwidth});
    raise((passes.weights + passes.activations) / *memory.bandwidth, name);
  }
  if (machine.launch_is_assumed || !(known.load.launch.value() > 0)) return roofs;
  roofs.times.push_back({"launch", known.load.launch});
  if (known.load.launch > roofs.bound) roofs.binding = "launch";
  roofs.bound += known.load.launch;
  return roofs;
}

// Further from `value` on either side, as if what is left open were one more cause of doubt.
template <typename Q>
Interval<Q> widened(Q value, Q low, Q high, double factor) {
  const double open = std::log(factor);
  return {value * std::exp(-std::hypot(std::log(value / low), open)),
          value * std::exp(std::hypot(std::log(high / value), open))};
}

// What measurements say that the parts take, one after the other; never less than the bound.
Seconds time_of(const Known& known, Seconds bound) {
  const std::array<double, kParts> stretches =
      known.machine.calibration->stretches(known.traits, known.load, images_at_once(known.machine, known.batch));
  const std::array<Seconds, kParts> parts = known.load.parts();
  Seconds time = parts[0] * ((known.machine.ceilings.at(known.ceiling).stretch - 1) * stretches[0]);
  for (std::size_t part = 0; part < kParts; ++part) time += parts[part] * stretches[part];
  return std::max(time, bound);
}

EnergyParts activity(const Known& known, Seconds time) {
  EnergyParts parts;
  parts.operations = known.load.ops * *known.machine.ceilings.at(known.ceiling).energy;
  for (std::size_t level = 0; level < known.machine.memory.size(); ++level) {
    const Passing passes = known.through(level);
    parts.memory[level] = (passes.weights + passes.activations) * *known.machine.memory[level].energy;
  }
  if (known.machine.static_power) parts.idle = *known.machine.static_power * time;
  return parts;
}

void set_energy_of_totals(const Known& known, double factor, NetworkCost* cost) {
  const Machine& machine = known.machine;
  if (machine.energy_calibration) {
    set_measured_energy(machine, known.traits, known.load, static_cast<std::int64_t>(known.batch), cost);
    cost->energy_interval = widened(*cost->energy, cost->energy_interval->low, cost->energy_interval->high, factor);
    return;
  }
  if (machine.energy_from_activity) {
    cost->energy_parts = activity(known, cost->latency);
  } else if (machine.peak_power) {
    cost->energy_parts = at_peak_power(machine, cost->latency);
  } else {
    return;
  }
  cost->energy = cost->energy_parts.total();
}

NetworkCost cost_of(const Known& known, const Roofs& roofs, double factor) {
  const Machine& machine = known.machine;
  NetworkCost cost;
  Seconds time = roofs.bound;
  if (machine.calibration) {
    time = time_of(known, roofs.bound);
    const Spread of = machine.calibration->spread(known.traits, known.load, images_at_once(machine, known.batch));
    const auto [low, high] = widened(1.0, of.low, of.high, factor);
    cost.spread = Spread{low, high};
  }
  const Seconds host = machine.host.value_or(Seconds(0));
  cost.latency = cost.latency_worst = time - host;
  cost.bound = roofs.bound - host;
  cost.throughput_per_second = known.batch / cost.latency.value();
  set_energy_of_totals(known, factor, &cost);
  finish(machine, static_cast<std::int64_t>(known.batch), &cost);
  return cost;
}

void describe_totals(const Known& known, const Outline& given, double factor, Estimate* estimate) {
  const auto note = [&](std::string text) { estimate->notes.push_back(std::move(text)); };
  const Traits& traits = known.traits;
  note(
      fmt::format("priced by totals, without layers: {:.4g} multiply-accumulates, {:.4g} parameters and {:.4g} "
                  "activations for an image, as a network of the kind '{}'",
                  traits.macs, traits.parameters, traits.activations, kind_name(traits.kind)));
  if (!(given.parameters > 0))
    note("parameters are not given: as many as usual, within a factor of 3.1 nine times of ten");
  if (!(given.activations > 0))
    note("activations are not given: as many as usual, within a factor of 1.8 nine times of ten");
  if (!(given.input > 0)) note("the input is not given: 224 x 224 positions");
  if (!(given.layers > 0)) note(fmt::format("layers are not given: {:g}, as usual", traits.layers));
  note("the largest working set of a layer is taken as four times the mean");
  const Ceiling& ceiling = known.machine.ceilings.at(known.ceiling);
  if (const std::string asked = pair_name(known.formats.weight, known.formats.activation); asked != ceiling.name)
    note(fmt::format("{} runs as {}", asked, ceiling.name));
  if (estimate->latency_interval)
    note(fmt::format("the interval is wider than beside layers, by a factor of {:.3g} that totals leave open", factor));
  else
    estimate->missing.push_back(
        "measurements of this class of hardware: the time is what its ceilings ask, without an interval");
  describe_machine(known.machine, estimate);
}

}  // namespace

Given given_of(const Outline& outline) {
  if (!(outline.parameters > 0)) return Given::kMacs;
  return outline.activations > 0 ? Given::kActivations : Given::kParameters;
}

double left_open(Given given) { return kLeftOpen[static_cast<std::size_t>(given)]; }

Result<Estimate> estimate_by_totals(const Outline& outline, const UniformFormats& formats, const v1::Platform& platform,
                                    std::int64_t batch) {
  if (batch < 1) return invalid_argument("batch is {}; use at least 1", batch).at("batch");
  RS_ASSIGN(const Machine machine, read_machine(platform));
  if (machine.fabric)
    return failed_precondition(
        "platform '{}' is a streaming design: its units follow from a network's layers, which totals do not give; use "
        "a "
        "model, or an overlay such as a DPU",
        printable(machine.id, 63));
  Known known{machine, formats, {}, {}, 0, static_cast<double>(batch)};
  RS_ASSIGN(known.traits, complete(outline));
  RS_ASSIGN(known.ceiling, ceiling_of_formats(machine, formats.weight, formats.activation));
  RS_ASSIGN(known.load, load_of(machine, known.traits, formats.weight, formats.activation, known.batch));
  Demand bytes;
  bytes.weight_bytes = known.load.weights;
  bytes.peak_activation_bytes = working_set(known.traits, formats.activation.bits());
  const double factor = left_open(given_of(outline));
  const Roofs roofs = roofs_of(known);
  NetworkCost cost = cost_of(known, roofs, factor);
  cost.occupancy = {bytes.weight_bytes, bytes.peak_activation_bytes, images_held(machine, batch)};
  cost.fit = fit(machine.memory, cost.occupancy);
  Estimate estimate;
  static_cast<Totals&>(estimate) = totals_of(machine, bytes, cost, batch);
  describe_fit(machine, cost, &estimate);
  if (cost.spread) estimate.calibration = machine.calibration->basis();
  estimate.roof_times = roofs.times;
  estimate.binding_roof = roofs.binding;
  describe_totals(known, outline, factor, &estimate);
  return estimate;
}

}  // namespace roofscape::cost
