#include "analytics/approx/channel_removal.h"

#include <algorithm>

#include "analytics/approx/channel_links.h"
#include "analytics/approx/storage_choice.h"

namespace roofscape::approx {
namespace {

// For each index along an axis: does it stay?
using Kept = std::vector<bool>;

std::int64_t count_kept(const Kept& kept) { return std::count(kept.begin(), kept.end(), true); }

template <typename T>
std::vector<T> kept_of(std::span<const T> values, const Kept& kept) {
  std::vector<T> result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kept[i]) result.push_back(values[i]);
  }
  return result;
}

TensorPtr without(const Tensor& tensor, std::size_t axis, const Kept& kept) {
  Shape shape = tensor.shape();
  RS_CHECK(static_cast<std::int64_t>(kept.size()) == shape[axis]);
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<std::size_t>(shape[i]);
  shape[axis] = count_kept(kept);
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(element_count(shape)));
  const std::span<const float> all = tensor.values();
  for (std::size_t first = 0, row = 0; first < all.size(); first += inner, ++row) {
    if (!kept[row % kept.size()]) continue;
    const std::span<const float> run = all.subspan(first, inner);
    values.insert(values.end(), run.begin(), run.end());
  }
  return make_tensor(std::move(shape), std::move(values));
}

// A constant that is broadcast from the right against a value of `rank` axes loses channels only where it has them.
TensorPtr without_broadcast(const TensorPtr& constant, std::size_t rank, std::size_t axis, const Kept& kept) {
  if (!constant) return constant;
  const std::size_t missing = rank - std::min(rank, constant->shape().size());
  if (axis < missing || constant->shape()[axis - missing] != static_cast<std::int64_t>(kept.size())) return constant;
  if (kept.size() == 1) return constant;
  return without(*constant, axis - missing, kept);
}

QuantiserPtr without(const QuantiserPtr& quantiser, std::size_t axis, const Kept& kept) {
  if (!quantiser || !quantiser->per_channel() || static_cast<std::size_t>(quantiser->axis) != axis) return quantiser;
  Quantiser smaller = *quantiser;
  smaller.scale = kept_of(std::span<const float>(quantiser->scale), kept);
  if (!quantiser->one_scale())
    smaller.negative_scale = kept_of(std::span<const float>(quantiser->negative_scale), kept);
  smaller.zero_point = kept_of(std::span<const std::int32_t>(quantiser->zero_point), kept);
  return std::make_shared<const Quantiser>(std::move(smaller));
}

// Weight (constant 0) and its quantiser along one of the weight's axes.
void narrow_weight(Layer& layer, std::size_t axis, const Kept& kept) {
  layer.constants[0] = without(*layer.constants[0], axis, kept);
  layer.arithmetic.weight = without(layer.arithmetic.weight, axis, kept);
}

void narrow_bias(Layer& layer, const Kept& kept) {
  if (layer.constants.size() > 1 && layer.constants[1]) layer.constants[1] = without(*layer.constants[1], 0, kept);
}

// The layer's filters themselves go.
void remove_filters(Layer& layer, const Kept& kept) {
  narrow_weight(layer, layer.as<op::ConvTranspose>() ? 1 : 0, kept);
  narrow_bias(layer, kept);
}

// What the layer reads has fewer channels.
void narrow_reader(Layer& layer, const Kept& kept) {
  if (layer.as<op::Recurrent>()) {
    narrow_weight(layer, 2, kept);
  } else {
    narrow_weight(layer, layer.as<op::ConvTranspose>() ? 0 : 1, kept);
  }
}

// One filter (or several) a channel: both sides go at once.
void narrow_depthwise(Layer& layer, const Kept& in, const Kept& out) {
  if (auto* conv = layer.as<op::Conv>()) {
    conv->groups = count_kept(in);
    narrow_weight(layer, 0, out);
  } else {
    layer.as<op::ConvTranspose>()->groups = count_kept(in);
    narrow_weight(layer, 0, in);
  }
  narrow_bias(layer, out);
}

// A layer that hands channels on: its constants and attributes along them.
void narrow_passing(Layer& layer, std::size_t axis, const Kept& kept) {
  const std::size_t rank = layer.output_shape.size();
  if (auto* reshape = layer.as<op::Reshape>()) reshape->shape[axis] = count_kept(kept);
  if (auto* slice = layer.as<op::Slice>()) slice->size[axis] = count_kept(kept);
  if (const auto* affine = layer.as<op::Affine>()) {
    if (static_cast<std::size_t>(affine->axis) != axis) return;
    for (TensorPtr& constant : layer.constants) constant = without(*constant, 0, kept);
  }
  if (layer.as<op::Activation>() || layer.as<op::Binary>()) {
    for (TensorPtr& constant : layer.constants) constant = without_broadcast(constant, rank, axis, kept);
  }
}

std::shared_ptr<const ValueStatistics> narrow_statistics(const ValueStatistics& all, const Kept& kept) {
  auto result = std::make_shared<ValueStatistics>(all);
  result->channel_min = kept_of(std::span<const float>(all.channel_min), kept);
  result->channel_max = kept_of(std::span<const float>(all.channel_max), kept);
  result->channel_mean = kept_of(std::span<const double>(all.channel_mean), kept);
  if (all.channel_zeros.size() == kept.size())
    result->channel_zeros = kept_of(std::span<const double>(all.channel_zeros), kept);
  result->min = *std::min_element(result->channel_min.begin(), result->channel_min.end());
  result->max = *std::max_element(result->channel_max.begin(), result->channel_max.end());
  return result;
}

std::vector<std::int64_t> kept_indices(const Kept& kept) {
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) result.push_back(static_cast<std::int64_t>(i));
  }
  return result;
}

