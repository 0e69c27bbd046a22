// From what rules offer for a layer to the choices of variables: combinations of knob values, and which methods must
// share a variable because they contradict each other.
#pragma once

#include <vector>

#include "analytics/explore/rules.h"

namespace roofscape::explore {

// Every combination of the offered values, the last knob fastest; other knobs at their defaults. Those that no layer of
// the offer can take are left out, and with `only_changes` those that change nothing. Where no layer can take any,
// fails with the reason. Knobs that make no difference (percentile without ranges: percentile) are no choices: equal
// effects stand once.
Result<std::vector<approx::Knobs>> combinations(const Network& network, const Offer& offer, bool only_changes);

// Partitions of the offers: members of one part can contradict each other with some of their knobs. Without `merge`
// each offer stands alone.
std::vector<std::vector<std::size_t>> exclusive_groups(const std::vector<Offer>& offers,
                                                       const std::vector<std::vector<approx::Knobs>>& knobs,
                                                       bool merge);

// Every way of using one or more of the offers that contradicts nothing, single uses first; single ones alone where all
// would be more than SpaceLimits::kChoices.
std::vector<std::vector<Use>> agreeing_uses(const std::vector<Offer>& offers,
                                            const std::vector<std::vector<approx::Knobs>>& knobs);

// Keeps the uses in which every rule that requires some of these offers has one of its own.
void drop_uses_without_required(const std::vector<Offer>& offers, std::vector<std::vector<Use>>& uses);

}  // namespace roofscape::explore
