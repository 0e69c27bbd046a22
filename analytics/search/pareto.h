// Pareto fronts and hypervolume. All objectives are minimised here; callers negate what they maximise.
//
//   const std::vector<std::size_t> front = pareto_front(points);
//   const double volume = hypervolume(points, reference);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace roofscape::search {

using Values = std::vector<double>;

// a is no worse everywhere and better somewhere.
bool dominates(std::span<const double> a, std::span<const double> b);
// Indices of the points that no other dominates, ascending; of equal points the first stays. O(n log n) in two and
// three dimensions, O(n · size of the front) beyond. Points with a NaN are on no front.
std::vector<std::size_t> pareto_front(std::span<const Values> points);
// Volume dominated by `points` within `reference` (points beyond it count 0 there). Exact (WFG recursion).
double hypervolume(std::span<const Values> points, std::span<const double> reference);
// What `point` would add to hypervolume(points, reference): at least 0. Exact.
double hypervolume_gain(std::span<const double> point, std::span<const Values> points,
                        std::span<const double> reference);

// The exact recursion is exponential in the number of objectives. Where it would take long (more than four objectives
// and many points), this answers from a fixed set of 2^15 quasi-random points between `ideal` and `reference` instead:
// the same answer every time, within about a hundredth of the box's volume. Otherwise it is exact.
double bounded_hypervolume(std::span<const Values> points, std::span<const double> ideal,
                           std::span<const double> reference);

// The points in coordinates in which the box from `ideal` to `reference` is the unit cube; what lies beyond the ideal
// is moved onto it.
std::vector<Values> in_unit_box(std::span<const Values> points, std::span<const double> ideal,
                                std::span<const double> reference);
// Share of the box from `ideal` to `reference` that `points` dominate: 0 to 1. A point gains nothing beyond the ideal.
// As exact as bounded_hypervolume.
double box_share(std::span<const Values> points, std::span<const double> ideal, std::span<const double> reference);

// An additive quasi-random sequence in the unit cube: deterministic and evenly spread (a Kronecker sequence whose steps
// are the square roots of the primes).
class QuasiRandom {
 public:
  explicit QuasiRandom(std::size_t dimensions);
  // Coordinate `axis` of point `index`, in [0, 1).
  double at(std::uint64_t index, std::size_t axis) const;

 private:
  std::vector<double> steps_;
};

}  // namespace roofscape::search
