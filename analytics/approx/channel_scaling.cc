#include "analytics/approx/channel_scaling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/approx/channel_links.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

bool is_homogeneous(const op::Activation& activation) {
  using Kind = op::Activation::Kind;
  return activation.kind == Kind::kRelu || activation.kind == Kind::kLeakyRelu || activation.kind == Kind::kPRelu ||
         activation.kind == Kind::kAbs || activation.kind == Kind::kNegate;
}

bool is_homogeneous(const Layer& layer, const op::Binary& binary) {
  using Kind = op::Binary::Kind;
  if (layer.inputs.size() == 2) return binary.kind != Kind::kMul && binary.kind != Kind::kDiv;
  return (binary.kind == Kind::kMul || binary.kind == Kind::kDiv) && !binary.constant_first;
}

// Whether multiplying a channel of what the layer reads by a positive number multiplies that of what it gives out, its
// additive constants aside (which are scaled, too).
bool carries_factors(const Layer& layer) {
  if (!layer.arithmetic.is_fp32()) return false;
  if (const auto* activation = layer.as<op::Activation>()) return is_homogeneous(*activation);
  if (const auto* binary = layer.as<op::Binary>()) return is_homogeneous(layer, *binary);
  if (const auto* pad = layer.as<op::Pad>()) return pad->value == 0 || pad->mode != op::Pad::Mode::kConstant;
  return layer.as<op::Pool>() || layer.as<op::Concat>() || layer.as<op::Slice>() || layer.as<op::Reshape>() ||
         layer.as<op::Transpose>() || layer.as<op::Gather>() || layer.as<op::ReduceMean>() || layer.as<op::Affine>() ||
         layer.as<op::Conv>() || layer.as<op::ConvTranspose>() || layer.as<op::Dense>();
}

class Finder {
 public:
  Finder(const Network& network, ChannelGroups groups) : network_(network), consumers_(network.consumers()) {
    channels_.groups = std::move(groups);
  }

  ScalableChannels find() && {
    for (const auto& [value, channels] : channels_.groups.values) {
      const bool made_here =
          std::binary_search(channels_.groups.producers.begin(), channels_.groups.producers.end(), value);
      const Layer& layer = network_.layer(value);
      if (!carries_factors(layer))
        freeze(value, channels, fmt::format("layer '{}' does not hand factors on", printable(layer.name)));
      if (!made_here) check_operands(value, channels);
      for (const LayerId reader : consumers_[static_cast<std::size_t>(value)]) look_at(value, channels, reader);
    }
    return std::move(channels_);
  }

 private:
  // A sum keeps factors only where all that it adds carries them.
  void check_operands(LayerId id, const ChannelGroups::Value& channels) {
    const Layer& layer = network_.layer(id);
    if (layer.inputs.empty()) return freeze(id, channels, "they are the network's input");
    for (const LayerId input : layer.inputs)
      if (!channels_.groups.values.contains(input))
        freeze(id, channels, fmt::format("layer '{}' mixes them with other values", printable(layer.name)));
  }

  void look_at(LayerId value, const ChannelGroups::Value& channels, LayerId reader) {
    const Layer& layer = network_.layer(reader);
    for (std::size_t input = 0; input < layer.inputs.size(); ++input) {
      if (layer.inputs[input] != value) continue;
      const ChannelFlow flow = flow_forwards(network_, reader, input, channels.axis);
      if (flow.kind != ChannelFlow::Kind::kEnd) continue;
      if (!layer.arithmetic.is_fp32()) {
        freeze(value, channels, fmt::format("layer '{}' is quantised already", printable(layer.name)));
      } else {
        channels_.readers.push_back({reader, value});
      }
    }
  }

  void freeze(LayerId, const ChannelGroups::Value& channels, const std::string& because) {
    for (const std::int64_t group : channels.group) channels_.groups.frozen.emplace(group, because);
  }

  const Network& network_;
  const std::vector<std::vector<LayerId>> consumers_;
  ScalableChannels channels_;
};

