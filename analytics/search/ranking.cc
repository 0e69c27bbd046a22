#include "analytics/search/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace roofscape::search {
namespace {

// Crowding distance of the members of one layer: the sum over objectives of the gap between the two neighbours.
std::vector<double> crowding_of(const std::vector<Values>& layer) {
  std::vector<double> distance(layer.size(), 0);
  std::vector<std::size_t> order(layer.size());
  for (std::size_t objective = 0; objective < layer[0].size(); ++objective) {
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return layer[a][objective] < layer[b][objective]; });
    const double width = layer[order.back()][objective] - layer[order.front()][objective];
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < order.size() && width > 0 && std::isfinite(width); ++i)
      distance[order[i]] += (layer[order[i + 1]][objective] - layer[order[i - 1]][objective]) / width;
  }
  return distance;
}

// Improves each rank by what the outcome is on this front.
void rank_on(const Problem::Front& front, std::span<const Outcome> outcomes, std::vector<std::size_t> left,
             std::vector<Rank>& ranks) {
  for (std::size_t layer = 0; !left.empty(); ++layer) {
    std::vector<Values> points;
    for (std::size_t i : left) {
      Values& point = points.emplace_back();
      for (std::size_t objective : front.objectives) point.push_back(outcomes[i].objectives[objective]);
    }
    std::vector<std::size_t> members = pareto_front(points);
    if (members.empty()) return;  // nothing but NaN left
    std::vector<Values> values;
    for (std::size_t m : members) values.push_back(points[m]);
    const std::vector<double> crowding = crowding_of(values);
    for (std::size_t k = 0; k < members.size(); ++k) {
      Rank& rank = ranks[left[members[k]]];
      if (layer < rank.front || (layer == rank.front && crowding[k] > rank.crowding))
        rank = {rank.violation, layer, crowding[k]};
    }
    for (std::size_t k = members.size(); k-- > 0;) left.erase(left.begin() + static_cast<std::ptrdiff_t>(members[k]));
  }
}

}  // namespace

bool Rank::before(const Rank& other) const {
  return std::tuple(violation, front, -crowding) < std::tuple(other.violation, other.front, -other.crowding);
}

std::vector<Rank> rank_outcomes(const Problem& problem, std::span<const Outcome> outcomes) {
  std::vector<Rank> ranks(outcomes.size());
  std::vector<std::size_t> feasible;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ranks[i] = {outcomes[i].violation, outcomes[i].violation > 0 ? 0 : outcomes.size(), 0};
    if (!(outcomes[i].violation > 0)) feasible.push_back(i);
  }
  for (const Problem::Front& front : problem.fronts) rank_on(front, outcomes, feasible, ranks);
  return ranks;
}

}  // namespace roofscape::search
