// Moving factors between layers without changing what a network computes: channels are divided where they are made and
// multiplied back where they are read.
//
//   const ScalableChannels channels = channels_made_by(network, layer);
//   RS_ASSIGN(Draft scaled, scale_channels(draft, channels, factors));     // filters / factor, readers · factor
//
// All between must hand factors through: Relu, LeakyRelu, PRelu, pooling, sums of values with the same factors, moves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/method.h"

namespace roofscape::approx {

struct ScalableChannels {
  ChannelGroups groups;  // frozen: those that cannot carry a factor, with the reason
  struct Reader {
    LayerId layer = 0, value = 0;  // a layer with weights, and the value whose channels it consumes
  };
  std::vector<Reader> readers;

  // Groups of the value asked for that can be scaled, and why not where there are none.
  std::vector<std::int64_t> free_groups() const;
  std::string reason() const;
};

// Channels that a layer's filters make.
ScalableChannels channels_made_by(const Network& network, LayerId layer);
// Channels that a layer with weights reads.
ScalableChannels channels_read_by(const Network& network, LayerId layer);

// `factors` by group, positive: filters, and all that carries the channels, are divided by them, readers multiplied.
// Groups left out or frozen keep theirs. Statistics and moments follow; of a histogram only an estimate can: the
// values of a bin are taken to be spread evenly over the channels whose range reaches so far.
Result<Draft> scale_channels(const Draft& draft, const ScalableChannels& channels,
                             const std::map<std::int64_t, double>& factors);

// The largest magnitude of the weights that make, and that read, each group.
struct GroupRanges {
  std::map<std::int64_t, double> made, read;
};
GroupRanges group_ranges(const Network& network, const ScalableChannels& channels);

}  // namespace roofscape::approx
