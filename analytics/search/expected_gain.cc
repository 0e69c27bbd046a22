#include "analytics/search/expected_gain.h"

#include <algorithm>
#include <array>
#include <utility>

namespace roofscape::search {
namespace {

constexpr std::size_t kSamples = 768;
constexpr std::size_t kSteps = 48;

// E[(a − max(y, best))⁺] for any a from best to worst: the integral of the distribution function, by the trapezoidal
// rule.
class Improvement {
 public:
  Improvement(const Forecast& forecast, double best, double worst)
      : best_(best), step_((worst - best) / kSteps), certain_(forecast.deviation <= 0), value_(forecast.median()) {
    if (certain_) return;
    double before = forecast.probability_below(best);
    for (std::size_t i = 1; i <= kSteps; ++i) {
      const double now = forecast.probability_below(best + step_ * static_cast<double>(i));
      sums_[i] = sums_[i - 1] + step_ * (before + now) / 2;
      before = now;
    }
  }
  double at(double value) const {
    if (certain_) return std::max(0.0, value - std::max(value_, best_));
    const double position = std::clamp((value - best_) / step_, 0.0, static_cast<double>(kSteps));
    const std::size_t cell = std::min(static_cast<std::size_t>(position), kSteps - 1);
    return sums_[cell] + (position - static_cast<double>(cell)) * (sums_[cell + 1] - sums_[cell]);
  }

 private:
  double best_, step_;
  bool certain_;
  double value_;
  std::array<double, kSteps + 1> sums_{};
};

}  // namespace

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
    for (std::size_t s = 0; s < (side.sampled.empty() ? 1 : kSamples); ++s) {
      Values& sample = side.samples.emplace_back();
      for (std::size_t k = 0; k < side.sampled.size(); ++k) {
        const std::size_t i = side.sampled[k];
        sample.push_back(front.ideal[i] + sequence.at(salt + s, k) * (front.reference[i] - front.ideal[i]));
      }
    }
    side.reached.assign(side.samples.size(), front.reference[side.exact]);
  }
  for (const Outcome& outcome : outcomes) {
    if (outcome.violation > 0) continue;
    Candidate known;
    for (double value : outcome.objectives) known.objectives.push_back(Forecast::exactly(value));
    assume(known);
  }
}

double ExpectedGain::of(const Candidate& candidate, double spread) const {
  double sum = 0;
  for (const Side& side : sides_) sum += of(side, candidate, spread);
  return sides_.empty() ? 0 : candidate.feasible * sum / static_cast<double>(sides_.size());
}

double ExpectedGain::of(const Side& side, const Candidate& candidate, double spread) const {
  const Problem::Front& front = *side.front;
  const double best = front.ideal[side.exact], worst = front.reference[side.exact];
  Forecast exact = candidate.objectives[front.objectives[side.exact]];
  exact.deviation *= spread;
  const Improvement improvement(exact, best, worst);
  // Exact values (nearly all) decide within by a comparison; only uncertain ones need their distribution.
  std::vector<std::pair<std::size_t, double>> certain;
  std::vector<std::pair<std::size_t, const Forecast*>> uncertain;
  for (std::size_t k = 0; k < side.sampled.size(); ++k) {
    const Forecast& forecast = candidate.objectives[front.objectives[side.sampled[k]]];
    if (forecast.deviation > 0) {
      uncertain.emplace_back(k, &forecast);
    } else {
      certain.emplace_back(k, forecast.median());
    }
  }
  double sum = 0;
  for (std::size_t s = 0; s < side.samples.size(); ++s) {
    const double* sample = side.samples[s].data();
    const bool out = std::any_of(certain.begin(), certain.end(),
                                 [&](const auto& known) { return known.second > sample[known.first]; });
    if (out) continue;
    double within = 1;
    for (const auto& [k, forecast] : uncertain) within *= forecast->probability_below(sample[k]);
    if (within > 0) sum += within * improvement.at(side.reached[s]);
  }
  return sum / (static_cast<double>(side.samples.size()) * (worst - best));
}

void ExpectedGain::assume(const Candidate& candidate) {
  for (Side& side : sides_) {
    const Problem::Front& front = *side.front;
    const double value = candidate.objectives[front.objectives[side.exact]].median();
    for (std::size_t s = 0; s < side.samples.size(); ++s) {
      bool within = true;
      for (std::size_t k = 0; k < side.sampled.size() && within; ++k)
        within = candidate.objectives[front.objectives[side.sampled[k]]].median() <= side.samples[s][k];
      if (within) side.reached[s] = std::min(side.reached[s], value);
    }
  }
}

}  // namespace roofscape::search
