#include "analytics/zoo/made_up_weights.h"

#include <vector>

namespace roofscape::zoo {

Result<Network> with_made_up_weights(const Network& network) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers)
    for (TensorPtr& constant : layer.constants)
      if (constant != nullptr && constant->is_shape_only())
        constant = make_tensor(constant->shape(), {constant->values().begin(), constant->values().end()});
  return Network::create(std::move(layers), network.output());
}

}  // namespace roofscape::zoo
