#include "analytics/search/variation.h"

#include <map>

namespace roofscape::search {
namespace {

std::vector<std::size_t> free_variables(const Problem& problem) {
  std::vector<std::size_t> free;
  for (std::size_t v = 0; v < problem.choices.size(); ++v)
    if (problem.choices[v] > 1) free.push_back(v);
  return free;
}

void change(const Problem& problem, Point& point, std::size_t variable, Rng& rng) {
  const auto other = static_cast<std::uint16_t>(rng.below(problem.choices[variable] - 1));
  point[variable] = other < point[variable] ? other : static_cast<std::uint16_t>(other + 1);
}

}  // namespace

Point cross_groups(const Problem& problem, const Point& a, const Point& b, Rng& rng) {
  std::map<std::uint32_t, bool> from_b;
  Point child = a;
  for (std::size_t v = 0; v < child.size(); ++v) {
    auto found = from_b.find(problem.group[v]);
    if (found == from_b.end()) found = from_b.emplace(problem.group[v], rng.below(2) == 1).first;
    if (found->second) child[v] = b[v];
  }
  return child;
}

void mutate(const Problem& problem, Point& point, Rng& rng) {
  const std::vector<std::size_t> free = free_variables(problem);
  if (free.empty()) return;
  bool changed = false;
  for (std::size_t v : free) {
    if (rng.below(free.size()) != 0) continue;
    change(problem, point, v, rng);
    changed = true;
  }
  if (!changed) change(problem, point, free[rng.below(free.size())], rng);
}

void change_one(const Problem& problem, Point& point, Rng& rng) {
  const std::vector<std::size_t> free = free_variables(problem);
  if (!free.empty()) change(problem, point, free[rng.below(free.size())], rng);
}

}  // namespace roofscape::search
