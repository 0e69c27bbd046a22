// Several layers in the place of one: what methods have in common that put factors where a weight was.
//
//   Split split{.before = {{rank_layer, values, moments}}, .last = {layer, nullptr, moments}};
//   return split_layer(draft, id, std::move(split));
//
// The last factor keeps the layer's name, bias and readers. Values between the factors were never seen in calibration;
// their statistics follow in closed form from the moments of what the layer reads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/linear/matrix.h"

namespace roofscape::approx {

struct Piece {
  Layer layer;                                              // its inputs are filled in
  std::shared_ptr<const ValueStatistics> values = nullptr;  // of its output; null: not known
  std::shared_ptr<const SecondMoments> moments = nullptr;   // of what it reads; null: not known
};
struct Split {
  std::vector<Piece> before{};  // a chain that starts at what the layer reads
  Piece last;                   // reads the end of it; its statistics stay where `values` is null
  std::vector<Piece> after{};   // a chain that starts there; what read the layer reads its end
};
// The draft with the split in the layer's place; its parts are the pieces up to `last` that have weights.
Result<Draft> split_layer(const Draft& draft, LayerId id, Split split);

// "<layer>/<suffix>", or with the first number that makes it a name of its own.
std::string part_name(const Network& network, const Layer& layer, std::string_view suffix);
// A layer of that name without inputs.
Layer make_layer(std::string name, Operation operation, std::vector<TensorPtr> constants = {});

// Declines for `method` where the layer has no plain weight for which other layers could stand.
MaybeDecline declines_split(std::string_view method, const Network& network, LayerId id);

// Adds (W − W')·E[x] to the layer's bias, which it gets where it has none: a row a bias element, or the first half of
// those of each direction of a recurrent layer. For layers whose outputs are one product each, so not ConvTranspose.
void take_back_mean(Layer& layer, const linear::Matrix& weights, const linear::Matrix& approximation,
                    const SecondMoments& moments);

// Moments of M·x.
SecondMoments moments_through(const SecondMoments& moments, std::int64_t group, const linear::Matrix& map);
// The mean of moments over the same vectors seen through several windows: for each of them its columns.
SecondMoments mean_moments(const SecondMoments& moments, const std::vector<std::vector<std::int64_t>>& windows);

// Mean and variance of each channel of a value.
struct ChannelSpread {
  std::vector<double> mean, variance;
};
ChannelSpread spread_of(const SecondMoments& moments);  // all groups, one after another
// A guess of those of M·x where moments are not kept: columns are runs of `taps` of each of the input's channels and
// vary as much as the input does, each for itself.
ChannelSpread assumed_spread(const ValueStatistics& input, std::size_t taps, const linear::Matrix& map);
// A normal distribution a channel, cut off at 4σ; channels lie along `axis` of the value.
std::shared_ptr<const ValueStatistics> normal_statistics(const ChannelSpread& spread, const Shape& shape,
                                                         std::size_t axis);

}  // namespace roofscape::approx
