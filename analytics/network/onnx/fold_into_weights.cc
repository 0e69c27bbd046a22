// Folding of per-channel scales and shifts (batch normalisations, separate biases) into the layer before.
#include <algorithm>
#include <cmath>
#include <utility>

#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

std::int64_t product(const Shape& shape, std::size_t first, std::size_t last) {
  std::int64_t count = 1;
  for (std::size_t i = first; i < last; ++i) count *= shape[i];
  return count;
}

// Output channel of the weight at index i.
struct ChannelOf {
  std::int64_t inner = 1;    // weights a channel, lying together
  std::int64_t a_group = 0;  // ConvTranspose: output channels a group …
  std::int64_t inputs = 0;   // … and input channels a group
  std::size_t operator()(std::int64_t i) const {
    const std::int64_t row = i / inner;
    if (a_group == 0) return static_cast<std::size_t>(row);
    return static_cast<std::size_t>(row / a_group / inputs * a_group + row % a_group);
  }
};

ChannelOf channel_of(const Layer& layer) {
  const Shape& w = layer.constants[0]->shape();
  if (layer.as<op::Dense>() != nullptr) return {.inner = w[1]};
  const auto* transposed = layer.as<op::ConvTranspose>();
  if (transposed == nullptr) return {.inner = w[1] * w[2] * w[3]};
  return {.inner = w[2] * w[3], .a_group = w[1], .inputs = w[0] / transposed->groups};
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

std::optional<std::int64_t> foldable_axis(Importer& in, const Signal& x) {
  const Layer& layer = in.layer(x.layer);
  const bool dense = layer.as<op::Dense>() != nullptr;
  if (!x.sole || !(dense || layer.as<op::Conv>() != nullptr || layer.as<op::ConvTranspose>() != nullptr))
    return std::nullopt;
  const Shape &made = in.layer_shape(x.layer), seen = image_shape(x);
  if (seen.empty()) return std::nullopt;
  const std::size_t at = dense ? made.size() - 1 : 0, axis = dense ? seen.size() - 1 : 0;
  if (made[at] != seen[axis] || product(made, 0, at) != product(seen, 0, axis)) return std::nullopt;
  return static_cast<std::int64_t>(axis);
}

Result<bool> fold_into_weights(Importer& in, const Signal& x, std::int64_t channel_axis,
                               const std::vector<double>& scale, const std::vector<double>& shift) {
  if (foldable_axis(in, x) != channel_axis || !all_finite(scale) || !all_finite(shift)) return false;
  // Weights on a grid stay there: a scale then is a layer of its own. Shifts are the bias's.
  if (!scale.empty() && in.layer(x.layer).arithmetic.weight) return false;
  Layer& layer = in.layer(x.layer);
  const TensorPtr weight = layer.constants[0], bias = layer.constants[1];
  if (!scale.empty()) {
    RS_ASSIGN(std::vector<float> values, in.new_values(weight->size()));
    const ChannelOf channel = channel_of(layer);
    for (std::int64_t i = 0; i < weight->size(); ++i)
      values[static_cast<std::size_t>(i)] =
          static_cast<float>(static_cast<double>(weight->values()[static_cast<std::size_t>(i)]) * scale[channel(i)]);
    layer.constants[0] = make_tensor(weight->shape(), std::move(values));
  }
  RS_ASSIGN(std::vector<float> values, in.new_values(static_cast<std::int64_t>(shift.size())));
  for (std::size_t c = 0; c < values.size(); ++c) {
    const double before = bias ? static_cast<double>(bias->values()[c]) : 0.0;
    values[c] = static_cast<float>((scale.empty() ? before : before * scale[c]) + shift[c]);
  }
  Shape shape{static_cast<std::int64_t>(values.size())};
  const bool needed = bias || std::any_of(values.begin(), values.end(), [](float v) { return v != 0; });
  if (needed) layer.constants[1] = make_tensor(std::move(shape), std::move(values));
  return true;
}

}  // namespace roofscape::onnx_import
