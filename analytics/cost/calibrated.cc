#include "analytics/cost/calibrated.h"

#include <algorithm>
#include <vector>

#include "analytics/cost/load.h"
#include "analytics/cost/roofline.h"

namespace roofscape::cost {
namespace {

// A layer as a network of one.
Traits traits_of_layer(const Traits& network, const LayerDemand& layer, const Layer& described) {
  Traits traits = network;
  traits.macs = std::max(layer.ops.value() / 2, 1.0);
  traits.parameters = std::max(static_cast<double>(described.weight() ? described.weight()->size() : 0), 1.0);
  traits.activations = std::max(static_cast<double>(element_count(described.output_shape)), 1.0);
  traits.layers = 1;
  const auto* conv = described.as<op::Conv>();
  traits.kind = conv != nullptr && conv->groups > 1 && described.weight()->shape()[1] == 1 ? NetworkKind::kSeparable
                                                                                           : NetworkKind::kPlain;
  traits.detects = traits.segments = false;
  return traits;
}

Load load_of_layer(const Machine& machine, const Demand& demand, const LayerDemand& layer, const LayerCost& cost,
                   double batch) {
  Load load;
  const Ceiling& ceiling = machine.ceilings.at(cost.ceiling);
  load.ops = cost.ops;
  load.compute = std::max(cost.ops, Ops(1)) / (ceiling.rate * cost.filled);
  load.weights = layer.weight_bytes;
  const Passing passes = passing(machine, demand, layer, machine.memory.size() - 1, batch);
  load.fetch = passes.weights / *machine.memory.back().bandwidth;
  load.memory = (passes.weights + passes.activations) / *machine.memory.back().bandwidth;
  load.launch = machine.launch.value_or(Seconds(0));
  load.precisions[static_cast<std::size_t>(precision_of(ceiling.weight, ceiling.activation))] = 1;
  return load;
}

// What each layer takes beyond its bounds, up to one factor.
std::vector<double> excesses(const Machine& machine, const Network& network, const Demand& demand, const Traits& traits,
                             double batch, bool by_layer, const NetworkCost& cost) {
  std::vector<double> out;
  for (std::size_t i = 0; i < cost.layers.size(); ++i) {
    const LayerCost& layer = cost.layers[i];
    double excess = layer.time.value();
    if (by_layer && demand.layers[i].kind == LayerDemand::Kind::kMatrix && layer.ceiling >= 0) {
      // What shapes do was learned of networks of convolutions: other layers are stretched as their network is.
      const Layer& described = network.layer(static_cast<LayerId>(i));
      const Traits of_layer =
          described.as<op::Conv>() != nullptr ? traits_of_layer(traits, demand.layers[i], described) : traits;
      const Load load = load_of_layer(machine, demand, demand.layers[i], layer, batch);
      excess =
          std::max(machine.calibration->predict(of_layer, load, batch).time - layer.time, layer.time * 0.01).value();
    }
    out.push_back(excess);
  }
  return out;
}

}  // namespace

void apply_calibration(const Machine& machine, const Network& network, const Demand& demand,
                       const EstimateOptions& options, NetworkCost* cost) {
  if (!machine.calibration || !(cost->latency_worst.value() > 0)) return;
  const auto batch = static_cast<double>(options.batch);
  Traits traits = traits_of(network);
  traits.architecture = options.architecture;
  const Load load = load_of(machine, demand, *cost, batch);
  if (!(load.compute.value() > 0)) return;
  const Prediction prediction = machine.calibration->predict(traits, load, batch);
  const Seconds host = machine.host.value_or(Seconds(0));
  const Seconds time = std::max(prediction.time, cost->latency_worst + host);
  cost->calibrated = Prediction{time, std::max(time * (prediction.low / prediction.time), cost->latency_worst + host),
                                time * (prediction.high / prediction.time)};
  const double stretch = (time - host) / cost->latency_worst;
  const Seconds on_top = cost->latency * (stretch - 1);
  const std::vector<double> excess = excesses(machine, network, demand, traits, batch, options.by_layer, *cost);
  double sum = 0;
  for (const double of_layer : excess) sum += of_layer;
  for (std::size_t i = 0; i < excess.size(); ++i) cost->layers[i].time += on_top * (excess[i] / sum);
  cost->latency = cost->latency * stretch;
  cost->latency_worst = cost->latency_worst * stretch;
}

void apply_streaming_calibration(const Machine& machine, const Network& network, const Demand& demand, double batch,
                                 NetworkCost* cost) {
  if (!machine.calibration || !(cost->latency.value() > 0)) return;
  const Load load = load_of_streaming(demand, cost->latency);
  const Prediction prediction = machine.calibration->predict(traits_of(network), load, batch);
  const Seconds time = std::max(prediction.time, cost->latency);
  cost->calibrated = Prediction{time, std::max(time * (prediction.low / prediction.time), cost->latency),
                                time * (prediction.high / prediction.time)};
  const double stretch = time / cost->latency;
  cost->latency = cost->latency * stretch;
  cost->latency_worst = cost->latency_worst * stretch;
  cost->throughput_per_second /= stretch;
}

}  // namespace roofscape::cost
