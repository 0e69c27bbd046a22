#include "analytics/network/statistics_digests.h"

namespace roofscape {

std::optional<Digest> StatisticsDigests::find(const std::weak_ptr<const void>& statistics) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(statistics);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void StatisticsDigests::add(const std::weak_ptr<const void>& statistics, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= next_visit_) {
    std::erase_if(known_, [](const auto& entry) { return entry.first.expired(); });
    next_visit_ = 2 * known_.size() + 1024;
  }
  known_.emplace(statistics, digest);
}

}  // namespace roofscape
