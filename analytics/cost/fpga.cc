#include "analytics/cost/fpga.h"

#include <algorithm>
#include <cmath>

#include "analytics/cost/energy.h"
#include "analytics/cost/load.h"
#include "analytics/network/work.h"

namespace roofscape::cost {
namespace {

using Kind = LayerDemand::Kind;
using Roof = LayerCost::Roof;

constexpr double kBramBits = 18432;

bool has_unit(const LayerDemand& layer) { return layer.kind == Kind::kMatrix || layer.kind == Kind::kElementwise; }

std::vector<Unit> make_units(const Network& network, const Demand& demand, const std::vector<UnitShape>& shapes,
                             FoldingCache* cache) {
  std::vector<Unit> units;
  for (LayerId id = 0; id < network.size(); ++id) {
    const auto index = static_cast<std::size_t>(id);
    if (!has_unit(demand.layers[index])) continue;
    Unit unit;
    unit.layer = id;
    unit.shape = shapes[index];
    unit.chain = cache->chain(unit.shape);
    units.push_back(std::move(unit));
  }
  return units;
}

struct Streams {
  double in = 0, out = 0;  // bytes of one image
};

// Images come in whole bytes a value, as hosts hold them; results leave in 32 bits.
Streams streams_of(const Network& network) {
  const double bits = activation_bits(network)[static_cast<std::size_t>(network.input())];
  Streams streams;
  streams.in = static_cast<double>(element_count(network.input_shape())) * std::ceil(bits / 8);
  streams.out = static_cast<double>(element_count(network.output_shape())) * 4;
  return streams;
}

// The layer that makes the network's result: views and what is computed with another layer have no unit.
std::size_t last_unit(const Network& network, const Demand& demand) {
  LayerId id = network.output();
  while (!has_unit(demand.layers[static_cast<std::size_t>(id)]) && !network.layer(id).inputs.empty())
    id = network.layer(id).inputs[0];
  return static_cast<std::size_t>(id);
}

Roof roof_of(StreamNode node) {
  switch (node) {
    case StreamNode::kMatrix:
    case StreamNode::kElementwise: return Roof::kCompute;
    case StreamNode::kWindow:
    case StreamNode::kPadding: return Roof::kStream;
    case StreamNode::kTransfer: return Roof::kMemory;
  }
  return Roof::kNone;
}

}  // namespace

double pipeline_latency(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& cycles,
                        double inbound) {
  std::vector<double> first(shapes.size(), 0), last(shapes.size(), inbound);
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const auto index = static_cast<std::size_t>(id);
    if (layer.inputs.empty()) continue;
    double first_in = 0, last_in = 0;
    for (const LayerId input : layer.inputs) {
      first_in = std::max(first_in, first[static_cast<std::size_t>(input)]);
      last_in = std::max(last_in, last[static_cast<std::size_t>(input)]);
    }
    if (cycles[index] <= 0) {  // a view, or computed with its producer
      first[index] = first_in;
      last[index] = last_in;
      continue;
    }
    // The first output takes its own share of the cycles, so that a unit with one output takes them all.
    const double share = cycles[index] / shapes[index].output_pixels;
    first[index] = first_in + shapes[index].start_share * std::max(last_in - first_in, inbound) + share;
    last[index] = std::max(first[index] + cycles[index] - share, last_in + share);
  }
  return last[static_cast<std::size_t>(network.output())];
}

double join_buffers(const Network& network, const std::vector<UnitShape>& shapes, const std::vector<double>& bits) {
  // How far behind the input each value starts, as a share of an image.
  std::vector<double> behind(shapes.size(), 0);
  double blocks = 0;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const auto index = static_cast<std::size_t>(id);
    double latest = 0;
    for (const LayerId input : layer.inputs) latest = std::max(latest, behind[static_cast<std::size_t>(input)]);
    for (const LayerId input : layer.inputs) {
      const auto at = static_cast<std::size_t>(input);
      const double waits = std::min(1.0, latest - behind[at]);
      const double elements = static_cast<double>(element_count(network.layer(input).output_shape));
      if (layer.inputs.size() > 1 && waits > 0) blocks += std::ceil(waits * elements * bits[at] / kBramBits);
    }
    behind[index] =
        latest + (shapes[index].matrix || shapes[index].window.channels > 0 ? shapes[index].start_share : 0);
  }
  return blocks;
}

