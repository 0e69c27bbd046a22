// A network is a value: layers in topological order, one input, one output.
//
// Copying is cheap in weights (shared) and linear in layers. Approximations take a network and return another; nothing
// is changed in place once built.
//
//   NetworkBuilder b;
//   LayerId x = b.input({1, 28, 28});
//   LayerId c = b.add("conv1", op::Conv{}, {x}, {weight, bias});
//   RS_ASSIGN(Network net, b.finish(b.add("relu1", op::Activation{}, {c})));
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/layer.h"

namespace roofscape {

class Network {
 public:
  // Checks order, names, constants and shapes, and fills in each layer's output shape. `output` names the result.
  static Result<Network> create(std::vector<Layer> layers, LayerId output);

  // The same network with another layer of the same name in place of one that is no input. Checks that layer alone
  // where its output shape stays.
  Result<Network> with_layer(LayerId id, Layer layer) const;

  std::span<const Layer> layers() const { return layers_; }
  const Layer& layer(LayerId id) const { return layers_[static_cast<std::size_t>(id)]; }
  LayerId size() const { return static_cast<LayerId>(layers_.size()); }
  LayerId input() const { return input_; }
  LayerId output() const { return output_; }
  const Shape& input_shape() const { return layer(input_).output_shape; }
  const Shape& output_shape() const { return layer(output_).output_shape; }

  std::optional<LayerId> find(std::string_view name) const;
  // For each layer, the layers that read it, ascending.
  std::vector<std::vector<LayerId>> consumers() const;

  // Whether the values of some constant are nobody's, but made up for its shape (tensor.h): such a network can be
  // priced, not run.
  bool is_shape_only() const;
  // Fails where it is, for whoever is about to run it or to hand it on.
  Status check_values() const;

  // Key of each layer: the hash of all that determines its output (operation, constants, arithmetic, inputs' keys).
  // Names and storage are left out: they change nothing that is computed.
  std::vector<Digest> layer_keys() const;
  // Key of the whole network: of its output layer.
  Digest key() const;
  // Key of the design: the network's key, how its weights are stored and which inputs are skipped; equal designs cost
  // the same.
  Digest design_key() const;

 private:
  Network() = default;
  std::vector<Layer> layers_;
  LayerId input_ = 0;
  LayerId output_ = 0;
};

class NetworkBuilder {
 public:
  LayerId input(Shape shape, std::string name = "input");
  LayerId add(std::string name, Operation operation, std::vector<LayerId> inputs,
              std::vector<TensorPtr> constants = {});
  Layer& layer(LayerId id) { return layers_[static_cast<std::size_t>(id)]; }
  // Drops layers that do not lead to `output`.
  Result<Network> finish(LayerId output);

 private:
  std::vector<Layer> layers_;
};

// Removes layers from which `output` cannot be reached and renumbers the rest.
Result<Network> without_dead_layers(std::vector<Layer> layers, LayerId output);

// Limits on what an untrusted file may describe; exceeded ones end in kResourceExhausted.
struct NetworkLimits {
  static constexpr std::int64_t kLayers = 100'000;
  static constexpr std::int64_t kElementsPerTensor = std::int64_t{1} << 31;
  static constexpr std::int64_t kWeightElements = std::int64_t{1} << 30;
  static constexpr std::size_t kRank = 8;
};

}  // namespace roofscape
