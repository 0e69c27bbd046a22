// What the engine's tests share: random tensors, small networks and data sets.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "analytics/base/rng.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"

namespace roofscape::engine::testing {

inline std::vector<float> random_values(Rng& rng, std::int64_t count, float spread = 1) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.normal()) * spread;
  return values;
}

inline TensorPtr random_tensor(Rng& rng, const Shape& shape, float spread = 1) {
  return make_tensor(shape, random_values(rng, element_count(shape), spread));
}

inline Dataset random_dataset(Rng& rng, const Shape& image, std::int64_t count, std::int64_t classes) {
  Dataset data;
  data.image_shape = image;
  data.element = Dataset::Element::kFloat32;
  data.count = count;
  const std::vector<float> values = random_values(rng, count * element_count(image));
  data.raw.resize(values.size() * sizeof(float));
  std::memcpy(data.raw.data(), values.data(), data.raw.size());
  for (std::int64_t i = 0; i < count; ++i)
    data.labels.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(classes))));
  return data;
}

// Two convolutions with pooling, a residual sum and two dense layers on [2, 12, 12] images, 10 classes.
Network small_network(std::uint64_t seed);

// The same with weights and inputs of every layer that has weights quantised to integers of these bits.
Network quantised(const Network& network, int weight_bits, int input_bits);

// Values of one layer on given inputs, forced onto the kernel `id` (first in the list: "").
std::vector<float> run_layer(const Layer& layer, const std::vector<Shape>& shapes,
                             const std::vector<std::vector<float>>& inputs, std::int64_t count, const std::string& id);

}  // namespace roofscape::engine::testing
