#include "analytics/search/best_subset.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include "analytics/base/status.h"

namespace roofscape::search {
namespace {

using Indices = std::vector<std::size_t>;

// Which of the fixed points in the unit cube one point dominates.
constexpr std::size_t kSamples = std::size_t{1} << 14;
using Dominated = std::array<std::uint64_t, kSamples / 64>;

// Volume of subsets of points in the unit cube, all of it within reference 1.
class Volumes {
 public:
  Volumes(std::vector<Values> points, std::size_t count) : points_(std::move(points)) {
    const std::size_t dimensions = points_[0].size();
    if (dimensions <= 3 || (dimensions == 4 && count <= 30)) return;  // exact ones are quick
    const QuasiRandom sequence(dimensions);
    std::vector<Values> samples(kSamples, Values(dimensions));
    for (std::size_t s = 0; s < kSamples; ++s)
      for (std::size_t i = 0; i < dimensions; ++i) samples[s][i] = sequence.at(s, i);
    for (const Values& point : points_) {
      Dominated& bits = dominated_.emplace_back();
      for (std::size_t s = 0; s < kSamples; ++s)
        if (std::equal(point.begin(), point.end(), samples[s].begin(), [](double a, double b) { return a <= b; }))
          bits[s / 64] |= std::uint64_t{1} << s % 64;
    }
  }

  std::size_t size() const { return points_.size(); }
  const std::vector<Values>& points() const { return points_; }

  double of(const Indices& subset) const {
    if (!dominated_.empty()) return counted(subset);
    std::vector<Values> chosen;
    for (const std::size_t index : subset) chosen.push_back(points_[index]);
    return hypervolume(chosen, Values(points_[0].size(), 1.0));
  }

 private:
  double counted(const Indices& subset) const {
    std::size_t count = 0;
    for (std::size_t word = 0; word < kSamples / 64; ++word) {
      std::uint64_t any = 0;
      for (const std::size_t index : subset) any |= dominated_[index][word];
      count += static_cast<std::size_t>(std::popcount(any));
    }
    return static_cast<double>(count) / kSamples;
  }