std::size_t size_of(const Shape& shape, std::size_t axis) { return static_cast<std::size_t>(shape[axis]); }

// Multiplies each index along an axis by its own number.
TensorPtr scaled(const Tensor& tensor, std::size_t axis, const std::vector<double>& factors) {
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < tensor.shape().size(); ++i) inner *= size_of(tensor.shape(), i);
  std::vector<float> values(tensor.values().begin(), tensor.values().end());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(static_cast<double>(values[i]) * factors[i / inner % factors.size()]);
  return make_tensor(tensor.shape(), std::move(values));
}

// The largest magnitude of each index along an axis.
std::vector<double> ranges_along(const Tensor& tensor, std::size_t axis) {
  std::vector<double> ranges(size_of(tensor.shape(), axis), 0.0);
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < tensor.shape().size(); ++i) inner *= size_of(tensor.shape(), i);
  for (std::size_t i = 0; i < tensor.values().size(); ++i) {
    double& range = ranges[i / inner % ranges.size()];
    range = std::max(range, std::abs(static_cast<double>(tensor.values()[i])));
  }
  return ranges;
}

void merge_ranges(std::map<std::int64_t, double>& all, const std::vector<std::int64_t>& groups,
                  const std::vector<double>& ranges) {
  for (std::size_t i = 0; i < groups.size() && i < ranges.size(); ++i)
    all[groups[i]] = std::max(all[groups[i]], ranges[i]);
}

// The histogram does not say which channel its values come from: those of a bin are taken to be spread evenly over the
// channels whose range reaches so far. Multipliers of 1 leave it as it is, and the outermost values, which decide what
// clipping costs, stay as many as they were.
Histogram scaled_histogram(const ValueStatistics& all, const std::vector<double>& multipliers) {
  const std::vector<std::uint64_t>& bins = all.histogram.bins();
  const double half_a_bin = all.histogram.range() / Histogram::kBins;
  std::vector<float> values;
  std::vector<std::uint64_t> times;
  for (int bin = 0; bin < static_cast<int>(bins.size()); ++bin) {
    const std::uint64_t count = bins[static_cast<std::size_t>(bin)];
    if (count == 0) continue;
    const double centre = all.histogram.centre(bin);
    std::vector<std::size_t> reaching;
    for (std::size_t c = 0; c < multipliers.size(); ++c)
      if (static_cast<double>(all.channel_min[c]) <= centre + half_a_bin &&
          static_cast<double>(all.channel_max[c]) >= centre - half_a_bin)
        reaching.push_back(c);
    // Values between two channels' extremes that none reaches: only where the statistics do not belong together.
    if (reaching.empty())
      for (std::size_t c = 0; c < multipliers.size(); ++c) reaching.push_back(c);
    const std::uint64_t each = count / reaching.size(), rest = count % reaching.size();
    for (std::size_t i = 0; i < reaching.size(); ++i) {
      const std::size_t c = reaching[i];
      const double value =
          std::clamp(centre, static_cast<double>(all.channel_min[c]), static_cast<double>(all.channel_max[c]));
      // Most values of the bin that starts at 0 are exact zeros.
      values.push_back(bin == Histogram::kBins / 2 ? 0.0F : static_cast<float>(value * multipliers[c]));
      times.push_back(each + (i < rest ? 1 : 0));
    }
  }
  Histogram scaled;
  scaled.add(values, times);
  return scaled;
}

std::shared_ptr<const ValueStatistics> scaled_statistics(const ValueStatistics& all,
                                                         const std::vector<double>& multipliers) {
  auto result = std::make_shared<ValueStatistics>(all);
  result->histogram = scaled_histogram(all, multipliers);
  for (std::size_t c = 0; c < multipliers.size(); ++c) {
    result->channel_min[c] = static_cast<float>(static_cast<double>(all.channel_min[c]) * multipliers[c]);
    result->channel_max[c] = static_cast<float>(static_cast<double>(all.channel_max[c]) * multipliers[c]);
    result->channel_mean[c] = all.channel_mean[c] * multipliers[c];
  }
  result->min = *std::min_element(result->channel_min.begin(), result->channel_min.end());
  result->max = *std::max_element(result->channel_max.begin(), result->channel_max.end());
  return result;
}

