#include "analytics/linear/k_means_1d.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "analytics/base/status.h"

namespace roofscape::linear {
namespace {

struct Point {
  double value, weight;
};

// Sorted, equal values merged.
std::vector<Point> distinct_points(std::span<const double> values, std::span<const double> weights) {
  const bool weighted = std::any_of(weights.begin(), weights.end(), [](double weight) { return weight > 0; });
  std::vector<Point> points;
  points.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double weight = weighted ? weights[i] : 1.0;
    if (weight > 0) points.push_back({values[i], weight});
  }
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return std::tie(a.value, a.weight) < std::tie(b.value, b.weight); });
  std::size_t last = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].value == points[last].value)
      points[last].weight += points[i].weight;
    else
      points[++last] = points[i];
  }
  if (!points.empty()) points.resize(last + 1);
  return points;
}

// Where clusters begin and the last one ends: 0 = path[0] < … < path[k] = n.
using Path = std::vector<std::size_t>;

class Line {
 public:
  explicit Line(const std::vector<Point>& points) : sums_(points.size() + 1) {
    double weight = 0;
    double first = 0;
    for (const Point& point : points) {
      weight += point.weight;
      first += point.weight * point.value;
    }
    const double mean = first / weight;  // taken off, so that squares do not cancel
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double centred = points[i].value - mean;
      const double moment = points[i].weight * centred;
      sums_[i + 1] = {sums_[i].weight + points[i].weight, sums_[i].first + moment, sums_[i].second + moment * centred};
    }
  }

  std::size_t size() const { return sums_.size() - 1; }

  // Loss of one cluster of points [from, to), from < to.
  double cost(std::size_t from, std::size_t to) const {
    const double first = sums_[to].first - sums_[from].first;
    const double loss = sums_[to].second - sums_[from].second - first * first / (sums_[to].weight - sums_[from].weight);
    return loss > 0 ? loss : 0;
  }

  // The cheapest path where each cluster costs its loss and `price`. The best start of the last cluster never moves
  // left as the end moves right, so that each start is best for one run of ends; `runs` holds those that are not over.
  Path cheapest(double price) const {
    struct Run {
      std::size_t start, from;  // ends from `from` on are best reached from `start`
    };
    const std::size_t n = size();
    std::vector<double> total(n + 1, 0.0);
    std::vector<std::size_t> start_of(n + 1, 0);
    std::vector<Run> runs{{0, 1}};
    std::size_t current = 0;
    const auto reach = [&](std::size_t start, std::size_t end) { return total[start] + cost(start, end); };
    for (std::size_t end = 1; end <= n; ++end) {
      while (current + 1 < runs.size() && runs[current + 1].from <= end) ++current;
      start_of[end] = runs[current].start;
      total[end] = reach(runs[current].start, end) + price;
      // From now on `end` is a start, too: it takes over the last runs, wholly or from some end on.
      while (runs.size() > current + 1 && reach(end, runs.back().from) <= reach(runs.back().start, runs.back().from))
        runs.pop_back();
      std::size_t low = std::max(runs.back().from, end) + 1;
      std::size_t high = n + 1;
      while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (reach(end, middle) <= reach(runs.back().start, middle))
          high = middle;
        else
          low = middle + 1;
      }
      if (low <= n) runs.push_back({end, low});
    }
    Path path{n};
    while (path.back() != 0) path.push_back(start_of[path.back()]);
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  struct Sums {
    double weight = 0, first = 0, second = 0;  // Σ w, Σ w·x, Σ w·x² of the points before
  };
  std::vector<Sums> sums_;
};

std::size_t clusters_of(const Path& path) { return path.size() - 1; }

// From two paths that are both cheapest at one price, one of exactly k clusters: the start of the shorter and the end
// of the longer, changed where a cluster of the shorter spans one of the longer.
Path spliced(const Path& shorter, const Path& longer, std::size_t k) {
  const std::size_t shift = clusters_of(longer) - k;
  std::size_t i = 0;
  while (longer[i + shift + 1] > shorter[i + 1]) ++i;
  Path path(shorter.begin(), shorter.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  path.insert(path.end(), longer.begin() + static_cast<std::ptrdiff_t>(i + shift) + 1, longer.end());
  return path;
}

Path best_path(const Line& line, std::size_t k) {
  Path longer(line.size() + 1);
  std::iota(longer.begin(), longer.end(), std::size_t{0});
  Path shorter{0, line.size()};
  if (k >= line.size()) return longer;
  if (k == 1) return shorter;
  // At a price above the loss of one cluster there is one; near 0 each point is one.
  double high = std::log(line.cost(0, line.size()));
  double low = high - 80;
  // Where values lie evenly, k clusters are cheapest at a price of about k^-3 of that loss.
  const auto guess_from = [&](double price, std::size_t clusters) {
    return price + 3 * std::log(static_cast<double>(clusters) / static_cast<double>(k));
  };
  double price = guess_from(high, 1);
  for (int turn = 1; high - low > 1e-13 * std::max(1.0, std::abs(high)); ++turn) {
    // A guess may come ever closer to one end; every third turn halves what is left.
    if (turn % 3 == 0 || !(price > low && price < high)) price = low + (high - low) / 2;
    Path path = line.cheapest(std::exp(price));
    const std::size_t clusters = clusters_of(path);
    if (clusters == k) return path;
    if (clusters > k) {
      longer = std::move(path);
      low = price;
    } else {
      shorter = std::move(path);
      high = price;
    }
    price = guess_from(price, clusters);
  }
  return spliced(shorter, longer, k);
}

}  // namespace

Clusters k_means_1d(std::span<const double> values, std::span<const double> weights, std::size_t k) {
  RS_CHECK(weights.empty() || weights.size() == values.size());
  const std::vector<Point> points = distinct_points(values, weights);
  Clusters result;
  if (points.empty() || k == 0) return result;
  const Path path = best_path(Line(points), k);
  for (std::size_t c = 0; c + 1 < path.size(); ++c) {
    double weight = 0;
    double moment = 0;
    for (std::size_t i = path[c]; i < path[c + 1]; ++i) {
      weight += points[i].weight;
      moment += points[i].weight * (points[i].value - points[path[c]].value);
    }
    const double centre = points[path[c]].value + moment / weight;
    result.centres.push_back(centre);
    for (std::size_t i = path[c]; i < path[c + 1]; ++i)
      result.loss += points[i].weight * (points[i].value - centre) * (points[i].value - centre);
  }
  return result;
}

std::size_t nearest(std::span<const double> centres, double value) {
  RS_CHECK(!centres.empty());
  const auto above = std::lower_bound(centres.begin(), centres.end(), value);
  const auto index = static_cast<std::size_t>(above - centres.begin());
  if (above == centres.end()) return centres.size() - 1;
  if (index == 0 || *above - value < value - centres[index - 1]) return index;
  return index - 1;
}

}  // namespace roofscape::linear
