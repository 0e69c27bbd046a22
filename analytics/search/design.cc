#include "analytics/search/design.h"

#include <utility>

namespace roofscape::search {
namespace {

// The free variables in random order: in large networks not all of them get their turn.
std::vector<std::size_t> shuffled_variables(const Problem& problem, Rng& rng) {
  std::vector<std::size_t> order;
  for (std::size_t v = 0; v < problem.choices.size(); ++v)
    if (problem.choices[v] > 1) order.push_back(v);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

}  // namespace

std::vector<Point> first_design(const Problem& problem, std::size_t count, Rng& rng) {
  std::vector<Point> points = {problem.base};
  const std::vector<std::size_t> variables = shuffled_variables(problem, rng);
  if (variables.empty()) return points;
  for (std::size_t turn = 0; points.size() < count; ++turn) {
    const std::size_t v = variables[turn % variables.size()];
    Point single = problem.base;
    single[v] = static_cast<std::uint16_t>(rng.below(problem.choices[v]));
    points.push_back(std::move(single));
    const double departs = (static_cast<double>(turn % 5) + 1) / 5;
    Point mix = problem.base;
    for (std::size_t free : variables)
      if (rng.uniform() < departs) mix[free] = static_cast<std::uint16_t>(rng.below(problem.choices[free]));
    points.push_back(std::move(mix));
  }
  return points;
}

}  // namespace roofscape::search
