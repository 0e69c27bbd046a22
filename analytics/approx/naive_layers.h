// For tests: chains of layers that stand for one weight, computed naively in double.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analytics/network/network.h"
#include "analytics/network/statistics.h"

namespace roofscape::testing {

using Values = std::vector<double>;

// The windows that a convolution multiplies with its weights, one a position: columns (c, i, j). One group.
inline std::vector<Values> naive_windows(const op::Conv& conv, const Shape& in, const Shape& weight, const Shape& out,
                                         const Values& x) {
  std::vector<Values> windows;
  for (std::int64_t y = 0; y < out[1]; ++y) {
    for (std::int64_t z = 0; z < out[2]; ++z) {
      Values& window = windows.emplace_back();
      for (std::int64_t c = 0; c < in[0]; ++c)
        for (std::int64_t i = 0; i < weight[2]; ++i)
          for (std::int64_t j = 0; j < weight[3]; ++j) {
            const std::int64_t row = y * conv.stride[0] + i * conv.dilation[0] - conv.pad[0];
            const std::int64_t column = z * conv.stride[1] + j * conv.dilation[1] - conv.pad[1];
            const bool inside = row >= 0 && row < in[1] && column >= 0 && column < in[2];
            window.push_back(inside ? x[static_cast<std::size_t>((c * in[1] + row) * in[2] + column)] : 0.0);
          }
    }
  }
  return windows;
}

inline Values naive_layer(const Layer& layer, const Shape& in, const Values& x) {
  const Shape& out = layer.output_shape;
  Values y(static_cast<std::size_t>(element_count(out)), 0.0);
  const auto constant = [&](std::size_t k, std::int64_t i) {
    const bool there = k < layer.constants.size() && layer.constants[k] != nullptr;
    return there ? static_cast<double>(layer.constants[k]->values()[static_cast<std::size_t>(i)]) : 0.0;
  };
  if (const auto* conv = layer.as<op::Conv>()) {
    const Shape& weight = layer.weight()->shape();
    const std::vector<Values> windows = naive_windows(*conv, in, weight, out, x);
    const std::int64_t columns = layer.weight()->size() / weight[0];
    for (std::int64_t o = 0; o < out[0]; ++o) {
      const std::int64_t first = o / (out[0] / conv->groups) * columns;
      for (std::size_t p = 0; p < windows.size(); ++p) {
        double& sum = y[static_cast<std::size_t>(o) * windows.size() + p];
        sum = constant(1, o);
        for (std::int64_t c = 0; c < columns; ++c)
          sum += constant(0, o * columns + c) * windows[p][static_cast<std::size_t>(first + c)];
      }
    }
  } else if (const auto* up = layer.as<op::ConvTranspose>()) {
    const Shape& weight = layer.weight()->shape();
    for (std::int64_t o = 0; o < out[0]; ++o)
      for (std::int64_t p = 0; p < out[1] * out[2]; ++p)
        y[static_cast<std::size_t>(o * out[1] * out[2] + p)] = constant(1, o);
    for (std::int64_t c = 0; c < in[0]; ++c)
      for (std::int64_t p = 0; p < in[1] * in[2]; ++p)
        for (std::int64_t o = 0; o < out[0]; ++o)
          for (std::int64_t t = 0; t < weight[2] * weight[3]; ++t) {
            const std::int64_t row = p / in[2] * up->stride[0] + t / weight[3] * up->dilation[0] - up->pad[0];
            const std::int64_t column = p % in[2] * up->stride[1] + t % weight[3] * up->dilation[1] - up->pad[1];
            if (row < 0 || row >= out[1] || column < 0 || column >= out[2]) continue;
            y[static_cast<std::size_t>((o * out[1] + row) * out[2] + column)] +=
                constant(0, (c * weight[1] + o) * weight[2] * weight[3] + t) *
                x[static_cast<std::size_t>(c * in[1] * in[2] + p)];
          }
  } else if (layer.as<op::Dense>()) {
    const std::int64_t inputs = in.back();
    const std::int64_t outputs = out.back();
    for (std::int64_t v = 0; v < element_count(in) / inputs; ++v)
      for (std::int64_t o = 0; o < outputs; ++o) {
        double& sum = y[static_cast<std::size_t>(v * outputs + o)];
        sum = constant(1, o);
        for (std::int64_t i = 0; i < inputs; ++i)
          sum += constant(0, o * inputs + i) * x[static_cast<std::size_t>(v * inputs + i)];
      }
  } else if (layer.as<op::Reshape>()) {
    return x;
  } else {
    // Layers that move values: where each output element comes from.
    for (std::int64_t at = 0; at < element_count(out); ++at) {
      Shape index(out.size());
      for (std::size_t axis = out.size(), rest = static_cast<std::size_t>(at); axis-- > 0;
           rest /= static_cast<std::size_t>(out[axis]))
        index[axis] = static_cast<std::int64_t>(rest) % out[axis];
      Shape from = index;
      bool inside = true;
      if (const auto* turn = layer.as<op::Transpose>()) {
        for (std::size_t axis = 0; axis < index.size(); ++axis)
          from[static_cast<std::size_t>(turn->permutation[axis])] = index[axis];
      } else if (const auto* gather = layer.as<op::Gather>()) {
        from[0] = gather->indices[static_cast<std::size_t>(index[0])];
      } else if (layer.as<op::Pad>()) {
        inside = index[0] < in[0];
      }
      std::int64_t source = 0;
      for (std::size_t axis = 0; axis < in.size(); ++axis) source = source * in[axis] + from[axis];
      if (inside) y[static_cast<std::size_t>(at)] = x[static_cast<std::size_t>(source)];
    }
  }
  return y;
}

// Every value of a network that is such a chain, by layer name.
inline std::map<std::string, Values> naive_chain(const Network& network, const Values& input) {
  std::map<std::string, Values> values;
  for (const Layer& layer : network.layers()) {
    if (layer.as<op::Input>()) {
      values[layer.name] = input;
      continue;
    }
    const Layer& source = network.layer(layer.inputs[0]);
    values[layer.name] = naive_layer(layer, source.output_shape, values[source.name]);
  }
  return values;
}

// Second moments of what a layer of such a chain reads, over several inputs of the network; one group, or a grouped
// convolution of one tap.
inline SecondMoments naive_moments(const Network& network, const std::string& name, const std::vector<Values>& inputs) {
  const Layer& layer = network.layer(*network.find(name));
  const Layer& source = network.layer(layer.inputs[0]);
  const Shape& in = source.output_shape;
  const Shape& weight = layer.weight()->shape();
  const auto* conv = layer.as<op::Conv>();
  SecondMoments moments;
  moments.groups = conv != nullptr ? conv->groups : 1;
  moments.columns = layer.as<op::ConvTranspose>() ? weight[0] : layer.weight()->size() / weight[0];
  const auto n = static_cast<std::size_t>(moments.columns);
  const auto groups = static_cast<std::size_t>(moments.groups);
  moments.sums.assign(groups * n * n, 0.0);
  moments.totals.assign(groups * n, 0.0);
  for (const Values& input : inputs) {
    const Values x = naive_chain(network, input)[source.name];
    std::vector<Values> vectors;
    if (conv != nullptr) {
      vectors = naive_windows(*conv, in, weight, layer.output_shape, x);
    } else if (layer.as<op::ConvTranspose>()) {
      const std::size_t positions = x.size() / n;
      for (std::size_t p = 0; p < positions; ++p) {
        Values& vector = vectors.emplace_back();
        for (std::size_t c = 0; c < n; ++c) vector.push_back(x[c * positions + p]);
      }
    } else {
      for (std::size_t v = 0; v < x.size(); v += n)
        vectors.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(v),
                             x.begin() + static_cast<std::ptrdiff_t>(v + n));
    }
    moments.samples += static_cast<std::int64_t>(vectors.size());
    for (const Values& vector : vectors)
      for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t i = 0; i < n; ++i) {
          moments.totals[g * n + i] += vector[g * n + i];
          for (std::size_t j = 0; j < n; ++j)
            moments.sums[(g * n + i) * n + j] += vector[g * n + i] * vector[g * n + j];
        }
  }
  return moments;
}

// Σ (a − b)² over all values.
inline double squared_difference(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}
inline double squared_norm(const Values& a) { return squared_difference(a, Values(a.size(), 0.0)); }

}  // namespace roofscape::testing
