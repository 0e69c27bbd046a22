// The box in which the hypervolume of a platform's front is taken. One for progress and for fronts: what people see
// while an exploration runs is the mean of what they see beside its fronts.
//
// A measured objective runs from a little above the base network's value (agreement: 1; snr: 60 dB) to the job's limit
// on it, or without one half way to chance (loss: twice the base's, plus 0.5; snr: 0). A priced one runs from 0
// (throughput: a quarter above the best price sampled) to the worst among the base and a fixed sample of the space's
// points, or to the job's limit where that is tighter. All of it depends on the job and the base alone, so that every
// run of the job measures with the same rule.
//
//   const std::vector<FrontBox> boxes = front_boxes(job, scoring, space, prices, base);
//   const double share = hypervolume(boxes[0], points);     // 0 to 1
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/search/pareto.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

struct Job;
class Scoring;
class Space;
class PriceList;

struct FrontBox {
  // One an objective that concerns the platform, in the job's order. Values are minimised.
  struct Side {
    std::size_t objective = 0;  // index into the job's
    double ideal = 0, reference = 1;
    bool operator==(const Side&) const = default;
  };
  std::size_t platform = 0;  // index into the job's
  std::vector<Side> sides;
  bool operator==(const FrontBox&) const = default;
};

// One a platform that an objective concerns, in the job's order; `base` is the base network's outcome.
std::vector<FrontBox> front_boxes(const Job& job, const Scoring& scoring, const Space& space, PriceList& prices,
                                  const search::Outcome& base);

// Share of the box that the points dominate: 0 to 1. Points have one minimised value a side.
double hypervolume(const FrontBox& box, std::span<const search::Values> points);

}  // namespace roofscape::explore