// Of a layer that reads fewer channels: each is a run of columns (the taps of its kernel).
SecondMoments without_columns(const SecondMoments& all, const Kept& kept) {
  const auto taps = all.columns / static_cast<std::int64_t>(kept.size());
  std::vector<std::int64_t> columns;
  for (const std::int64_t channel : kept_indices(kept)) {
    for (std::int64_t tap = 0; tap < taps; ++tap) columns.push_back(channel * taps + tap);
  }
  return all.select(columns);
}

void narrow_features(const std::string& layer, const Kept& kept, Calibration& calibration) {
  const auto found = calibration.exit_features.find(layer);
  if (found == calibration.exit_features.end() || found->second->columns != static_cast<std::int64_t>(kept.size()))
    return;
  const ExitFeatures& all = *found->second;
  auto features = std::make_shared<ExitFeatures>();
  features->columns = count_kept(kept);
  for (std::size_t i = 0; i < all.values.size(); ++i)
    if (kept[i % kept.size()]) features->values.push_back(all.values[i]);
  found->second = std::move(features);
}

class Remover {
 public:
  Remover(const Draft& draft, const ChannelGroups& groups, const std::set<std::int64_t>& removed)
      : draft_(draft), groups_(groups), layers_(draft.network.layers().begin(), draft.network.layers().end()) {
    for (const auto& [id, value] : groups.values) {
      Kept kept;
      for (const std::int64_t group : value.group) kept.push_back(!removed.contains(group));
      if (std::find(kept.begin(), kept.end(), false) != kept.end()) kept_.emplace(id, std::move(kept));
    }
  }

  Result<Draft> run() && {
    for (LayerId id = 0; id < draft_.network.size(); ++id) {
      RS_TRY(rewrite(id));
    }
    RS_ASSIGN(Network network, Network::create(std::move(layers_), draft_.network.output()));
    Draft result = draft_.with(std::move(network));
    for (const auto& [id, kept] : kept_) narrow_statistics_of(id, kept, result.calibration);
    for (LayerId id = 0; id < draft_.network.size(); ++id) narrow_moments_of(id, result.calibration);
    for (const auto& [id, kept] : kept_)
      result.original_channels.emplace(std::pair(draft_.network.layer(id).name, axis(id)), std::ssize(kept));
    return result;
  }

 private:
  const Kept* kept(LayerId value) const {
    const auto found = kept_.find(value);
    return found == kept_.end() ? nullptr : &found->second;
  }
  std::size_t axis(LayerId value) const { return groups_.values.at(value).axis; }

  Status rewrite(LayerId id) {
    Layer& layer = layers_[static_cast<std::size_t>(id)];
    const Kept* out = kept(id);
    for (std::size_t input = 0; input < layer.inputs.size(); ++input) {
      const LayerId value = layer.inputs[input];
      const Kept* in = kept(value);
      if (in == nullptr) continue;
      if (input < layer.arithmetic.inputs.size()) {
        layer.arithmetic.inputs[input] = without(layer.arithmetic.inputs[input], axis(value), *in);
      }
      const ChannelFlow flow = flow_forwards(draft_.network, id, input, axis(value));
      RS_CHECK(flow.kind != ChannelFlow::Kind::kBlock);
      if (flow.kind == ChannelFlow::Kind::kEnd) narrow_reader(layer, *in);
    }
    if (out != nullptr) {
      if (is_depthwise(draft_.network, id)) {
        narrow_depthwise(layer, *kept(layer.inputs[0]), *out);
      } else if (std::binary_search(groups_.producers.begin(), groups_.producers.end(), id)) {
        remove_filters(layer, *out);
      } else {
        narrow_passing(layer, axis(id), *out);
      }
    }
    if (layer.storage != Storage{}) layer.storage = smallest_storage(layer);
    return {};
  }

  // Statistics count channels along axis 0 of a [C, H, W] value, the last axis of any other.
  void narrow_statistics_of(LayerId id, const Kept& kept, Calibration& calibration) const {
    const Layer& layer = draft_.network.layer(id);
    const std::size_t counted = channel_axis(layer.output_shape);
    if (counted == axis(id)) narrow_features(layer.name, kept, calibration);
    const auto found = calibration.values.find(layer.name);
    if (counted != axis(id) || found == calibration.values.end()) return;
    const ValueStatistics& all = *found->second;
    if (all.channel_min.size() != kept.size() || all.channel_max.size() != kept.size() ||
        all.channel_mean.size() != kept.size()) {
      return;
    }
    found->second = narrow_statistics(all, kept);
  }

  void narrow_moments_of(LayerId id, Calibration& calibration) const {
    const Layer& layer = draft_.network.layer(id);
    const auto found = calibration.moments.find(layer.name);
    const Kept* in = layer.inputs.empty() ? nullptr : kept(layer.inputs[0]);
    if (in == nullptr || found == calibration.moments.end()) return;
    const SecondMoments& all = *found->second;
    if (is_depthwise(draft_.network, id)) {
      found->second = std::make_shared<const SecondMoments>(all.select_groups(kept_indices(*in)));
    } else if (flow_forwards(draft_.network, id, 0, axis(layer.inputs[0])).kind == ChannelFlow::Kind::kEnd) {
      found->second = std::make_shared<const SecondMoments>(without_columns(all, *in));
    }
  }

  const Draft& draft_;
  const ChannelGroups& groups_;
  std::vector<Layer> layers_;
  std::map<LayerId, Kept> kept_;  // of the values that lose channels
};

}  // namespace

Result<Draft> remove_channels(const Draft& draft, const ChannelGroups& groups, const std::set<std::int64_t>& removed) {
  return Remover(draft, groups, removed).run();
}

}  // namespace roofscape::approx
