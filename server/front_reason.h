// Why a point of a front is recommended, in one sentence.
//
//   front_reason({objectives, listed, /*recommended=*/2, base, /*front=*/45})
//       == "loses 0.4 points of top-1 and takes 3.1 times less energy than the base network; beyond it, #23 loses 1.2
//           points of top-1 more for 1.3 times less energy"
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "analytics/search/alike.h"
#include "analytics/search/objective.h"

namespace roofscape::server {

struct RatedPoint {
  std::int64_t index = 0;  // number of the evaluation; 0 is the base network
  search::Readings readings;
};

struct ReasonQuestion {
  std::span<const search::Objective> objectives;
  std::span<const RatedPoint> listed;    // the best in the first objective first
  std::size_t recommended = 0;           // index into `listed`
  RatedPoint best;                       // of the whole front in the first objective, listed or not
  std::optional<search::Readings> base;  // absent where the base network does not fit or lacks a value
  std::size_t front_points = 1;          // of the whole front
};
std::string front_reason(const ReasonQuestion& question);

}  // namespace roofscape::server
