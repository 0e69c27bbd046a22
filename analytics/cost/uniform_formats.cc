#include "analytics/cost/uniform_formats.h"

#include <memory>

#include "analytics/base/text.h"
#include "analytics/network/statistics.h"

namespace roofscape::cost {
namespace {

// Of a weight's axes that of its output channels, and that along which products are added up.
struct WeightAxes {
  int outputs = 0, inputs = 1;
};

WeightAxes axes_of(const Layer& layer) {
  if (layer.as<op::ConvTranspose>()) return {1, 0};
  if (layer.as<op::Recurrent>()) return {1, 2};
  return {0, 1};
}

QuantiserPtr weight_quantiser(const Layer& layer, const NumberFormat& format) {
  if (format.is_fp32()) return nullptr;
  const WeightAxes axes = axes_of(layer);
  Quantiser quantiser{format};
  if (format.block() != 0) {
    quantiser.axis = axes.inputs;
  } else if (format.is_integer()) {
    const auto channels = static_cast<std::size_t>(layer.weight()->shape()[static_cast<std::size_t>(axes.outputs)]);
    quantiser.axis = axes.outputs;
    quantiser.scale.assign(channels, 1.0F);
    quantiser.zero_point.assign(channels, 0);
  }
  return std::make_shared<const Quantiser>(std::move(quantiser));
}

// Blocks run along the channels: the first axis of an image, the last of a sequence.
QuantiserPtr input_quantiser(const Shape& shape, const NumberFormat& format) {
  if (format.is_fp32()) return nullptr;
  Quantiser quantiser{format};
  if (format.block() != 0) quantiser.axis = static_cast<int>(channel_axis(shape));
  return std::make_shared<const Quantiser>(std::move(quantiser));
}

Layer reformed(const Network& network, const Layer& layer, const UniformFormats& formats) {
  Layer changed = layer;
  changed.storage = {};
  changed.arithmetic = {};
  if (layer.has_weight()) changed.arithmetic.weight = weight_quantiser(layer, formats.weight);
  for (const LayerId input : layer.inputs)
    changed.arithmetic.inputs.push_back(input_quantiser(network.layer(input).output_shape, formats.activation));
  return changed;
}

}  // namespace

Result<UniformFormats> parse_formats(std::string_view text) {
  constexpr std::string_view kBetween = " x ";
  const std::size_t between = text.find(kBetween);
  const std::string_view first = text.substr(0, between);
  const std::string_view second = between == std::string_view::npos ? first : text.substr(between + kBetween.size());
  UniformFormats formats;
  RS_ASSIGN(formats.weight, NumberFormat::parse(trim(first)));
  RS_ASSIGN(formats.activation, NumberFormat::parse(trim(second)));
  return formats;
}

Result<Network> with_formats(const Network& network, const UniformFormats& formats) {
  std::vector<Layer> layers;
  layers.reserve(network.layers().size());
  for (const Layer& layer : network.layers()) layers.push_back(reformed(network, layer, formats));
  return Network::create(std::move(layers), network.output());
}

}  // namespace roofscape::cost
