#include "analytics/approx/rank_budget.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace roofscape::approx {
namespace {

// Indices of the options on the lower convex hull, from the most parameters to the fewest: their losses rise, and so
// does what each parameter less costs.
std::vector<std::size_t> hull_of(const std::vector<RankOption>& options) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(-options[a].parameters, options[a].loss) < std::tuple(-options[b].parameters, options[b].loss);
  });
  const auto slope = [&](std::size_t from, std::size_t to) {
    return (options[to].loss - options[from].loss) /
           static_cast<double>(options[from].parameters - options[to].parameters);
  };
  std::vector<std::size_t> hull;
  for (const std::size_t option : order) {
    // An option with fewer parameters that loses no more makes its forerunners pointless.
    while (!hull.empty() && options[hull.back()].loss >= options[option].loss) hull.pop_back();
    if (!hull.empty() && options[hull.back()].parameters == options[option].parameters) continue;
    while (hull.size() > 1 && slope(hull[hull.size() - 2], hull.back()) >= slope(hull.back(), option)) hull.pop_back();
    hull.push_back(option);
  }
  return hull;
}

// Takes better options as long as one fits into what is left.
void spend_rest(const std::vector<std::vector<RankOption>>& layers, std::int64_t left,
                std::vector<std::size_t>& chosen) {
  for (;;) {
    double gain = 0;
    std::size_t best_layer = 0;
    std::size_t best_option = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const RankOption& now = layers[l][chosen[l]];
      for (std::size_t o = 0; o < layers[l].size(); ++o) {
        const RankOption& other = layers[l][o];
        if (other.parameters - now.parameters > left || now.loss - other.loss <= gain) continue;
        gain = now.loss - other.loss;
        best_layer = l;
        best_option = o;
      }
    }
    if (gain <= 0) return;
    left -= layers[best_layer][best_option].parameters - layers[best_layer][chosen[best_layer]].parameters;
    chosen[best_layer] = best_option;
  }
}

}  // namespace

std::vector<std::size_t> spend_parameters(const std::vector<std::vector<RankOption>>& layers, std::int64_t budget) {
  std::vector<std::vector<std::size_t>> hulls;
  std::vector<std::size_t> place(layers.size(), 0), chosen;
  std::int64_t total = 0;
  for (const std::vector<RankOption>& options : layers) {
    hulls.push_back(hull_of(options));
    chosen.push_back(hulls.back()[0]);
    total += options[chosen.back()].parameters;
  }
  while (total > budget) {
    double cheapest = std::numeric_limits<double>::infinity();
    std::size_t giving = layers.size();
    for (std::size_t l = 0; l < layers.size(); ++l) {
      if (place[l] + 1 >= hulls[l].size()) continue;
      const RankOption& now = layers[l][chosen[l]];
      const RankOption& next = layers[l][hulls[l][place[l] + 1]];
      const double price = (next.loss - now.loss) / static_cast<double>(now.parameters - next.parameters);
      if (price >= cheapest) continue;
      cheapest = price;
      giving = l;
    }
    if (giving == layers.size()) return chosen;
    total -= layers[giving][chosen[giving]].parameters;
    chosen[giving] = hulls[giving][++place[giving]];
    total += layers[giving][chosen[giving]].parameters;
  }
  spend_rest(layers, budget - total, chosen);
  return chosen;
}

}  // namespace roofscape::approx
