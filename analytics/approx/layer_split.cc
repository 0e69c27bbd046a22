#include "analytics/approx/layer_split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analytics/base/text.h"
#include "analytics/linear/product.h"

namespace roofscape::approx {
namespace {

// Copies `network` with the split's layers in the place of one.
Result<Network> spliced(const Network& network, LayerId id, const Split& split) {
  const auto before = static_cast<LayerId>(split.before.size());
  const auto after = static_cast<LayerId>(split.after.size());
  // What a reader of the old value `value` reads now.
  const auto renumbered = [&](LayerId value) { return value < id ? value : value + before + after; };
  std::vector<Layer> layers(network.layers().begin(), network.layers().begin() + id);
  LayerId source = network.layer(id).inputs[0];
  const auto append = [&](Layer layer) {
    if (layer.inputs.empty()) layer.inputs = {0};
    layer.inputs[0] = source;
    source = static_cast<LayerId>(layers.size());
    layers.push_back(std::move(layer));
  };
  for (const Piece& piece : split.before) append(piece.layer);
  append(split.last.layer);
  for (const Piece& piece : split.after) append(piece.layer);
  for (LayerId old = id + 1; old < network.size(); ++old) {
    Layer layer = network.layer(old);
    for (LayerId& input : layer.inputs) input = renumbered(input);
    layers.push_back(std::move(layer));
  }
  return Network::create(std::move(layers), renumbered(network.output()));
}

// Where the layer was itself a part, its own parts take its place.
void remember_parts(const std::string& name, const std::vector<std::string>& parts, Draft& draft) {
  for (auto& [layer, names] : draft.parts) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) continue;
    const auto at = names.erase(found);
    names.insert(at, parts.begin(), parts.end());
    return;
  }
  draft.parts[name] = parts;
}

void remember_statistics(const Piece& piece, Calibration& calibration) {
  if (piece.values) calibration.values[piece.layer.name] = piece.values;
  if (!piece.layer.has_weight()) return;
  if (piece.moments) {
    calibration.moments[piece.layer.name] = piece.moments;
  } else {
    calibration.moments.erase(piece.layer.name);
  }
}

constexpr double kWidth = 4;  // σ on either side

// Places of equal probability under the normal distribution, and the two ends.
const std::vector<double>& normal_places() {
  static const std::vector<double> kPlaces = [] {
    constexpr int kCount = 254;
    std::vector<double> places = {-kWidth};
    for (int i = 0; i < kCount; ++i) {
      const double share = (i + 0.5) / kCount;
      double low = -kWidth;
      double high = kWidth;
      constexpr int kHalvings = 40;
      for (int halving = 0; halving < kHalvings; ++halving) {
        const double middle = (low + high) / 2;
        (std::erfc(-middle / std::sqrt(2.0)) / 2 < share ? low : high) = middle;
      }
      places.push_back(low);
    }
    places.push_back(kWidth);
    return places;
  }();
  return kPlaces;
}

}  // namespace

Result<Draft> split_layer(const Draft& draft, LayerId id, Split split) {
  const Layer& layer = draft.network.layer(id);
  RS_CHECK(split.last.layer.name == layer.name);
  split.last.layer.storage = {};
  RS_ASSIGN(Network network, spliced(draft.network, id, split));
  Draft result = draft.with(std::move(network));
  std::vector<std::string> parts;
  for (const Piece& piece : split.before) {
    remember_statistics(piece, result.calibration);
    if (piece.layer.has_weight()) parts.push_back(piece.layer.name);
  }
  remember_statistics(split.last, result.calibration);
  for (const Piece& piece : split.after) remember_statistics(piece, result.calibration);
  parts.push_back(layer.name);
  remember_parts(layer.name, parts, result);
  return result;
}

std::string part_name(const Network& network, const Layer& layer, std::string_view suffix) {
  std::string name = fmt::format("{}/{}", layer.name, suffix);
  for (int number = 2; network.find(name); ++number) name = fmt::format("{}/{}_{}", layer.name, suffix, number);
  return name;
}

