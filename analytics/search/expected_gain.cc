#include "analytics/search/expected_gain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <utility>

#include "analytics/search/sample_sets.h"

namespace roofscape::search {
namespace {

constexpr std::size_t kSamples = kMostSamples;
constexpr std::size_t kSteps = 48;
constexpr double kNothingYet = 0.03;  // what a front is taken to have beside what it has reached

// Where a value lies between `best` and `worst`: the cell of kSteps equal ones, and how far into it.
struct Place {
  std::size_t cell = 0;
  double part = 0;
};
Place place_of(double value, double best, double worst) {
  const double step = (worst - best) / kSteps;
  const double position = std::clamp((value - best) / step, 0.0, static_cast<double>(kSteps));
  const std::size_t cell = std::min(static_cast<std::size_t>(position), kSteps - 1);
  return {cell, position - static_cast<double>(cell)};
}

// E[(a − max(y, best))⁺] for any a from best to worst: the integral of the distribution function, by the trapezoidal
// rule.
class Improvement {
 public:
  Improvement(const Forecast& forecast, double best, double worst)
      : best_(best), certain_(forecast.certain), value_(forecast.median()) {
    if (certain_) return;
    const double step = (worst - best) / kSteps;
    double before = forecast.probability_below(best);
    for (std::size_t i = 1; i <= kSteps; ++i) {
      const double now = forecast.probability_below(best + step * static_cast<double>(i));
      sums_[i] = sums_[i - 1] + step * (before + now) / 2;
      before = now;
    }
  }
  // `place` is that of the value.
  double at(double value, const Place& place) const {
    if (certain_) return std::max(0.0, value - std::max(value_, best_));
    return sums_[place.cell] + place.part * (sums_[place.cell + 1] - sums_[place.cell]);
  }

 private:
  double best_;
  bool certain_;
  double value_;
  std::array<double, kSteps + 1> sums_{};
};

// A table of improvements for every pair of an objective and a range that sides integrate over; platforms share them.
class Improvements {
 public:
  explicit Improvements(const Candidate& candidate) : candidate_(candidate) {}
  const Improvement& of(std::size_t objective, double best, double worst) {
    for (const Entry& entry : entries_)
      if (entry.objective == objective && entry.best == best && entry.worst == worst) return entry.improvement;
    return entries_
        .emplace_back(Entry{objective, best, worst, Improvement(candidate_.objectives[objective], best, worst)})
        .improvement;
  }

 private:
  struct Entry {
    std::size_t objective;
    double best, worst;
    Improvement improvement;
  };
  const Candidate& candidate_;
  std::deque<Entry> entries_;
};

}  // namespace

// One front.
struct ExpectedGain::Side {
  const Problem::Front* front = nullptr;
  std::size_t exact = 0;             // position in front->objectives of the one that is integrated
  std::vector<std::size_t> sampled;  // positions of the others
  std::vector<SampleSets> axes;      // one each of the others, in its unit
  std::vector<double> reached;       // a(s)
  std::vector<Place> places;         // of a(s)

  double best() const { return front->ideal[exact]; }
  double worst() const { return front->reference[exact]; }
  const Forecast& exact_of(const Candidate& candidate) const { return candidate.objectives[front->objectives[exact]]; }
  const Forecast& sampled_of(const Candidate& candidate, std::size_t k) const {
    return candidate.objectives[front->objectives[sampled[k]]];
  }
  void reach(std::size_t s, double value) {
    reached[s] = value;
    places[s] = place_of(value, best(), worst());
  }

  double gain(const Candidate& candidate, const Improvement& improvement) const {
    // Exact values (nearly all) decide within by a comparison; only uncertain ones need their distribution.
    SampleSet within = SampleSet::first(reached.size());
    std::vector<std::size_t> uncertain;
    for (std::size_t k = 0; k < sampled.size(); ++k) {
      const Forecast& forecast = sampled_of(candidate, k);
      if (forecast.certain) {
        within &= axes[k].from(forecast.median());
      } else {
        uncertain.push_back(k);
      }
    }
    double sum = 0;
    within.for_each([&](std::size_t s) {
      double share = 1;
      for (const std::size_t k : uncertain) share *= sampled_of(candidate, k).probability_below(axes[k].samples()[s]);
      sum += share * improvement.at(reached[s], places[s]);
    });
    return sum / (static_cast<double>(reached.size()) * (worst() - best()));
  }

  // The share of the box that is dominated.
  double reached_share() const {
    double sum = 0;
    for (const double value : reached) sum += std::max(0.0, worst() - std::max(value, best()));
    return sum / (static_cast<double>(reached.size()) * (worst() - best()));
  }

  void assume(const Candidate& candidate) {
    const double value = exact_of(candidate).median();
    SampleSet within = SampleSet::first(reached.size());
    for (std::size_t k = 0; k < sampled.size(); ++k) within &= axes[k].from(sampled_of(candidate, k).median());
    within.for_each([&](std::size_t s) {
      if (value < reached[s]) reach(s, value);
    });
  }
};

ExpectedGain::ExpectedGain(const Problem& problem, std::span<const Outcome> outcomes, std::uint64_t salt) {
  for (const Problem::Front& front : problem.fronts) {
    Side& side = sides_.emplace_back();
    side.front = &front;
    side.exact = front.objectives.size() - 1;
    for (std::size_t i = front.objectives.size(); i-- > 0;)
      if (problem.measured[front.objectives[i]]) side.exact = i;
    for (std::size_t i = 0; i < front.objectives.size(); ++i)
      if (i != side.exact) side.sampled.push_back(i);
    const QuasiRandom sequence(side.sampled.size());
    const std::size_t count = side.sampled.empty() ? 1 : kSamples;
    for (std::size_t k = 0; k < side.sampled.size(); ++k) {
      const std::size_t i = side.sampled[k];
      Values samples;
      for (std::size_t s = 0; s < count; ++s)
        samples.push_back(front.ideal[i] + sequence.at(salt + s, k) * (front.reference[i] - front.ideal[i]));
      side.axes.emplace_back(std::move(samples));
    }
    side.reached.resize(count);
    side.places.resize(count);
    for (std::size_t s = 0; s < count; ++s) side.reach(s, side.worst());
  }
  for (const Outcome& outcome : outcomes) {
    if (outcome.violation > 0 || outcome.partial) continue;
    Candidate known;
    for (double value : outcome.objectives) known.objectives.push_back(Forecast::exactly(value));
    assume(known);
  }
  double sum = 0;
  for (const Side& side : sides_) sum += weights_.emplace_back(1 / std::sqrt(side.reached_share() + kNothingYet));
  for (double& weight : weights_) weight *= static_cast<double>(weights_.size()) / sum;
}

ExpectedGain::~ExpectedGain() = default;

double ExpectedGain::of(const Candidate& candidate) const {
  Improvements improvements(candidate);
  double sum = 0;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    const Side& side = sides_[i];
    sum += weights_[i] *
           side.gain(candidate, improvements.of(side.front->objectives[side.exact], side.best(), side.worst()));
  }
  return sides_.empty() ? 0 : candidate.feasible * sum / static_cast<double>(sides_.size());
}

void ExpectedGain::assume(const Candidate& candidate) {
  for (Side& side : sides_) side.assume(candidate);
}

}  // namespace roofscape::search
