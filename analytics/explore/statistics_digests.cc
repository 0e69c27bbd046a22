#include "analytics/explore/statistics_digests.h"

namespace roofscape::explore {

void StatisticsDigests::forget_dead() {
  if (known_.size() < next_visit_) return;
  std::erase_if(known_, [](const auto& entry) { return entry.first.expired(); });
  next_visit_ = 2 * known_.size() + 1024;
}

}  // namespace roofscape::explore
