// In which order channels leave: those first that matter least.
#pragma once

#include <span>
#include <vector>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/method.h"

namespace roofscape::approx {

enum class ChannelScore {
  kFilterNorms,  // Σ|w| of the filters that make a channel
  kColumnNorms,  // Σ|w| of the weights that read it
  kOutputs,      // what the outputs of the layers that read it lose without it
};

struct LeavingOrder {
  std::vector<std::int64_t> groups;
  // What each step adds, as a share of the whole: of all norms, or of what each reader gives out, summed over readers.
  std::vector<double> losses;
};

// The first `steps` of the groups asked for; of equal ones those that come first. A group that is the last of a value's
// stays, so that there may be fewer. Norms sum over all layers that make, or read, a group. Outputs: step by step, given
// those that are gone; `refit`: after the readers' other weights have made good what they can (refit_readers).
Result<LeavingOrder> leaving_order(const Draft& draft, const ChannelGroups& groups, std::span<const std::int64_t> asked,
                                   ChannelScore score, bool refit, std::size_t steps);

}  // namespace roofscape::approx
