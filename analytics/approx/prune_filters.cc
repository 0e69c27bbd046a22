// Filter pruning: whole filters of smallest L1 norm leave, and the network really shrinks.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/approx/channel_links.h"
#include "analytics/approx/channel_removal.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

// Σ |w| of each filter of a convolution or dense layer.
std::vector<double> filter_norms(const Layer& layer) {
  const Tensor& weight = *layer.constants[0];
  const std::size_t axis = layer.as<op::ConvTranspose>() ? 1 : 0;
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < weight.shape().size(); ++i) inner *= static_cast<std::size_t>(weight.shape()[i]);
  std::vector<double> norms(static_cast<std::size_t>(weight.shape()[axis]), 0.0);
  const std::span<const float> values = weight.values();
  for (std::size_t i = 0; i < values.size(); ++i) norms[i / inner % norms.size()] += std::abs(values[i]);
  return norms;
}

// The layer's groups, from the smallest norm to the largest; equal ones in their order. A group's norm is the sum over
// all filters in it, whichever layers they belong to.
std::vector<std::int64_t> groups_by_norm(const Network& network, const ChannelGroups& groups) {
  std::map<std::int64_t, double> norm;
  for (const LayerId producer : groups.producers) {
    const std::vector<double> norms = filter_norms(network.layer(producer));
    const std::vector<std::int64_t>& group = groups.values.at(producer).group;
    for (std::size_t filter = 0; filter < norms.size(); ++filter) norm[group[filter]] += norms[filter];
  }
  std::vector<std::int64_t> order = groups.layer_groups;
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const bool a_is_number = norm[a] == norm[a];
    const bool b_is_number = norm[b] == norm[b];
    if (!a_is_number || !b_is_number) return a_is_number && !b_is_number;  // NaN counts as the largest
    return norm[a] < norm[b];
  });
  return order;
}

MaybeDecline decline(DeclineReason reason, std::string because) {
  return Decline{"prune_filters", reason, std::move(because)};
}

class PruneFilters final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "prune_filters",
        .version = 1,
        .stage = Stage::kStructure,
        .summary = "Removes the filters of smallest L1 norm, and with them the channels that later layers read.",
        .knobs = {KnobSpec::real("fraction", "Share of the layer's filters that leave; at least one stays", 0, 0.95,
                                 0.25)},
        .identity = {{"fraction", 0.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (!layer.as<op::Conv>() && !layer.as<op::ConvTranspose>() && !layer.as<op::Dense>()) {
      return decline(DeclineReason::kOperation,
                     operation_name(layer.operation) + " has no filters; prune Conv, ConvTranspose or Gemm");
    }
    if (is_depthwise(network, id)) {
      return decline(DeclineReason::kStructure,
                     "its filters are tied to the channels that it reads; prune the layer that makes those");
    }
    const ChannelGroups groups = find_channel_groups(network, id);
    for (const std::int64_t group : groups.layer_groups) {
      const auto frozen = groups.frozen.find(group);
      if (frozen != groups.frozen.end()) {
        return decline(DeclineReason::kStructure, "its filters cannot be removed: " + frozen->second);
      }
    }
    if (groups.layer_groups.size() < 2) return decline(DeclineReason::kShape, "it has only one filter to keep");
    return {};
  }

  Effects effects(const Knobs&) const override { return {}; }

  // A layer ends up with (1 − fraction) of the filters that it had at first, so that of several steps on layers that an
  // Add couples the largest fraction counts, in whatever order they come.
  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const double fraction = number(knobs, "fraction");
    if (fraction == 0) return draft;
    const ChannelGroups groups = find_channel_groups(draft.network, id);
    const auto present = static_cast<std::int64_t>(groups.layer_groups.size());
    const auto remembered = draft.original_filters.find(draft.network.layer(id).name);
    const std::int64_t filters = std::ssize(groups.values.at(id).group);
    // Where one group holds several filters of the layer, groups are what is counted.
    const std::int64_t original = remembered == draft.original_filters.end()
                                      ? present
                                      : remembered->second / std::max<std::int64_t>(1, filters / present);
    const auto leaving = static_cast<std::int64_t>(std::floor(fraction * static_cast<double>(original)));
    const std::int64_t stay = std::max<std::int64_t>(original - leaving, 1);
    if (stay >= present) return draft;
    const std::vector<std::int64_t> order = groups_by_norm(draft.network, groups);
    return remove_channels(draft, groups, std::set<std::int64_t>(order.begin(), order.end() - stay));
  }
};

}  // namespace

const Method& prune_filters_method() {
  static const PruneFilters kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
