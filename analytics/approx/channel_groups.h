// Which filters must go together: all channels that one layer's filters become, followed through the network in both
// directions, and the sets of them that are one channel (joined by an Add, spread by a Flatten, kept apart by a
// Concat).
//
//   ChannelGroups groups = find_channel_groups(network, layer);
//   groups.layer_groups;            // the groups that the layer's own filters belong to
//   groups.frozen;                  // group → why it cannot be removed
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::approx {

struct ChannelGroups {
  // A value whose channels are followed: along which axis, and the group of each index.
  struct Value {
    std::size_t axis = 0;
    std::vector<std::int64_t> group;
  };
  std::map<LayerId, Value> values;         // by the layer whose output it is
  std::vector<LayerId> producers;          // layers whose filters make channels of these values, ascending
  std::vector<std::int64_t> layer_groups;  // of the layer asked for: each once, ascending
  std::map<std::int64_t, std::string> frozen;
};

// `layer` has filters and is not depthwise.
ChannelGroups find_channel_groups(const Network& network, LayerId layer);

// The same for channels along `axis` of any value; layer_groups are those of the value.
ChannelGroups find_channel_groups(const Network& network, LayerId value, std::size_t axis);

// The axis of a convolution's or dense layer's output along which its filters lie.
std::size_t filter_axis(const Layer& layer);

}  // namespace roofscape::approx
