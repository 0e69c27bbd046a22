#include "analytics/approx/channel_pruning.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/approx/channel_readers.h"
#include "analytics/approx/channel_removal.h"
#include "analytics/approx/rank_budget.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

constexpr double kMostFraction = 0.95;

// The share that makes `floor(share · whole)` give `part` again.
double share_of(std::int64_t part, std::int64_t whole) {
  double share = static_cast<double>(part) / static_cast<double>(whole);
  if (std::floor(share * static_cast<double>(whole)) < static_cast<double>(part)) share = std::nextafter(share, 1);
  return std::min(share, kMostFraction);
}

}  // namespace

// Groups are what is counted, where one holds several channels of the value.
struct ChannelPruning::Count {
  std::int64_t original = 0, present = 0;
  std::int64_t channels_a_group = 1;

  std::int64_t staying(double fraction) const {
    const auto leaving = static_cast<std::int64_t>(std::floor(fraction * static_cast<double>(original)));
    return std::min(std::max<std::int64_t>(original - leaving, 1), present);
  }
};

// Layers whose channels leave together, as one candidate for the budget.
struct ChannelPruning::Unit {
  struct Member {
    std::size_t place = 0;               // among the layers asked for
    std::vector<std::int64_t> channels;  // the group of each channel
    std::set<std::int64_t> own;          // the groups, each once
    Count count;
  };
  ChannelGroups groups;
  std::vector<Member> members;
  std::set<std::int64_t> candidates;  // all members' groups

  std::int64_t channels_left(const std::set<std::int64_t>& removed) const {
    std::int64_t left = 0;
    for (const Member& member : members)
      left += std::count_if(member.channels.begin(), member.channels.end(),
                            [&](std::int64_t group) { return !removed.contains(group); });
    return left;
  }
};

MaybeDecline ChannelPruning::decline(DeclineReason reason, std::string because) const {
  return Decline{info().id, reason, std::move(because)};
}

ChannelGroups ChannelPruning::groups_of(const Network& network, LayerId layer) const {
  const Value channels = value(network, layer);
  return find_channel_groups(network, channels.id, channels.axis);
}

ChannelScore ChannelPruning::score(const Knobs& knobs) const {
  return word(knobs, "criterion") == "magnitude" ? magnitude() : ChannelScore::kOutputs;
}

ChannelPruning::Count ChannelPruning::count(const Draft& draft, LayerId layer, const ChannelGroups& groups) const {
  const Value channels = value(draft.network, layer);
  const std::vector<std::int64_t>& own = groups.values.at(channels.id).group;
  Count count;
  count.present = std::ssize(std::set<std::int64_t>(own.begin(), own.end()));
  count.channels_a_group = std::max<std::int64_t>(1, std::ssize(own) / count.present);
  const auto remembered = draft.original_channels.find(std::pair(draft.network.layer(channels.id).name, channels.axis));
  count.original =
      remembered == draft.original_channels.end() ? count.present : remembered->second / count.channels_a_group;
  return count;
}

MaybeDecline ChannelPruning::applies(const Network& network, LayerId id) const {
  if (MaybeDecline declined = declines_kind(network, id)) return declined;
  const ChannelGroups groups = groups_of(network, id);
  for (const std::int64_t group : groups.layer_groups) {
    const auto frozen = groups.frozen.find(group);
    if (frozen != groups.frozen.end())
      return decline(DeclineReason::kStructure, fmt::format("its {}s cannot be removed: {}", noun(), frozen->second));
  }
  if (groups.layer_groups.size() < 2)
    return decline(DeclineReason::kShape, fmt::format("it has only one {} to keep", noun()));
  return {};
}

MaybeDecline ChannelPruning::accepts(const Network& network, LayerId id, const Knobs& knobs) const {
  if (!needs_moments(knobs)) return {};
  const ChannelGroups groups = groups_of(network, id);
  for (const ChannelReader& reader : channel_readers(network, groups, groups.layer_groups)) {
    const Layer& layer = network.layer(reader.layer);
    if (const MaybeDecline declined = declines_moments(info().id, layer))
      return decline(declined->reason, fmt::format("of layer '{}', which reads its {}s: {}", printable(layer.name),
                                                   noun(), declined->because));
  }
  return {};
}

bool ChannelPruning::needs_moments(const Knobs& knobs) const {
  return number(knobs, "fraction") > 0 && (word(knobs, "criterion") != "magnitude" || flag(knobs, "reconstruct"));
}

