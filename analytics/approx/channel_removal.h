// Takes channels out of a network: filters from the layers that make them, rows and columns from those that read them,
// constants along the way, and their statistics.
#pragma once

#include <set>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/method.h"

namespace roofscape::approx {

// `removed` holds groups of `groups`, none of them frozen, and leaves at least one channel of every value.
Result<Draft> remove_channels(const Draft& draft, const ChannelGroups& groups, const std::set<std::int64_t>& removed);

}  // namespace roofscape::approx
