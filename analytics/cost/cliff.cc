#include "analytics/cost/cliff.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/cost/roofline.h"

namespace roofscape::cost {

std::vector<std::string> cliffs(const Machine& machine, const Network& network, const Demand& demand,
                                const EstimateOptions& options, const NetworkCost& cost) {
  std::vector<std::string> notes;
  if (machine.fabric) return notes;
  const Bytes needed = demand.weight_bytes + demand.peak_activation_bytes;
  for (std::size_t level = 0; level + 1 < machine.memory.size(); ++level) {
    const Memory& memory = machine.memory[level];
    if (!memory.capacity || memory.activations_only || memory.weights_only || needed <= *memory.capacity) continue;
    const auto binds_farther_out = [&](const LayerCost& layer) {
      return layer.roof == LayerCost::Roof::kMemory && layer.level > static_cast<int>(level);
    };
    if (std::none_of(cost.layers.begin(), cost.layers.end(), binds_farther_out)) continue;
    Machine roomy = machine;
    roomy.memory[level].capacity = needed;
    const Result<NetworkCost> fitting = roofline(roomy, network, demand, options);
    if (!fitting.ok() || !(fitting->latency < cost.latency)) continue;
    notes.push_back(fmt::format(
        "weights and activations need {:.0f} bytes, {:.0f} more than memory '{}' holds; if they fitted, {:.0f} % of "
        "the "
        "time would be saved",
        needed.value(), (needed - *memory.capacity).value(), memory.name, 100 * (1 - fitting->latency / cost.latency)));
  }
  return notes;
}

}  // namespace roofscape::cost
