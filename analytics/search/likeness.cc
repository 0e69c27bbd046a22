#include "analytics/search/likeness.h"

#include <algorithm>
#include <cmath>
#include <map>

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
  std::map<std::uint32_t, std::size_t> dense;
  std::vector<double> members;
  for (std::uint32_t group : problem.group) {
    const std::size_t index = dense.emplace(group, dense.size()).first->second;
    group_of_.push_back(index);
    members.resize(dense.size());
    ++members[index];
  }
  group_count_ = dense.size();
  for (std::size_t v = 0; v < problem.choices.size(); ++v) {
    share_.push_back(1 / members[group_of_[v]]);
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

void Likeness::groups(const Point& a, const Point& b, double* out) const {
  // Half the mean over the group's variables, half their product (they act together on one layer).
  double together[64];
  std::vector<double> many;
  double* product = together;
  if (group_count_ > 64) {
    many.resize(group_count_);
    product = many.data();
  }
  std::fill(out, out + group_count_, 0.0);
  std::fill(product, product + group_count_, 1.0);
  for (std::size_t v = 0; v < group_of_.size(); ++v) {
    const double near = tables_[v].empty() ? (a[v] == b[v] ? 1.0 : 0.0) : tables_[v][a[v] * choices_[v] + b[v]];
    out[group_of_[v]] += share_[v] * near;
    product[group_of_[v]] *= near;
  }
  for (std::size_t g = 0; g < group_count_; ++g) out[g] = 0.5 * (out[g] + product[g]);
}

LikenessSums sums(const std::vector<double>& weights, const double* groups) {
  double sum = 0, squares = 0;
  for (std::size_t g = 0; g < weights.size(); ++g) {
    const double term = weights[g] * groups[g];
    sum += term;
    squares += term * term;
  }
  return {sum, (sum * sum - squares) / 2};
}

}  // namespace roofscape::search
