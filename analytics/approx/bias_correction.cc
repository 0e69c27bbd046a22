#include "analytics/approx/bias_correction.h"

#include <numeric>
#include <vector>

namespace roofscape::approx {
namespace {

// Where one weight element reads and writes: channel of the input, index in the bias.
struct Taps {
  std::int64_t outputs = 0, inputs = 0;  // sizes of the two
  double share = 1;                      // of the output positions that one tap reaches
};

// Mean of each input channel; of all of them where the statistics count other channels than the layer.
std::vector<double> channel_means(const ValueStatistics& input, std::int64_t channels) {
  const std::vector<double>& means = input.channel_mean;
  if (static_cast<std::int64_t>(means.size()) == channels) return means;
  const double sum = std::accumulate(means.begin(), means.end(), 0.0);
  const double mean = means.empty() ? 0 : sum / static_cast<double>(means.size());
  return std::vector<double>(static_cast<std::size_t>(channels), mean);
}

// Adds Σ change·mean over a weight [A, B, taps…] of which `to` and `from` give the output and input channel.
template <typename To, typename From>
std::vector<double> shifts(const Tensor& now, const Tensor& before, const Taps& taps, const std::vector<double>& means,
                           To to, From from) {
  std::vector<double> shift(static_cast<std::size_t>(taps.outputs), 0.0);
  const std::int64_t rows = now.shape()[0];
  const std::int64_t columns = now.shape()[1];
  const std::int64_t inner = rows * columns == 0 ? 0 : now.size() / (rows * columns);
  std::size_t element = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      double change = 0;
      for (std::int64_t tap = 0; tap < inner; ++tap, ++element) {
        change += static_cast<double>(now.values()[element]) - static_cast<double>(before.values()[element]);
      }
      shift[static_cast<std::size_t>(to(row, column))] +=
          taps.share * change * means[static_cast<std::size_t>(from(row, column))];
    }
  }
  return shift;
}

std::vector<double> convolution_shifts(const op::Conv& conv, const Tensor& now, const Tensor& before,
                                       const ValueStatistics& input) {
  const std::int64_t outputs = now.shape()[0];
  const std::int64_t group_inputs = now.shape()[1];
  const std::int64_t group_outputs = outputs / conv.groups;
  const Taps taps{outputs, group_inputs * conv.groups, 1};
  return shifts(
      now, before, taps, channel_means(input, taps.inputs), [](auto o, auto) { return o; },
      [&](auto o, auto i) { return o / group_outputs * group_inputs + i; });
}

std::vector<double> transposed_shifts(const op::ConvTranspose& conv, const Tensor& now, const Tensor& before,
                                      const ValueStatistics& input) {
  const std::int64_t inputs = now.shape()[0];
  const std::int64_t group_outputs = now.shape()[1];
  const std::int64_t group_inputs = inputs / conv.groups;
  // Each tap reaches one in stride² output positions.
  const Taps taps{group_outputs * conv.groups, inputs, 1.0 / static_cast<double>(conv.stride[0] * conv.stride[1])};
  return shifts(
      now, before, taps, channel_means(input, inputs),
      [&](auto i, auto o) { return i / group_inputs * group_outputs + o; }, [](auto i, auto) { return i; });
}

// W is [D, G·H, I], the bias [D, 2·G·H]: the input's part comes first.
std::vector<double> recurrent_shifts(const Tensor& now, const Tensor& before, const ValueStatistics& input) {
  const std::int64_t directions = now.shape()[0];
  const std::int64_t gates = now.shape()[1];
  const std::int64_t inputs = now.shape()[2];
  const std::vector<double> means = channel_means(input, inputs);
  std::vector<double> shift(static_cast<std::size_t>(directions * 2 * gates), 0.0);
  std::size_t element = 0;
  for (std::int64_t direction = 0; direction < directions; ++direction) {
    for (std::int64_t gate = 0; gate < gates; ++gate) {
      double& sum = shift[static_cast<std::size_t>(direction * 2 * gates + gate)];
      for (std::int64_t i = 0; i < inputs; ++i, ++element) {
        sum += (static_cast<double>(now.values()[element]) - static_cast<double>(before.values()[element])) *
               means[static_cast<std::size_t>(i)];
      }
    }
  }
  return shift;
}

std::vector<double> shifts_of(const Layer& layer, const Tensor& before, const ValueStatistics& input) {
  const Tensor& now = *layer.constants[0];
  if (const auto* conv = layer.as<op::Conv>()) return convolution_shifts(*conv, now, before, input);
  if (const auto* conv = layer.as<op::ConvTranspose>()) return transposed_shifts(*conv, now, before, input);
  if (layer.as<op::Recurrent>()) return recurrent_shifts(now, before, input);
  const Taps taps{now.shape()[0], now.shape()[1], 1};
  return shifts(
      now, before, taps, channel_means(input, taps.inputs), [](auto o, auto) { return o; },
      [](auto, auto i) { return i; });
}

std::size_t bias_position(const Layer& layer) { return layer.as<op::Recurrent>() ? 2 : 1; }

}  // namespace

TensorPtr corrected_bias(const Layer& layer, const Tensor& original, const ValueStatistics& input) {
  const std::vector<double> shift = shifts_of(layer, original, input);
  const std::size_t position = bias_position(layer);
  const TensorPtr bias = position < layer.constants.size() ? layer.constants[position] : nullptr;
  std::vector<float> values(shift.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>((bias ? static_cast<double>(bias->values()[i]) : 0.0) - shift[i]);
  }
  if (bias) return make_tensor(bias->shape(), std::move(values));
  const auto count = static_cast<std::int64_t>(shift.size());
  const Shape shape =
      layer.as<op::Recurrent>() ? Shape{original.shape()[0], count / original.shape()[0]} : Shape{count};
  return make_tensor(shape, std::move(values));
}

}  // namespace roofscape::approx
