// What a person would try first: uniform settings.
//
// For each method and each combination of its knobs, the point at which every layer that takes it uses it and all others
// are left alone; and each pair of such settings of two methods (a number format with a share of pruned filters …), as
// far as the layers take both. Duplicates stand once.
//
//   const std::vector<search::Point> points = anchors(space);
#pragma once

#include <vector>

#include "analytics/explore/space.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// The base is not among them. At most kMostAnchors: single settings first, then pairs.
inline constexpr std::size_t kMostAnchors = 600;
std::vector<search::Point> anchors(const Space& space);

}  // namespace roofscape::explore
