// What a person would try first: uniform settings.
//
// For each method and each combination of its knobs, the point at which every layer that takes it uses it and all
// others are left alone. The same with the first and the last of these layers at the method's gentlest setting, because
// they mostly bear the least, and with those that have no weights (sums), because they cost the least. And, as what
// else is worth a look, each pair of settings of two methods (a number format with a share of pruned filters …), as far
// as the layers take both.
//
//   const Anchors found = anchors(space, damage_table(space, sensitivities));
#pragma once

#include <span>
#include <vector>

#include "analytics/explore/space.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// Distinct; the base is not among them. At most kMostAnchors in all.
inline constexpr std::size_t kMostAnchors = 800;
struct Anchors {
  std::vector<search::Point> single, gentle_ends, pairs;
};
// Settings come with the fewest knobs away from their default first, as people try them. `damage` is damage_table's:
// the gentlest setting of a method is the one of the least damage in all. Without it there are no gentle ends.
Anchors anchors(const Space& space, std::span<const search::Values> damage);

// How many knobs of a use are away from their method's default.
std::size_t departures(const Use& use);

}  // namespace roofscape::explore
