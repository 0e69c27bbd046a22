// What a candidate is expected to add to the mean normalised hypervolume of the fronts.
//
// Along one objective of each front (a measured one where there is one) the integral is taken exactly; the others are
// sampled. At a sample s of the other objectives, the best value a(s) that any outcome reaches within s is known; a
// candidate which is within s itself adds its expected improvement E[(a(s) − y)⁺]. The mean over the samples is the
// expected growth of the hypervolume. Samples are quasi-random, so that the same candidates get the same gains.
//
//   ExpectedGain gain(problem, outcomes, salt);
//   const double g = gain.of(candidate);
//   gain.assume(candidate);               // from now on as if it were measured with its median
#pragma once

#include <span>
#include <vector>

#include "analytics/search/forecast.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

struct Candidate {
  Point point;
  std::vector<Forecast> objectives;  // one an objective; priced ones are exact
  double feasible = 1;               // probability of holding the measured limits
};

class ExpectedGain {
 public:
  // `outcomes`: all told so far. `salt` moves the samples, so that other rounds look at other places.
  ExpectedGain(const Problem& problem, std::span<const Outcome> outcomes, std::uint64_t salt);
  ~ExpectedGain();

  // `spread` multiplies the deviations of the forecasts: above 1 it favours what is not well known.
  double of(const Candidate& candidate, double spread = 1) const;
  void assume(const Candidate& candidate);

 private:
  struct Side;
  std::vector<Side> sides_;
};

}  // namespace roofscape::search
