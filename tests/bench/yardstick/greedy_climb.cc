#include "tests/bench/yardstick/greedy_climb.h"

#include <algorithm>
#include <cmath>

namespace roofscape::bench {
namespace {

struct Flip {
  Single single;
  double harm = HUGE_VAL;  // damage added for a unit of cost saved; HUGE_VAL: it saves nothing
};

// The way down. What a flip saves changes little as others are made, so that only the first of the list is looked at
// again until it stays the first.
class WayDown {
 public:
  WayDown(const RelativeCost& cost, const Sensitivities& sensitivities, const search::Point& start)
      : cost_(cost), sensitivities_(sensitivities), point_(start), here_(cost.of(start)) {
    for (std::size_t v = 0; v < start.size(); ++v)
      for (std::size_t c = 0; c < sensitivities.all()[v].size(); ++c) {
        Flip flip{{v, static_cast<std::uint16_t>(c)}};
        flip.harm = harm(flip.single);
        if (flip.harm < HUGE_VAL) flips_.push_back(flip);
      }
    std::make_heap(flips_.begin(), flips_.end(), harms_more);
  }

  bool step() {
    while (!flips_.empty()) {
      std::pop_heap(flips_.begin(), flips_.end(), harms_more);
      Flip flip = flips_.back();
      flips_.pop_back();
      const double now = harm(flip.single);
      if (now == HUGE_VAL) continue;
      if (!flips_.empty() && now > flip.harm && now > flips_.front().harm) {
        flip.harm = now;
        flips_.push_back(flip);
        std::push_heap(flips_.begin(), flips_.end(), harms_more);
        continue;
      }
      point_[flip.single.variable] = flip.single.choice;
      here_ = cost_.of(point_);
      return true;
    }
    return false;
  }

  const search::Point& point() const { return point_; }

 private:
  static bool harms_more(const Flip& a, const Flip& b) { return a.harm > b.harm; }

  double harm(const Single& single) const {
    constexpr double kLeastSaved = 1e-4, kLeastDamage = 1e-9;
    const auto damage = sensitivities_.of(single.variable, single.choice);
    if (!damage || !here_ || point_[single.variable] == single.choice) return HUGE_VAL;
    search::Point flipped = point_;
    flipped[single.variable] = single.choice;
    const auto there = cost_.of(flipped);
    if (!there || *here_ - *there < kLeastSaved) return HUGE_VAL;
    const double added = *damage - sensitivities_.of(single.variable, point_[single.variable]).value_or(0);
    return std::max(added, kLeastDamage) / (*here_ - *there);
  }

  const RelativeCost& cost_;
  const Sensitivities& sensitivities_;
  search::Point point_;
  std::optional<double> here_;
  std::vector<Flip> flips_;
};

}  // namespace

GreedyClimb::GreedyClimb(Lab& lab, const RelativeCost& cost, const Sensitivities& sensitivities,
                         const search::Point& start)
    : way_{start} {
  WayDown way(cost, sensitivities, start);
  while (way.step())
    if (lab.price(way.point()).feasible) way_.push_back(way.point());
  states_.resize(way_.size(), State::kUnknown);
  states_[0] = State::kGood;
  first_bad_ = way_.size();
}

std::optional<search::Point> GreedyClimb::next() {
  const auto place = bounded() ? middle_of_largest_gap() : std::optional((last_good_ + first_bad_) / 2);
  if (!place) return std::nullopt;
  asked_ = *place;
  return way_[asked_];
}

void GreedyClimb::tell(bool good) {
  states_[asked_] = good ? State::kGood : State::kBad;
  if (bounded()) return;
  (good ? last_good_ : first_bad_) = asked_;
}

std::optional<std::size_t> GreedyClimb::middle_of_largest_gap() const {
  std::size_t low = 0, best = 0, gap = 1;
  for (std::size_t i = 1; i <= last_good_; ++i) {
    if (states_[i] == State::kUnknown) continue;
    if (i - low > gap) {
      gap = i - low;
      best = low;
    }
    low = i;
  }
  return gap > 1 ? std::optional(best + gap / 2) : std::nullopt;
}

}  // namespace roofscape::bench
