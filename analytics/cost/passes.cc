#include "analytics/cost/passes.h"

#include <algorithm>
#include <numeric>

namespace roofscape::cost {
namespace {

std::size_t index(LayerId id) { return static_cast<std::size_t>(id); }

bool runs_in_passes(const Layer& layer, const LayerDemand& demand) {
  if (demand.kind != LayerDemand::Kind::kElementwise) return false;
  if (layer.as<op::Activation>() || layer.as<op::Affine>() || layer.as<op::Binary>()) return true;
  if (layer.as<op::Softmax>()) return true;
  const auto* mean = layer.as<op::ReduceMean>();
  return mean != nullptr && mean->axes.size() == 1;
}

// Union of sets, each named by its first layer.
LayerId find(std::vector<LayerId>& first, LayerId id) {
  while (first[index(id)] != id) id = first[index(id)] = first[index(first[index(id)])];
  return id;
}

}  // namespace

std::vector<LayerId> first_of_pass(const Network& network, const std::vector<LayerDemand>& demands) {
  std::vector<LayerId> first(demands.size());
  std::iota(first.begin(), first.end(), LayerId{0});
  // How many layers of other kinds lie on the longest way to a layer: equal for two, none lies between them.
  std::vector<int> others(demands.size(), 0);
  std::vector<bool> in_pass(demands.size(), false);
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    in_pass[index(id)] = runs_in_passes(layer, demands[index(id)]);
    for (const LayerId input : layer.inputs)
      others[index(id)] = std::max(others[index(id)], others[index(input)] + (in_pass[index(input)] ? 0 : 1));
    if (!in_pass[index(id)]) continue;
    for (const LayerId input : layer.inputs) {
      if (!in_pass[index(input)] || others[index(input)] != others[index(id)]) continue;
      const LayerId one = find(first, input), other = find(first, id);
      first[index(std::max(one, other))] = std::min(one, other);
    }
  }
  for (LayerId id = 0; id < network.size(); ++id) first[index(id)] = find(first, id);
  return first;
}

}  // namespace roofscape::cost
