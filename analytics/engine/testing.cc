#include "analytics/engine/testing.h"

#include "analytics/engine/engine.h"

namespace roofscape::engine::testing {

Network small_network(std::uint64_t seed) {
  Rng rng(seed);
  NetworkBuilder b;
  op::Conv same;
  same.pad = {1, 1, 1, 1};
  const LayerId x = b.input({2, 12, 12});
  const LayerId c1 = b.add("conv1", same, {x}, {random_tensor(rng, {6, 2, 3, 3}, 0.3F), random_tensor(rng, {6})});
  const LayerId r1 = b.add("relu1", op::Activation{}, {c1});
  const LayerId c2 = b.add("conv2", same, {r1}, {random_tensor(rng, {6, 6, 3, 3}, 0.2F), random_tensor(rng, {6})});
  const LayerId sum = b.add("add", op::Binary{}, {c2, r1});
  const LayerId r2 = b.add("relu2", op::Activation{}, {sum});
  op::Pool pool;
  pool.kernel = {2, 2};
  pool.stride = {2, 2};
  const LayerId p = b.add("pool", pool, {r2});
  const LayerId flat = b.add("flatten", op::Reshape{{6 * 6 * 6}}, {p});
  const LayerId d1 = b.add("dense1", op::Dense{}, {flat}, {random_tensor(rng, {20, 216}, 0.1F), nullptr});
  const LayerId r3 = b.add("relu3", op::Activation{}, {d1});
  const LayerId d2 = b.add("dense2", op::Dense{}, {r3}, {random_tensor(rng, {10, 20}, 0.3F), random_tensor(rng, {10})});
  return *b.finish(d2);
}

Network quantised(const Network& network, int weight_bits, int input_bits) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers) {
    if (!layer.has_weight()) continue;
    float largest = 0;
    for (const float w : layer.weight()->values()) largest = std::max(largest, std::abs(w));
    const auto w = std::make_shared<Quantiser>(
        quantiser_for_range(NumberFormat::integer(weight_bits, Signedness::kSigned, true), -largest, largest));
    std::vector<float> on_grid;
    for (const float value : layer.weight()->values()) on_grid.push_back(w->fake(value));
    layer.constants[0] = make_tensor(layer.weight()->shape(), std::move(on_grid));
    layer.arithmetic.weight = w;
    layer.arithmetic.inputs = {std::make_shared<Quantiser>(
        quantiser_for_range(NumberFormat::integer(input_bits, Signedness::kUnsigned), -5, 15, {.symmetric = false}))};
  }
  return *Network::create(std::move(layers), network.output());
}

std::vector<float> run_layer(const Layer& layer, const std::vector<Shape>& shapes,
                             const std::vector<std::vector<float>>& inputs, std::int64_t count, const std::string& id) {
  // All inputs come as one vector, from which slices and reshapes make the layer's.
  std::int64_t total = 0;
  for (const Shape& shape : shapes) total += element_count(shape);
  NetworkBuilder b;
  const LayerId all = b.input({total});
  std::vector<LayerId> ids;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::int64_t size = element_count(shapes[i]);
    const LayerId part = b.add("part" + std::to_string(i), op::Slice{{start}, {size}, {1}}, {all});
    ids.push_back(b.add("input" + std::to_string(i), op::Reshape{shapes[i]}, {part}));
    start += size;
  }
  const LayerId added = b.add("layer", layer.operation, ids, layer.constants);
  b.layer(added).arithmetic = layer.arithmetic;
  const Network network = *b.finish(added);

  std::vector<float> images;
  for (std::int64_t n = 0; n < count; ++n)
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const std::int64_t size = element_count(shapes[i]);
      images.insert(images.end(), inputs[i].begin() + n * size, inputs[i].begin() + (n + 1) * size);
    }
  EngineOptions options;
  if (!id.empty()) options.force_kernels = {id};
  return *Engine(options).run(network, images, count);
}

}  // namespace roofscape::engine::testing