  std::vector<Values> points_;
  std::vector<Dominated> dominated_;
};

// Points of the staircase from left to right, in two dimensions.
Indices staircase(const std::vector<Values>& points) {
  Indices stairs = pareto_front(points);
  std::erase_if(stairs, [&](std::size_t i) { return points[i][0] >= 1 || points[i][1] >= 1; });
  std::sort(stairs.begin(), stairs.end(), [&](std::size_t a, std::size_t b) { return points[a][0] < points[b][0]; });
  return stairs;
}

// The volume of chosen stairs is a sum of strips, each as high as the stair on its left: the best way to end at a stair
// with so many chosen follows from the best ways to end before it.
Indices best_stairs(const std::vector<Values>& points, const Indices& stairs, std::size_t count) {
  const auto strip = [&](std::size_t from, double to) {
    return (to - points[stairs[from]][0]) * (1 - points[stairs[from]][1]);
  };
  std::vector<double> before(stairs.size(), 0);           // volume left of a stair that is the last chosen one
  std::vector<std::vector<std::uint32_t>> steps(1, {0});  // [chosen][last] → the one before last
  for (std::size_t chosen = 1; chosen < count; ++chosen) {
    std::vector<double> next(stairs.size(), -1);
    std::vector<std::uint32_t>& from = steps.emplace_back(stairs.size(), 0);
    for (std::size_t last = chosen; last < stairs.size(); ++last)
      for (std::size_t i = chosen - 1; i < last; ++i) {
        const double volume = before[i] + strip(i, points[stairs[last]][0]);
        if (volume > next[last]) next[last] = volume, from[last] = static_cast<std::uint32_t>(i);
      }
    before = std::move(next);
  }
  std::size_t last = count - 1;
  for (std::size_t i = last; i < stairs.size(); ++i)
    if (before[i] + strip(i, 1) > before[last] + strip(last, 1)) last = i;
  Indices subset = {stairs[last]};
  for (std::size_t chosen = count - 1; chosen > 0; --chosen) {
    last = steps[chosen][last];
    subset.push_back(stairs[last]);
  }
  return subset;
}

// Whether there are at most `limit` subsets of that size.
bool few_subsets(std::size_t points, std::size_t count, double limit) {
  double subsets = 1;
  for (std::size_t i = 0; i < count && subsets <= limit; ++i)
    subsets *= static_cast<double>(points - i) / static_cast<double>(i + 1);
  return subsets <= limit;
}

Indices best_of_all(const Volumes& volumes, std::size_t count) {
  Indices subset(count), best;
  std::iota(subset.begin(), subset.end(), std::size_t{0});
  double most = -1;
  for (;;) {
    if (const double volume = volumes.of(subset); volume > most) most = volume, best = subset;
    std::size_t at = count;  // the last position that can still move right
    while (at > 0 && subset[at - 1] == volumes.size() - count + at - 1) --at;
    if (at == 0) return best;
    std::iota(subset.begin() + static_cast<std::ptrdiff_t>(at) - 1, subset.end(), subset[at - 1] + 1);
  }
}

// Adds the point that gains most, again and again. Gains only fall as the set grows, so a point whose last known gain
// is below the best of this round is not looked at again.
Indices greedy(const Volumes& volumes, std::size_t count) {
  Indices subset;
  std::vector<double> gains(volumes.size(), INFINITY);
  double volume = 0;
  while (subset.size() < count) {
    std::size_t best = volumes.size();
    double most = -1;
    Indices order;
    for (std::size_t i = 0; i < volumes.size(); ++i)
      if (gains[i] >= 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gains[a] > gains[b]; });
    for (const std::size_t i : order) {
      if (gains[i] <= most) break;
      subset.push_back(i);
      gains[i] = std::max(0.0, volumes.of(subset) - volume);
      subset.pop_back();
      if (gains[i] > most || (gains[i] == most && i < best)) most = gains[i], best = i;
    }
    subset.push_back(best);
    volume = volumes.of(subset);
    gains[best] = -1;  // chosen
  }
  return subset;
}

// Exchanges one chosen point for another as long as that gains and the budget lasts.
void swap_better(const Volumes& volumes, Indices* subset) {
  const double size = static_cast<double>(subset->size());
  auto budget = static_cast<std::int64_t>(1e6 / (size * size));
  std::vector<bool> chosen(volumes.size(), false);
  for (const std::size_t index : *subset) chosen[index] = true;
  double volume = volumes.of(*subset);
  for (bool better = true; better;) {
    better = false;
    for (std::size_t& place : *subset)
      for (std::size_t i = 0; i < volumes.size(); ++i) {
        if (chosen[i]) continue;
        if (budget-- <= 0) return;
        const std::size_t old = std::exchange(place, i);
        const double now = volumes.of(*subset);
        if (now > volume * (1 + 1e-12)) {
          volume = now;
          chosen[old] = false;
          chosen[i] = better = true;
        } else {
          place = old;
        }
      }
  }
}

Indices search_subset(std::vector<Values> points, std::size_t count) {
  constexpr double kMostSubsets = 3000, kMostSteps = 2e8;
  if (points[0].size() == 2) {
    const Indices stairs = staircase(points);
    if (stairs.size() <= count) return stairs;
    const auto n = static_cast<double>(stairs.size());
    if (n * n * static_cast<double>(count) <= kMostSteps) return best_stairs(points, stairs, count);
  }
  const Volumes volumes(std::move(points), count);
  if (few_subsets(volumes.size(), count, kMostSubsets)) return best_of_all(volumes, count);
  Indices subset = greedy(volumes, count);
  swap_better(volumes, &subset);
  return subset;
}

}  // namespace

std::vector<std::size_t> best_subset(std::span<const Values> points, std::span<const double> ideal,
                                     std::span<const double> reference, std::size_t count) {
  Indices all(points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (points.size() <= count) return all;
  if (count == 0) return {};
  Indices subset = search_subset(in_unit_box(points, ideal, reference), count);
  std::vector<bool> chosen(points.size(), false);
  for (const std::size_t index : subset) chosen[index] = true;
  for (std::size_t i = 0; subset.size() < count; ++i)
    if (!chosen[i]) subset.push_back(i);
  std::sort(subset.begin(), subset.end());
  return subset;
}

}  // namespace roofscape::search
