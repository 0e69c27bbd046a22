// From a good point down in cost: one layer after another takes a cheaper choice, the one that harms least for what it
// saves first (as HAWQ and AIMET's mixed precision order them). How far one can go is measured, by bisection; then the
// way there is filled in, the largest gap first.
//
//   GreedyClimb climb(lab, cost, sensitivities, start);       // `start` is measured and good
//   while (const auto point = climb.next()) climb.tell(good(measure(*point)));
#pragma once

#include <optional>
#include <vector>

#include "tests/bench/yardstick/relative_cost.h"
#include "tests/bench/yardstick/sensitivities.h"

namespace roofscape::bench {

class GreedyClimb {
 public:
  GreedyClimb(Lab& lab, const RelativeCost& cost, const Sensitivities& sensitivities, const search::Point& start);

  // The point to measure next; nothing when the way is known well enough.
  std::optional<search::Point> next();
  // Whether it holds the accuracy that is asked for.
  void tell(bool good);
  // Whether the end of the way is found.
  bool bounded() const { return last_good_ + 1 >= first_bad_; }

 private:
  enum class State { kUnknown, kGood, kBad };
  std::optional<std::size_t> middle_of_largest_gap() const;

  std::vector<search::Point> way_;  // from the start on; each differs from the one before it in one variable
  std::vector<State> states_;
  std::size_t last_good_ = 0, first_bad_ = 0;  // places on the way
  std::size_t asked_ = 0;
};

}  // namespace roofscape::bench