// What measurements of the platform say of its designs: all of one is slower alike, as at a lower clock.
void stretch_design(const Machine& machine, const Network& network, const Demand& demand, double batch,
                    NetworkCost* cost) {
  if (!machine.calibration || !(cost->throughput_per_second > 0)) return;
  const Traits traits = traits_of(network);
  const Load load = load_of_streaming(demand, Seconds(batch / cost->throughput_per_second));
  cost->spread = machine.calibration->spread(traits, load, batch);
  const double stretch =
      std::max(1.0, machine.calibration->stretches(traits, load, batch)[static_cast<std::size_t>(Part::kArithmetic)]);
  cost->latency = cost->latency * stretch;
  cost->latency_worst = cost->latency_worst * stretch;
  cost->throughput_per_second /= stretch;
  for (LayerCost& layer : cost->layers) layer.time = layer.time * stretch;
}

NetworkCost streaming_design(const Machine& machine, const Network& network, const Demand& demand, std::int64_t batch,
                             FoldingCache* cache) {
  const Fabric& fabric = *machine.fabric;
  std::vector<UnitShape> shapes(demand.layers.size());
  for (LayerId id = 0; id < network.size(); ++id) {
    const auto index = static_cast<std::size_t>(id);
    if (has_unit(demand.layers[index])) shapes[index] = unit_shape(network, id, demand.layers[index]);
  }
  const std::vector<Unit> units = make_units(network, demand, shapes, cache);
  const Streams streams = streams_of(network);
  const double into = transfer_cycles(streams.in), out_of = transfer_cycles(streams.out);
  const Design design = solve_folding(units, fabric, join_buffers(network, shapes, activation_bits(network)),
                                      {std::max(into, out_of), streams.in + streams.out,
                                       fabric.clock.value() / machine.memory.back().bandwidth->value()});

  NetworkCost total;
  total.layers.resize(demand.layers.size());
  std::vector<double> cycles(demand.layers.size(), 0);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto index = static_cast<std::size_t>(units[i].layer);
    const UnitCost& unit = (*units[i].chain)[design.fold[i]];
    cycles[index] = unit.cycles;
    total.layers[index].node = unit.node;
    total.layers[index].in_dsp = design.in_dsp[i];
    total.streamed_layers += design.streamed[i] ? 1 : 0;
  }
  std::vector<double> busy = cycles;
  const auto stream = [&](std::size_t index, double taken) {
    if (taken <= busy[index]) return;
    busy[index] = taken;
    total.layers[index].node = StreamNode::kTransfer;
  };
  stream(static_cast<std::size_t>(network.input()), into);
  stream(last_unit(network, demand), out_of);
  const auto images = static_cast<double>(batch);
  double slowest = 0;
  for (std::size_t i = 0; i < busy.size(); ++i) {
    LayerCost& cost = total.layers[i];
    cost.time = Seconds(busy[i] * images / fabric.clock.value());
    if (busy[i] > slowest) total.slowest = static_cast<LayerId>(i);
    slowest = std::max(slowest, busy[i]);
    if (busy[i] > 0) cost.roof = busy[i] >= design.interval ? roof_of(cost.node) : Roof::kPipeline;
    if (cost.roof == Roof::kMemory) cost.level = static_cast<int>(machine.memory.size()) - 1;
    if (demand.layers[i].kind == Kind::kFree) continue;
    cost.ops = demand.layers[i].ops * images;
    cost.weight_bytes = demand.layers[i].weight_bytes;
    cost.activation_bytes = demand.layers[i].activation_bytes() * images;
  }
  const double one = std::max(pipeline_latency(network, shapes, cycles, into), design.interval);
  total.latency = Seconds((one + (images - 1) * design.interval) / fabric.clock.value());
  total.latency_worst = total.latency;
  total.throughput_per_second = design.interval > 0 ? fabric.clock.value() / design.interval : 0;
  total.memory_bound = design.interval > slowest;
  total.resources = Resources{design.lut, design.dsp, design.bram18, design.uram};
  total.fit = design.fits ? Fit::kYes : Fit::kNo;
  stretch_design(machine, network, demand, images, &total);
  set_pipeline_energy(machine, images, &total);
  return total;
}

}  // namespace roofscape::cost
