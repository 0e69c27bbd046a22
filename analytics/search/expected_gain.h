// What a candidate is expected to add to the hypervolumes of the fronts, relative to what each has.
//
// A platform on which little can be gained would be forgotten beside one on which much can: so each front's growth is
// divided by the root of what it has reached (and a little more, for fronts that have nothing yet).
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

  double of(const Candidate& candidate) const;
  void assume(const Candidate& candidate);

 private:
  struct Side;
  std::vector<Side> sides_;
  std::vector<double> weights_;  // of the sides; 1 in the mean
};

}  // namespace roofscape::search
