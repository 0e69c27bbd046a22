// How points are varied: by exchanging whole groups (layers of the network) and by changing single choices.
#pragma once

#include "analytics/base/rng.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

// Takes each group whole from one of the two parents, by the toss of a coin.
Point cross_groups(const Problem& problem, const Point& a, const Point& b, Rng& rng);
// Changes each variable that has a choice with probability 1/(their number), and at least one of them.
void mutate(const Problem& problem, Point& point, Rng& rng);
// Gives one variable another choice; nothing happens where no variable has one.
void change_one(const Problem& problem, Point& point, Rng& rng);

}  // namespace roofscape::search
