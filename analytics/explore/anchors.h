// What a person would try first: uniform settings.
//
// For each method and each combination of its knobs, the point at which every layer that takes it uses it and all
// others are left alone. And, as what else is worth a look, each pair of such settings of two methods (a number format
// with a share of pruned filters …), as far as the layers take both.
//
//   const Anchors found = anchors(space);
#pragma once

#include <vector>

#include "analytics/explore/space.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// Distinct; the base is not among them. At most kMostAnchors in all.
inline constexpr std::size_t kMostAnchors = 600;
struct Anchors {
  std::vector<search::Point> single, pairs;
};
// Settings come with the fewest knobs away from their default first, as people try them.
Anchors anchors(const Space& space);

// How many knobs of a use are away from their method's default.
std::size_t departures(const Use& use);

}  // namespace roofscape::explore
