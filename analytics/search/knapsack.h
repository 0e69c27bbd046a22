// The multiple-choice knapsack, exactly: one item of every group, within a budget, with the least damage.
//
//   auto answer = solve_knapsack(groups, budget);      // groups[v][c] = {cost, damage} of choice c of variable v
//   answer->picks[v];                                  // index into groups[v]
//
// Partial answers grow by one group after the other. One that is no better than another in cost and damage is dropped,
// and so is one that cannot beat the best complete answer known: the linear relaxation of what is left (Sinha and
// Zoltners, 1979) says how good it can become at best. Costs and damages are any finite numbers, negative ones too.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace roofscape::search {

struct KnapsackItem {
  double cost = 0, damage = 0;
};
struct KnapsackAnswer {
  std::vector<std::size_t> picks;
  double cost = 0, damage = 0;
  bool exact = true;  // false: too many partial answers were left, and the least promising were dropped
};

// Nothing where even the cheapest items break the budget. Groups must not be empty. Equal answers: the first found, the
// same every time.
std::optional<KnapsackAnswer> solve_knapsack(std::span<const std::vector<KnapsackItem>> groups, double budget,
                                             std::size_t most_partial = std::size_t{1} << 15);

}  // namespace roofscape::search
