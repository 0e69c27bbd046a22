#include "analytics/engine/integer/arithmetic.h"

#include <algorithm>
#include <cstdlib>

#include "analytics/engine/integer/accumulator.h"

namespace roofscape::engine {

std::int64_t output_channels(const Layer& layer) {
  if (const auto* conv = layer.as<op::ConvTranspose>()) return layer.weight()->shape()[1] * conv->groups;
  return layer.weight()->shape()[0];
}

IntegerWeights integer_weights(const Layer& layer) {
  RS_CHECK(is_integer_layer(layer) && layer.weight() != nullptr);
  const Quantiser& x = *layer.arithmetic.input(0);
  const Quantiser& w = *layer.arithmetic.weight;
  const Tensor& weight = *layer.weight();
  const auto axis = static_cast<std::size_t>(weight_output_axis(layer));
  const std::int64_t along_axis = weight.shape()[axis];
  std::int64_t inner = 1;  // elements between neighbours along the axis
  for (std::size_t d = axis + 1; d < weight.shape().size(); ++d) inner *= weight.shape()[d];

  IntegerWeights result;
  result.input_zero_point = x.zero_point[0];
  result.largest_input = std::max(x.format.highest() - x.zero_point[0], x.zero_point[0] - x.format.lowest());
  result.centred.resize(static_cast<std::size_t>(weight.size()));
  std::vector<std::int64_t> magnitude(static_cast<std::size_t>(along_axis), 0);
  for (std::int64_t i = 0; i < weight.size(); ++i) {
    const auto position = static_cast<std::size_t>(i / inner % along_axis);
    const std::size_t channel = w.per_channel() ? position : 0;
    const std::int32_t centred =
        w.quantise(weight.values()[static_cast<std::size_t>(i)], channel) - w.zero_point[channel];
    result.centred[static_cast<std::size_t>(i)] = centred;
    result.largest_weight = std::max<std::int64_t>(result.largest_weight, std::abs(std::int64_t{centred}));
    magnitude[position] += std::abs(std::int64_t{centred});
  }
  result.terms = products_of_sum(layer);
  for (const std::int64_t m : magnitude) result.largest_sum = std::max(result.largest_sum, m * result.largest_input);
  result.accumulator = limiting_accumulator(layer, result.largest_sum);

  const std::int64_t channels = output_channels(layer);
  const Tensor* bias = layer.constants.size() > 1 ? layer.constants[1].get() : nullptr;
  for (std::int64_t o = 0; o < channels; ++o) {
    const float weight_scale = w.per_channel() ? w.scale[static_cast<std::size_t>(o % along_axis)] : w.scale[0];
    result.scale.push_back(x.scale[0] * weight_scale);
    result.bias.push_back(bias ? bias->values()[static_cast<std::size_t>(o)] : 0.0F);
  }
  return result;
}

}  // namespace roofscape::engine