// Where the statistics are kept along another axis than the channels that are scaled: any of their values may be
// multiplied by any of the numbers.
std::shared_ptr<const ValueStatistics> scaled_across(const ValueStatistics& all,
                                                     const std::vector<double>& multipliers) {
  ValueStatistics each = all;
  each.channel_min.assign(multipliers.size(), all.min);
  each.channel_max.assign(multipliers.size(), all.max);
  auto result = std::make_shared<ValueStatistics>(all);
  result->histogram = scaled_histogram(each, multipliers);
  const double largest = *std::max_element(multipliers.begin(), multipliers.end());
  const double mean = std::accumulate(multipliers.begin(), multipliers.end(), 0.0) / std::ssize(multipliers);
  const auto scaled = [](float value, double factor) {
    return static_cast<float>(static_cast<double>(value) * factor);
  };
  for (std::size_t c = 0; c < all.channel_min.size(); ++c) {
    result->channel_min[c] = scaled(all.channel_min[c], largest);
    result->channel_max[c] = scaled(all.channel_max[c], largest);
    result->channel_mean[c] = all.channel_mean[c] * mean;
  }
  result->min = scaled(all.min, largest);
  result->max = scaled(all.max, largest);
  return result;
}

class Scaler {
 public:
  Scaler(const Draft& draft, const ScalableChannels& channels, const std::map<std::int64_t, double>& factors)
      : draft_(draft),
        channels_(channels),
        factors_(factors),
        layers_(draft.network.layers().begin(), draft.network.layers().end()),
        calibration_(draft.calibration) {}

  Result<Draft> run() && {
    for (const auto& [value, channels] : channels_.groups.values) scale_value(value, channels);
    for (const ScalableChannels::Reader& reader : channels_.readers) scale_reader(reader);
    RS_ASSIGN(Network network, Network::create(std::move(layers_), draft_.network.output()));
    Draft result = draft_.with(std::move(network));
    result.calibration = std::move(calibration_);
    return result;
  }

 private:
  double factor(std::int64_t group) const {
    const auto found = factors_.find(group);
    return found == factors_.end() || channels_.groups.frozen.contains(group) ? 1.0 : found->second;
  }
  // Of each index of a value's channels: its factor, or one over it.
  std::vector<double> factors(const ChannelGroups::Value& channels, bool inverse) const {
    std::vector<double> all;
    for (const std::int64_t group : channels.group) all.push_back(inverse ? 1 / factor(group) : factor(group));
    return all;
  }

  void scale_value(LayerId id, const ChannelGroups::Value& channels) {
    Layer& layer = layers_[static_cast<std::size_t>(id)];
    const std::vector<double> inverse = factors(channels, true);
    const bool depthwise = is_depthwise(draft_.network, id);
    const bool makes = std::binary_search(channels_.groups.producers.begin(), channels_.groups.producers.end(), id);
    if (makes && !depthwise) {
      const std::size_t axis = layer.as<op::ConvTranspose>() ? 1 : 0;
      layer.constants[0] = scaled(*layer.constants[0], axis, inverse);
    }
    if ((makes || depthwise) && layer.constants.size() > 1 && layer.constants[1])
      layer.constants[1] = scaled(*layer.constants[1], 0, inverse);
    if (const auto* affine = layer.as<op::Affine>(); affine && static_cast<std::size_t>(affine->axis) == channels.axis)
      layer.constants[1] = scaled(*layer.constants[1], 0, inverse);
    if (depthwise) scale_moments(layer.name, factors(channels_.groups.values.at(layer.inputs[0]), true), 1);
    const auto found = calibration_.values.find(layer.name);
    if (found == calibration_.values.end()) return;
    const ValueStatistics& all = *found->second;
    const bool by_channel =
        channels.axis == channel_axis(layer.output_shape) && all.channel_min.size() == inverse.size();
    found->second = by_channel ? scaled_statistics(all, inverse) : scaled_across(all, inverse);
  }

