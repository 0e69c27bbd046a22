#include "analytics/approx/channel_groups.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>

#include "analytics/approx/channel_links.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

using Kind = ChannelFlow::Kind;

class Explorer {
 public:
  explicit Explorer(const Network& network) : network_(network), consumers_(network.consumers()) {}

  // Values are taken from a queue, so that a deep network needs no deep stack.
  void explore(LayerId layer, std::size_t axis) {
    visit(layer, axis);
    while (!queue_.empty()) {
      const LayerId value = queue_.front();
      queue_.pop_front();
      follow_to_producer(value);
      for (const LayerId consumer : consumers_[static_cast<std::size_t>(value)]) follow_to_consumer(value, consumer);
      if (value == network_.output()) freeze(value, "they are outputs of the network");
    }
  }

  ChannelGroups finish(LayerId layer) {
    ChannelGroups groups;
    for (const auto& [id, seen] : seen_) {
      ChannelGroups::Value value{seen.axis, {}};
      for (std::int64_t i = 0; i < seen.count; ++i) value.group.push_back(find(seen.first + i));
      groups.values.emplace(id, std::move(value));
    }
    groups.producers.assign(producers_.begin(), producers_.end());
    std::set<std::int64_t> own(groups.values[layer].group.begin(), groups.values[layer].group.end());
    groups.layer_groups.assign(own.begin(), own.end());
    for (const auto& [slot, because] : frozen_) groups.frozen.emplace(find(slot), because);
    return groups;
  }

 private:
  struct Seen {
    std::size_t axis = 0;
    std::int64_t first = 0, count = 0;  // its slots in the forest
  };

  // False when the value is known along another axis: then its channels are frozen.
  bool visit(LayerId value, std::size_t axis) {
    const auto found = seen_.find(value);
    if (found != seen_.end()) return found->second.axis == axis;
    const std::int64_t count = network_.layer(value).output_shape[axis];
    seen_[value] = {axis, static_cast<std::int64_t>(parents_.size()), count};
    for (std::int64_t i = 0; i < count; ++i) parents_.push_back(static_cast<std::int64_t>(parents_.size()));
    queue_.push_back(value);
    return true;
  }

  void follow_to_consumer(LayerId value, LayerId consumer) {
    const Layer& layer = network_.layer(consumer);
    for (std::size_t input = 0; input < layer.inputs.size(); ++input) {
      if (layer.inputs[input] != value) continue;
      const ChannelFlow flow = flow_forwards(network_, consumer, input, seen_[value].axis);
      if (flow.kind == Kind::kBlock) freeze(value, blocked(consumer, flow));
      if (flow.kind == Kind::kPass && !visit(consumer, flow.axis)) freeze(value, tangled(consumer));
    }
  }

  void follow_to_producer(LayerId value) {
    const std::size_t axis = seen_[value].axis;
    const Layer& layer = network_.layer(value);
    for (std::size_t input = 0; input < std::max<std::size_t>(layer.inputs.size(), 1); ++input) {
      const ChannelFlow flow = flow_backwards(network_, value, input, axis);
      if (flow.kind == Kind::kBlock) freeze(value, blocked(value, flow));
      if (flow.kind == Kind::kEnd) producers_.insert(value);
      if (flow.kind != Kind::kPass) continue;
      if (!visit(layer.inputs[input], flow.axis)) {
        freeze(value, tangled(value));
        freeze(layer.inputs[input], tangled(value));
        continue;
      }
      for (const auto& [known, other] : flow.pairs) {
        unite(seen_[value].first + known, seen_[layer.inputs[input]].first + other);
      }
    }
  }

  std::string blocked(LayerId layer, const ChannelFlow& flow) const {
    return fmt::format("layer '{}' {}", printable(network_.layer(layer).name), flow.because);
  }
  std::string tangled(LayerId layer) const {
    return fmt::format("layer '{}' meets the channels along two axes", printable(network_.layer(layer).name));
  }

  void freeze(LayerId value, const std::string& because) {
    const Seen& seen = seen_[value];
    for (std::int64_t i = 0; i < seen.count; ++i) frozen_.emplace(seen.first + i, because);
  }

  std::int64_t find(std::int64_t slot) {
    while (parents_[static_cast<std::size_t>(slot)] != slot) {
      auto& parent = parents_[static_cast<std::size_t>(slot)];
      parent = parents_[static_cast<std::size_t>(parent)];
      slot = parent;
    }
    return slot;
  }
  // The smaller slot leads, so that groups are numbered in the order in which they were met.
  void unite(std::int64_t a, std::int64_t b) {
    a = find(a);
    b = find(b);
    if (a != b) parents_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }

  const Network& network_;
  const std::vector<std::vector<LayerId>> consumers_;
  std::map<LayerId, Seen> seen_;
  std::vector<std::int64_t> parents_;
  std::map<std::int64_t, std::string> frozen_;  // by slot
  std::set<LayerId> producers_;
  std::deque<LayerId> queue_;
};

}  // namespace

std::size_t filter_axis(const Layer& layer) { return layer.as<op::Dense>() ? layer.output_shape.size() - 1 : 0; }

ChannelGroups find_channel_groups(const Network& network, LayerId layer) {
  return find_channel_groups(network, layer, filter_axis(network.layer(layer)));
}

ChannelGroups find_channel_groups(const Network& network, LayerId value, std::size_t axis) {
  Explorer explorer(network);
  explorer.explore(value, axis);
  return explorer.finish(value);
}

}  // namespace roofscape::approx
