#include "analytics/search/likeness.h"

#include <algorithm>
#include <cmath>

namespace roofscape::search {
namespace {

// Equal choices are alike by 1. Where traits are known, unequal ones are alike by how near their traits are: half of it
// trait by trait (each has its own effect), half all together.
double choice_likeness(const std::vector<Values>& traits, std::size_t a, std::size_t b) {
  if (a == b) return 1;
  if (traits.empty() || traits[a].empty()) return 0;
  constexpr double kReach = 2;  // e^−2 from one end of a trait to the other
  double sum = 0, product = 1;
  for (std::size_t k = 0; k < traits[a].size(); ++k) {
    const double near = std::exp(-kReach * std::abs(traits[a][k] - traits[b][k]));
    sum += near;
    product *= near;
  }
  return 0.5 * sum / static_cast<double>(traits[a].size()) + 0.5 * product;
}

}  // namespace

Likeness::Likeness(const Problem& problem) {
  for (std::size_t v = 0; v < problem.choices.size(); ++v) {
    const std::size_t choices = problem.choices[v];
    choices_.push_back(choices);
    const std::vector<Values> none;
    const std::vector<Values>& traits = problem.traits.empty() ? none : problem.traits[v];
    // Large variables would need a large table; without one, choices are alike only when equal.
    std::vector<double>& table = tables_.emplace_back();
    if (choices > 512) continue;
    table.resize(choices * choices);
    for (std::size_t a = 0; a < choices; ++a)
      for (std::size_t b = 0; b < choices; ++b) table[a * choices + b] = choice_likeness(traits, a, b);
  }
}

}  // namespace roofscape::search
