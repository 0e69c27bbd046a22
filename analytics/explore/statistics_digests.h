// Digests of statistics, each computed once for as long as they live: drafts share most of theirs with others.
#pragma once

#include <map>
#include <memory>

#include "analytics/network/statistics.h"

namespace roofscape::explore {

class StatisticsDigests {
 public:
  // Of nothing where there is none.
  template <typename Statistics>
  Digest of(const std::shared_ptr<const Statistics>& statistics) {
    if (!statistics) return {};
    forget_dead();
    auto found = known_.find(statistics);
    if (found == known_.end()) found = known_.emplace(statistics, statistics->digest()).first;
    return found->second;
  }
  // Of what a map of a calibration holds for a layer.
  template <typename Map>
  Digest of(const Map& map, std::string_view layer) {
    const auto found = map.find(layer);
    return found == map.end() ? Digest() : of(found->second);
  }

 private:
  void forget_dead();

  // Owners, not addresses: an address may come to mean another object.
  std::map<std::weak_ptr<const void>, Digest, std::owner_less<>> known_;
  std::size_t next_visit_ = 1024;
};

}  // namespace roofscape::explore
