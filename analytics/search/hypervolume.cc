// Hypervolume: sweeps in one to three dimensions, and above them the recursion of While, Bradstreet and Barone (WFG):
// the volume of a set is the sum of what each point adds to those after it, and what a point adds is its own box less
// the volume of the others clipped to that box.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "analytics/base/status.h"
#include "analytics/search/pareto.h"

namespace roofscape::search {
namespace {

double box(std::span<const double> point, std::span<const double> reference) {
  double volume = 1;
  for (std::size_t i = 0; i < reference.size(); ++i) volume *= reference[i] - point[i];
  return volume;
}

// Points strictly inside the reference, without those that another covers, sorted by their last value, smallest first.
std::vector<Values> inside(std::span<const Values> points, std::span<const double> reference) {
  std::vector<Values> kept;
  for (const Values& point : points) {
    RS_CHECK(point.size() == reference.size());
    bool in = true;
    for (std::size_t i = 0; i < reference.size(); ++i) in = in && point[i] < reference[i];
    if (in) kept.push_back(point);
  }
  std::vector<Values> front;
  for (std::size_t i : pareto_front(kept)) front.push_back(std::move(kept[i]));
  std::stable_sort(front.begin(), front.end(), [](const Values& a, const Values& b) { return a.back() < b.back(); });
  return front;
}

double sweep_2d(const std::vector<Values>& front, std::span<const double> reference) {
  double volume = 0, x = reference[0];  // sorted by y, so x falls
  for (const Values& point : front) {
    volume += (x - point[0]) * (reference[1] - point[1]);
    x = point[0];
  }
  return volume;
}

// Sweeps z upwards over the staircase of the (x, y) seen so far, whose area is kept as points enter.
double sweep_3d(const std::vector<Values>& front, std::span<const double> reference) {
  std::map<double, double> stairs;  // x → y; y falls as x grows
  double volume = 0, area = 0;
  for (std::size_t i = 0; i < front.size(); ++i) {
    const double x = front[i][0], y = front[i][1];
    auto after = stairs.upper_bound(x);
    double top = after == stairs.begin() ? reference[1] : std::prev(after)->second;
    if (top > y) {
      double left = x;
      auto first = stairs.lower_bound(x);
      auto step = first;
      for (; step != stairs.end() && step->second >= y; ++step) {
        area += (step->first - left) * (top - y);
        left = step->first;
        top = step->second;
      }
      const double right = step == stairs.end() ? reference[0] : step->first;
      area += (right - left) * (top - y);
      stairs.erase(first, step);
      stairs.emplace(x, y);
    }
    const double next = i + 1 < front.size() ? front[i + 1][2] : reference[2];
    volume += area * (next - front[i][2]);
  }
  return volume;
}

double volume_of(const std::vector<Values>& front, std::span<const double> reference);

// What front[at] adds to the points before it.
double exclusive(const std::vector<Values>& front, std::size_t at, std::span<const double> reference) {
  std::vector<Values> limited;
  limited.reserve(at);
  for (std::size_t j = 0; j < at; ++j) {
    Values worse(reference.size());
    for (std::size_t i = 0; i < worse.size(); ++i) worse[i] = std::max(front[j][i], front[at][i]);
    limited.push_back(std::move(worse));
  }
  return box(front[at], reference) - volume_of(inside(limited, reference), reference);
}

double volume_of(const std::vector<Values>& front, std::span<const double> reference) {
  if (front.empty()) return 0;
  if (reference.size() == 1) return reference[0] - front.front()[0];
  if (reference.size() == 2) return sweep_2d(front, reference);
  if (reference.size() == 3) return sweep_3d(front, reference);
  double volume = 0;
  for (std::size_t i = 0; i < front.size(); ++i) volume += exclusive(front, i, reference);
  return volume;
}

// Whether the exact recursion ends soon for so many points of the front.
bool quick(std::size_t points, std::size_t dimensions) {
  if (dimensions <= 3) return true;
  if (dimensions == 4) return points <= 1000;
  return points <= (dimensions == 5 ? 100U : dimensions == 6 ? 40U : 16U);
}

}  // namespace

double hypervolume(std::span<const Values> points, std::span<const double> reference) {
  RS_CHECK(!reference.empty());
  return volume_of(inside(points, reference), reference);
}

double hypervolume_gain(std::span<const double> point, std::span<const Values> points,
                        std::span<const double> reference) {
  for (std::size_t i = 0; i < reference.size(); ++i)
    if (!(point[i] < reference[i])) return 0;
  std::vector<Values> limited;
  for (const Values& other : points) {
    Values worse(reference.size());
    for (std::size_t i = 0; i < worse.size(); ++i) worse[i] = std::max(other[i], point[i]);
    limited.push_back(std::move(worse));
  }
  return std::max(0.0, box(point, reference) - hypervolume(limited, reference));
}

double bounded_hypervolume(std::span<const Values> points, std::span<const double> ideal,
                           std::span<const double> reference) {
  const std::vector<Values> front = inside(points, reference);
  if (quick(front.size(), reference.size())) return volume_of(front, reference);
  constexpr std::uint64_t kSamples = 1U << 15;
  std::uint64_t dominated = 0;
  Values sample(reference.size());
  const QuasiRandom sequence(reference.size());
  for (std::uint64_t s = 0; s < kSamples; ++s) {
    for (std::size_t i = 0; i < sample.size(); ++i)
      sample[i] = ideal[i] + sequence.at(s, i) * (reference[i] - ideal[i]);
    dominated += std::any_of(front.begin(), front.end(), [&](const Values& point) {
      return std::equal(point.begin(), point.end(), sample.begin(), [](double a, double b) { return a <= b; });
    });
  }
  return box(ideal, reference) * static_cast<double>(dominated) / static_cast<double>(kSamples);
}

std::vector<Values> in_unit_box(std::span<const Values> points, std::span<const double> ideal,
                                std::span<const double> reference) {
  std::vector<Values> scaled(points.begin(), points.end());
  for (Values& point : scaled)
    for (std::size_t i = 0; i < point.size(); ++i)
      point[i] = std::max((point[i] - ideal[i]) / (reference[i] - ideal[i]), 0.0);
  return scaled;
}

double box_share(std::span<const Values> points, std::span<const double> ideal, std::span<const double> reference) {
  return bounded_hypervolume(in_unit_box(points, ideal, reference), Values(ideal.size(), 0.0),
                             Values(ideal.size(), 1.0));
}

QuasiRandom::QuasiRandom(std::size_t dimensions) {
  for (int candidate = 2; steps_.size() < dimensions; ++candidate) {
    bool prime = true;
    for (int divisor = 2; divisor * divisor <= candidate; ++divisor) prime = prime && candidate % divisor != 0;
    if (prime) steps_.push_back(std::sqrt(candidate) - std::floor(std::sqrt(candidate)));
  }
}

double QuasiRandom::at(std::uint64_t index, std::size_t axis) const {
  const double position = 0.5 + static_cast<double>(index + 1) * steps_[axis];
  return position - std::floor(position);
}

}  // namespace roofscape::search