Layer make_layer(std::string name, Operation operation, std::vector<TensorPtr> constants) {
  Layer layer;
  layer.name = std::move(name);
  layer.operation = std::move(operation);
  layer.constants = std::move(constants);
  return layer;
}

MaybeDecline declines_split(std::string_view method, const Network& network, LayerId id) {
  const Layer& layer = network.layer(id);
  const auto decline = [&](DeclineReason reason, std::string because) {
    return Decline{std::string(method), reason, std::move(because)};
  };
  if (!layer.has_weight())
    return decline(DeclineReason::kOperation,
                   operation_name(layer.operation) + " has no weights; take Conv, ConvTranspose, Gemm, LSTM or GRU");
  if (!layer.arithmetic.is_fp32())
    return decline(DeclineReason::kFormat, "its numbers have formats already; structure comes before them");
  const auto* conv = layer.as<op::Conv>();
  const auto* transposed = layer.as<op::ConvTranspose>();
  const std::int64_t groups = conv != nullptr ? conv->groups : transposed != nullptr ? transposed->groups : 1;
  if (groups != 1)
    return decline(DeclineReason::kShape, fmt::format("it has {} groups of filters; take layers with one", groups));
  return {};
}

void take_back_mean(Layer& layer, const linear::Matrix& weights, const linear::Matrix& approximation,
                    const SecondMoments& moments) {
  const auto samples = static_cast<double>(std::max<std::int64_t>(moments.samples, 1));
  const std::span<const double> totals = moments.totals_of(0);
  const bool recurrent = layer.as<op::Recurrent>() != nullptr;
  const std::size_t position = recurrent ? 2 : 1;
  const std::int64_t directions = recurrent ? layer.weight()->shape()[0] : 1;
  const auto rows = static_cast<std::int64_t>(weights.rows);
  if (layer.constants.size() <= position) layer.constants.resize(position + 1);
  TensorPtr& bias = layer.constants[position];
  const Shape shape = recurrent ? Shape{directions, 2 * rows / directions} : Shape{rows};
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)), 0.0F);
  if (bias) values.assign(bias->values().begin(), bias->values().end());
  const std::size_t half = weights.rows / static_cast<std::size_t>(directions);  // rows of a direction
  for (std::size_t row = 0; row < weights.rows; ++row) {
    double shift = 0;
    for (std::size_t i = 0; i < weights.columns; ++i) shift += (weights(row, i) - approximation(row, i)) * totals[i];
    float& value = values[recurrent ? row / half * 2 * half + row % half : row];
    value = static_cast<float>(static_cast<double>(value) + shift / samples);
  }
  bias = make_tensor(shape, std::move(values));
}

SecondMoments moments_through(const SecondMoments& moments, std::int64_t group, const linear::Matrix& map) {
  const auto n = static_cast<std::size_t>(moments.columns);
  RS_CHECK(map.columns == n);
  linear::Matrix gram(n, n);
  const std::span<const double> sums = moments.sums_of(group);
  std::copy(sums.begin(), sums.end(), gram.values.begin());
  linear::Matrix totals(n, 1);
  const std::span<const double> all = moments.totals_of(group);
  std::copy(all.begin(), all.end(), totals.values.begin());
  SecondMoments result{.columns = static_cast<std::int64_t>(map.rows), .samples = moments.samples};
  const linear::Matrix mapped = linear::product_transposed(linear::product(map, gram), map);
  result.sums.resize(mapped.values.size());
  for (std::size_t i = 0; i < mapped.rows; ++i)
    for (std::size_t j = 0; j < mapped.rows; ++j) result.sums[i * mapped.rows + j] = (mapped(i, j) + mapped(j, i)) / 2;
  result.totals = linear::product(map, totals).values;
  return result;
}

