// One network on many platforms, in the order of one metric: what a person who chooses a device looks at.
//
//   const Ranking ranking = ranked("resnet-50", response, RankBy::kLatency, 20);
//   ranking.rows.front()      // the platform of the least latency that the network fits
//
// What does not fit its platform stands behind all that does, or of which that is not known. Energies of different
// bases do not compare, so by energy rows stand basis by basis.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

enum class RankBy { kLatency, kThroughput, kEnergy, kWeightBytes, kName };
// "latency", "throughput", "energy", "weight_bytes", "name".
const std::vector<std::string>& rank_names();
// Of one of these names.
RankBy rank_by(std::string_view name);

struct Ranking {
  std::string network;  // "resnet-50 in int8"
  RankBy by = RankBy::kLatency;
  std::vector<v1::PlatformEstimate> rows;  // in order
  std::size_t left_out = 0;                // rows beyond the limit
  std::vector<v1::UnpricedPlatform> unpriced;
};

// At most `limit` rows, by energy as many of each basis; 0: all.
Ranking ranked(std::string network, const v1::EstimateOnPlatformsResponse& response, RankBy by, std::size_t limit);

// What the rows are ordered by; latency where that is their name. Nothing where it is not known.
std::optional<double> ranked_value(RankBy by, const v1::Estimate& estimate);
// Rows that compare with each other: all of them, or by energy those of one basis. Ranges of ranking.rows.
struct RankedGroup {
  std::size_t first = 0, count = 0;
};
std::vector<RankedGroup> comparable_groups(const Ranking& ranking);

}  // namespace roofscape::client
