// Digests of statistics, each computed once for as long as they live: drafts share most of theirs with others.
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "analytics/network/statistics.h"

namespace roofscape {

class StatisticsDigests {
 public:
  // Of nothing where there is none.
  template <typename Statistics>
  Digest of(const std::shared_ptr<const Statistics>& statistics) {
    if (!statistics) return {};
    if (const auto known = find(statistics)) return *known;
    const Digest digest = statistics->digest();
    add(statistics, digest);
    return digest;
  }
  // Of what a map of a calibration holds for a layer.
  template <typename Map>
  Digest of(const Map& map, std::string_view layer) {
    const auto found = map.find(layer);
    return found == map.end() ? Digest() : of(found->second);
  }

 private:
  std::optional<Digest> find(const std::weak_ptr<const void>& statistics);
  void add(const std::weak_ptr<const void>& statistics, const Digest& digest);

  std::mutex mutex_;
  // Owners, not addresses: an address may come to mean another object.
  std::map<std::weak_ptr<const void>, Digest, std::owner_less<>> known_;
  std::size_t next_visit_ = 1024;
};

}  // namespace roofscape