SecondMoments mean_moments(const SecondMoments& moments, const std::vector<std::vector<std::int64_t>>& windows) {
  SecondMoments result = moments.select(windows[0]);
  for (std::size_t w = 1; w < windows.size(); ++w) {
    const SecondMoments next = moments.select(windows[w]);
    for (std::size_t i = 0; i < next.sums.size(); ++i) result.sums[i] += next.sums[i];
    for (std::size_t i = 0; i < next.totals.size(); ++i) result.totals[i] += next.totals[i];
  }
  const auto count = static_cast<double>(windows.size());
  for (double& sum : result.sums) sum /= count;
  for (double& total : result.totals) total /= count;
  return result;
}

ChannelSpread spread_of(const SecondMoments& moments) {
  ChannelSpread spread;
  const auto n = static_cast<std::size_t>(moments.columns);
  const auto samples = static_cast<double>(std::max<std::int64_t>(moments.samples, 1));
  for (std::int64_t group = 0; group < moments.groups; ++group) {
    for (std::size_t i = 0; i < n; ++i) {
      const double mean = moments.totals_of(group)[i] / samples;
      spread.mean.push_back(mean);
      spread.variance.push_back(std::max(moments.sums_of(group)[i * n + i] / samples - mean * mean, 0.0));
    }
  }
  return spread;
}

ChannelSpread assumed_spread(const ValueStatistics& input, std::size_t taps, const linear::Matrix& map) {
  const std::vector<double>& means = input.channel_mean;
  const auto count = static_cast<double>(std::max<std::size_t>(means.size(), 1));
  const double mean = std::accumulate(means.begin(), means.end(), 0.0) / count;
  const double squares = std::inner_product(means.begin(), means.end(), means.begin(), 0.0) / count;
  double all = 0;
  for (std::size_t bin = 0; bin < input.histogram.bins().size(); ++bin) {
    const double centre = input.histogram.centre(static_cast<int>(bin));
    all += static_cast<double>(input.histogram.bins()[bin]) * centre * centre;
  }
  const double total = static_cast<double>(std::max<std::uint64_t>(input.histogram.total(), 1));
  const double variance = std::max(all / total - squares, 0.0);
  const bool by_channel = means.size() * taps == map.columns;
  ChannelSpread spread;
  for (std::size_t k = 0; k < map.rows; ++k) {
    double sum = 0;
    double square = 0;
    for (std::size_t i = 0; i < map.columns; ++i) {
      sum += map(k, i) * (by_channel ? means[i / taps] : mean);
      square += map(k, i) * map(k, i);
    }
    spread.mean.push_back(sum);
    spread.variance.push_back(square * variance);
  }
  return spread;
}

std::shared_ptr<const ValueStatistics> normal_statistics(const ChannelSpread& spread, const Shape& shape,
                                                         std::size_t axis) {
  constexpr std::size_t kPlanes = 3;  // axes of a value whose channels are counted along axis 0
  auto statistics = std::make_shared<ValueStatistics>();
  const std::size_t channels = spread.mean.size();
  for (std::size_t k = 0; k < channels; ++k) {
    const double sigma = std::sqrt(spread.variance[k]);
    std::vector<float> values;
    for (const double place : normal_places()) values.push_back(static_cast<float>(spread.mean[k] + sigma * place));
    statistics->histogram.add(values);
    statistics->channel_min.push_back(values.front());
    statistics->channel_max.push_back(values.back());
    statistics->channel_mean.push_back(spread.mean[k]);
  }
  statistics->min = *std::min_element(statistics->channel_min.begin(), statistics->channel_min.end());
  statistics->max = *std::max_element(statistics->channel_max.begin(), statistics->channel_max.end());
  const std::size_t counted = shape.size() == kPlanes ? 0 : shape.size() - 1;
  if (counted == axis) return statistics;
  // Each index along the counted axis sees all of the channels.
  const auto count = static_cast<std::size_t>(shape[counted]);
  const double sum = std::accumulate(spread.mean.begin(), spread.mean.end(), 0.0);
  statistics->channel_min.assign(count, statistics->min);
  statistics->channel_max.assign(count, statistics->max);
  statistics->channel_mean.assign(count, sum / static_cast<double>(channels));
  return statistics;
}

}  // namespace roofscape::approx
