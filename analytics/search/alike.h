// Which points of a front the intervals of their values cannot justify beside another: a front of 45 points that differ
// by 0.1 µs under intervals of ±100 % is no choice of 45.
//
//   const std::vector<Fold> folds = fold_alike(points);     // in order of preference, the best first
//   folds[0].shown, folds[0].stands_for                     // 0, {2, 5}
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace roofscape::search {

// A minimised value, and the interval that holds the true one as far as its error is its own: what all points of a
// front share (a device that is slower than its data sheet) moves none past another. What is exact is its own interval.
struct Reading {
  double value = 0, low = 0, high = 0;
  static Reading exact(double value) { return {value, value, value}; }
};
using Readings = std::vector<Reading>;  // one an objective

// a is smaller by more than both doubts leave open: more than the hypotenuse of a's half-interval upwards and b's
// downwards. Where both are exact, by more than half a per cent: what the three digits that people are shown can tell.
bool surely_below(const Reading& a, const Reading& b);

// a is surely below b in some objective: what is known speaks for it.
bool has_advantage(std::span<const Reading> a, std::span<const Reading> b);

struct Fold {
  std::size_t shown = 0;
  std::vector<std::size_t> stands_for;  // ascending
};
// Points come in order of preference. Each is folded into one before it over which it has no advantage: into the last
// such one that is shown, which is the most like it. Folds are not chained: whatever is folded was compared with the
// very point that stands for it. One a point that stays, in order.
std::vector<Fold> fold_alike(std::span<const Readings> points);

}  // namespace roofscape::search