  void scale_reader(const ScalableChannels::Reader& reader) {
    Layer& layer = layers_[static_cast<std::size_t>(reader.layer)];
    const ChannelGroups::Value& channels = channels_.groups.values.at(reader.value);
    const auto axis = static_cast<std::size_t>(reduction_axis(layer));
    layer.constants[0] = scaled(*layer.constants[0], axis, factors(channels, false));
    const Shape& shape = layer.constants[0]->shape();
    const bool windows = layer.as<op::Conv>() != nullptr;
    scale_moments(layer.name, factors(channels, true), windows ? size_of(shape, 2) * size_of(shape, 3) : 1);
  }

  // Each channel has `repeat` columns after one another.
  void scale_moments(const std::string& name, const std::vector<double>& channel_factors, std::size_t repeat) {
    const auto found = calibration_.moments.find(name);
    if (found == calibration_.moments.end()) return;
    const SecondMoments& moments = *found->second;
    std::vector<double> columns;
    if (moments.totals.size() % channel_factors.size() == 0) repeat = moments.totals.size() / channel_factors.size();
    for (const double f : channel_factors) columns.insert(columns.end(), repeat, f);
    found->second = std::make_shared<const SecondMoments>(moments.scaled(columns));
  }

  const Draft& draft_;
  const ScalableChannels& channels_;
  const std::map<std::int64_t, double>& factors_;
  std::vector<Layer> layers_;
  Calibration calibration_;
};

}  // namespace

std::vector<std::int64_t> ScalableChannels::free_groups() const {
  std::vector<std::int64_t> free;
  for (const std::int64_t group : groups.layer_groups)
    if (!groups.frozen.contains(group)) free.push_back(group);
  return free;
}

std::string ScalableChannels::reason() const {
  for (const std::int64_t group : groups.layer_groups) {
    const auto found = groups.frozen.find(group);
    if (found != groups.frozen.end()) return found->second;
  }
  return readers.empty() ? "no layer with weights reads them" : "";
}

ScalableChannels channels_made_by(const Network& network, LayerId layer) {
  return Finder(network, find_channel_groups(network, layer)).find();
}

ScalableChannels channels_read_by(const Network& network, LayerId layer) {
  const LayerId value = network.layer(layer).inputs[0];
  const Shape& shape = network.layer(value).output_shape;
  const bool planes = network.layer(layer).as<op::Conv>() || network.layer(layer).as<op::ConvTranspose>();
  return Finder(network, find_channel_groups(network, value, planes ? 0 : shape.size() - 1)).find();
}

Result<Draft> scale_channels(const Draft& draft, const ScalableChannels& channels,
                             const std::map<std::int64_t, double>& factors) {
  return Scaler(draft, channels, factors).run();
}

GroupRanges group_ranges(const Network& network, const ScalableChannels& channels) {
  GroupRanges ranges;
  for (const LayerId id : channels.groups.producers) {
    if (is_depthwise(network, id)) continue;
    const Layer& layer = network.layer(id);
    merge_ranges(ranges.made, channels.groups.values.at(id).group,
                 ranges_along(*layer.constants[0], layer.as<op::ConvTranspose>() ? 1 : 0));
  }
  for (const ScalableChannels::Reader& reader : channels.readers) {
    const Layer& layer = network.layer(reader.layer);
    merge_ranges(ranges.read, channels.groups.values.at(reader.value).group,
                 ranges_along(*layer.constants[0], static_cast<std::size_t>(reduction_axis(layer))));
  }
  return ranges;
}

}  // namespace roofscape::approx