Result<Draft> ChannelPruning::apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const {
  const double fraction = number(knobs, "fraction");
  if (fraction == 0) return draft;
  const bool reconstruct = flag(knobs, "reconstruct");
  const ChannelGroups groups = groups_of(draft.network, id);
  const Count channels = count(draft, id, groups);
  const std::int64_t leaving = channels.present - channels.staying(fraction);
  if (leaving == 0) return draft;
  RS_ASSIGN(const LeavingOrder order, leaving_order(draft, groups, groups.layer_groups, score(knobs), reconstruct,
                                                    static_cast<std::size_t>(leaving)));
  const std::set<std::int64_t> removed(order.groups.begin(), order.groups.end());
  if (!reconstruct) return remove_channels(draft, groups, removed);
  RS_ASSIGN(const Draft refitted, refit_readers(draft, groups, removed));
  return remove_channels(refitted, groups, removed);
}

std::vector<ChannelPruning::Unit> ChannelPruning::units(const Draft& draft, std::span<const LayerId> layers) const {
  std::vector<Unit> units;
  std::vector<bool> placed(layers.size(), false);
  for (std::size_t first = 0; first < layers.size(); ++first) {
    if (placed[first]) continue;
    Unit& unit = units.emplace_back();
    unit.groups = groups_of(draft.network, layers[first]);
    unit.candidates.insert(unit.groups.layer_groups.begin(), unit.groups.layer_groups.end());
    // A layer that joins may bring groups through which others join.
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t place = first; place < layers.size(); ++place) {
        const Value channels = value(draft.network, layers[place]);
        const auto seen = unit.groups.values.find(channels.id);
        if (placed[place] || seen == unit.groups.values.end() || seen->second.axis != channels.axis) continue;
        const std::vector<std::int64_t>& own = seen->second.group;
        if (std::none_of(own.begin(), own.end(), [&](auto group) { return unit.candidates.contains(group); })) continue;
        unit.candidates.insert(own.begin(), own.end());
        unit.members.push_back({place, own, {own.begin(), own.end()}, count(draft, layers[place], unit.groups)});
        placed[place] = true;
        grown = true;
      }
    }
  }
  return units;
}

Result<std::vector<Knobs>> ChannelPruning::spread(const Draft& draft, std::span<const LayerId> layers,
                                                  const Knobs& knobs) const {
  std::vector<Knobs> result(layers.size(), knobs);
  for (Knobs& own : result) own["budget"] = std::string("layer");
  const double fraction = number(knobs, "fraction");
  if (fraction == 0) return result;
  const std::vector<Unit> all = units(draft, layers);
  std::int64_t budget = 0;  // of channels that stay
  std::vector<std::vector<RankOption>> options;
  std::vector<LeavingOrder> orders;
  for (const Unit& unit : all) {
    for (const Unit::Member& member : unit.members)
      budget += member.count.staying(fraction) * member.count.channels_a_group;
    const std::vector<std::int64_t> candidates(unit.candidates.begin(), unit.candidates.end());
    const auto most = static_cast<std::size_t>(std::floor(kMostFraction * static_cast<double>(candidates.size())));
    RS_ASSIGN(LeavingOrder order,
              leaving_order(draft, unit.groups, candidates, score(knobs), flag(knobs, "reconstruct"), most));
    std::set<std::int64_t> removed;
    double lost = 0;
    std::vector<RankOption>& own = options.emplace_back();
    own.push_back({unit.channels_left(removed), 0});
    for (std::size_t step = 0; step < order.groups.size(); ++step) {
      removed.insert(order.groups[step]);
      lost += order.losses[step];
      own.push_back({unit.channels_left(removed), lost});
    }
    orders.push_back(std::move(order));
  }
  const std::vector<std::size_t> chosen = spend_parameters(options, budget);
  for (std::size_t u = 0; u < all.size(); ++u) {
    const std::span<const std::int64_t> first = std::span<const std::int64_t>(orders[u].groups).first(chosen[u]);
    const std::set<std::int64_t> removed(first.begin(), first.end());
    for (const Unit::Member& member : all[u].members) {
      const std::int64_t left = std::count_if(member.own.begin(), member.own.end(),
                                              [&](std::int64_t group) { return !removed.contains(group); });
      result[member.place]["fraction"] = share_of(member.count.original - left, member.count.original);
    }
  }
  return result;
}

std::vector<KnobSpec> channel_knobs(std::string fraction, std::string magnitude) {
  return {
      KnobSpec::real("fraction", std::move(fraction), 0, kMostFraction, 0.25),
      KnobSpec::choice("criterion",
                       "magnitude: " + std::move(magnitude) +
                           "; second-order: those that the outputs of the layers that read them miss least",
                       {"magnitude", "second-order"}, "magnitude"),
      KnobSpec::flag("reconstruct",
                     "Whether the other weights of the layers that read them make good what they can, by least squares "
                     "on the calibration images",
                     false),
      KnobSpec::choice("budget",
                       "layer: each loses the fraction; network: all that have the step together lose as many, where "
                       "it costs least",
                       {"layer", "network"}, "layer"),
  };
}

}  // namespace roofscape::approx
