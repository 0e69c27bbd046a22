// What prune_filters and prune_channels have in common: the network shrinks by whole channels, those of least score,
// and the layers that read them may be fitted anew. A method says which value's channels its knobs mean.
#pragma once

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/channel_order.h"
#include "analytics/approx/method.h"

namespace roofscape::approx {

class ChannelPruning : public Method {
 public:
  MaybeDecline applies(const Network& network, LayerId layer) const override;
  MaybeDecline accepts(const Network& network, LayerId layer, const Knobs& knobs) const override;
  bool needs_moments(const Knobs& knobs) const override;
  Effects effects(const Knobs&) const override { return {}; }
  // A value ends up with (1 − fraction) of the channels that it had at first, so that of several steps on values that
  // an Add couples the largest fraction counts, in whatever order they come.
  Result<Draft> apply(const Draft& draft, LayerId layer, const Knobs& knobs, std::uint64_t seed) const override;
  // As many channels leave as with `budget: layer`, where the sum of what is lost is least; what layers whose channels
  // leave together lose counts once.
  Result<std::vector<Knobs>> spread(const Draft& draft, std::span<const LayerId> layers,
                                    const Knobs& knobs) const override;

 protected:
  // Whose channels leave: those along `axis` of the output of layer `id`.
  struct Value {
    LayerId id = 0;
    std::size_t axis = 0;
  };
  // Why this kind of layer has none.
  virtual MaybeDecline declines_kind(const Network& network, LayerId layer) const = 0;
  // Of a layer whose kind has some.
  virtual Value value(const Network& network, LayerId layer) const = 0;
  // What `criterion: magnitude` goes by.
  virtual ChannelScore magnitude() const = 0;
  // "its filters cannot be removed", "it has only one filter to keep".
  virtual std::string_view noun() const = 0;

  MaybeDecline decline(DeclineReason reason, std::string because) const;

 private:
  ChannelGroups groups_of(const Network& network, LayerId layer) const;
  ChannelScore score(const Knobs& knobs) const;
  struct Count;
  Count count(const Draft& draft, LayerId layer, const ChannelGroups& groups) const;
  struct Unit;
  std::vector<Unit> units(const Draft& draft, std::span<const LayerId> layers) const;
};

// fraction (with its own sentence), criterion, reconstruct, budget.
std::vector<KnobSpec> channel_knobs(std::string fraction, std::string magnitude);

}  // namespace roofscape::approx
