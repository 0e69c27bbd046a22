#include "analytics/cost/fpga.h"

#include <algorithm>
#include <cmath>

#include "analytics/cost/calibrated.h"
#include "analytics/cost/energy.h"
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
    unit.weight_bytes = unit.shape.matrix ? static_cast<double>(unit.shape.rows) *
                                                static_cast<double>(unit.shape.columns) * unit.shape.weight_bits / 8
                                          : 0;
    units.push_back(std::move(unit));
  }
  return units;
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
    behind[index] = latest + (shapes[index].matrix || shapes[index].input_pixels > 0 ? shapes[index].start_share : 0);
  }
  return blocks;
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
  const std::vector<double> bits = activation_bits(network);
  const double cycles_per_byte = fabric.clock.value() / machine.memory.back().bandwidth->value();
  const double inbound = static_cast<double>(element_count(network.input_shape())) *
                         bits[static_cast<std::size_t>(network.input())] / 8 * cycles_per_byte;
  const double outbound = static_cast<double>(element_count(network.output_shape())) * 4 * cycles_per_byte;
  const Design design =
      solve_folding(units, fabric, join_buffers(network, shapes, bits), inbound + outbound, cycles_per_byte);

  NetworkCost total;
  total.layers.resize(demand.layers.size());
  std::vector<double> cycles(demand.layers.size(), 0);
  double slowest = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto index = static_cast<std::size_t>(units[i].layer);
    cycles[index] = (*units[i].chain)[design.fold[i]].cycles;
    slowest = std::max(slowest, cycles[index]);
    total.layers[index].in_dsp = design.in_dsp[i];
    total.streamed_layers += design.streamed[i] ? 1 : 0;
  }
  const auto images = static_cast<double>(batch);
  for (std::size_t i = 0; i < demand.layers.size(); ++i) {
    LayerCost& cost = total.layers[i];
    if (demand.layers[i].kind == Kind::kFree) continue;
    cost.ops = demand.layers[i].ops * images;
    cost.weight_bytes = demand.layers[i].weight_bytes;
    cost.activation_bytes = demand.layers[i].activation_bytes() * images;
    cost.time = Seconds(cycles[i] * images / fabric.clock.value());
    if (cycles[i] <= 0) continue;
    cost.roof = cycles[i] >= design.interval ? Roof::kCompute : Roof::kPipeline;
    if (cycles[i] >= slowest && total.slowest < 0) total.slowest = static_cast<LayerId>(i);
  }
  const double one = std::max(pipeline_latency(network, shapes, cycles, inbound), design.interval);
  total.latency = Seconds((one + (images - 1) * design.interval) / fabric.clock.value());
  total.latency_worst = total.latency;
  total.throughput_per_second = design.interval > 0 ? fabric.clock.value() / design.interval : 0;
  total.memory_bound = design.interval > slowest;
  total.resources = Resources{design.lut, design.dsp, design.bram18};
  total.fits = design.fits;
  apply_streaming_calibration(machine, network, demand, images, &total);
  set_pipeline_energy(machine, &total);
  return total;
}

}  // namespace roofscape::cost
