// How channels flow through one layer: which index of an input's axis becomes which index of the output's axis.
//
// The vocabulary of filter pruning. A "channel" is one index along one axis of a value; a layer passes channels on
// (Relu, Concat, Reshape …), consumes them (a convolution sums over its input channels), makes new ones (its filters)
// or blocks (it mixes or selects channels in a way that removing some would change).
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::approx {

struct ChannelFlow {
  enum class Kind {
    kPass,    // `axis` and `pairs` say where they go
    kEnd,     // forwards: consumed here; backwards: made here, by the layer's filters
    kAbsent,  // backwards only: this input does not carry the channels (it is broadcast along them)
    kBlock,   // `because` says why channels cannot be removed through this layer
  };
  Kind kind = Kind::kBlock;
  std::size_t axis = 0;
  // (index along the known axis, index along `axis`): the two are one channel.
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  std::string because;
};

// Channels along `axis` of input number `input` of layer `id`: where in its output do they go?
ChannelFlow flow_forwards(const Network& network, LayerId id, std::size_t input, std::size_t axis);
// Channels along `axis` of the output of layer `id`: where in its input number `input` do they come from? For layers
// without inputs ask for input 0.
ChannelFlow flow_backwards(const Network& network, LayerId id, std::size_t input, std::size_t axis);

// Each filter of such a convolution reads one input channel only, and is removed together with it.
bool is_depthwise(const Network& network, LayerId id);

}  // namespace roofscape::approx
