// A run of a job for an optimiser in another program, which names points in lines of text.
//
//   it is told                                     it answers
//   seed 1 objectives 4 choices 31 31 3            point 4 0 2
//   measured 0 0.21 0.5 0.43 0.1                   point …          violation, then the objectives
//   refused 0.25                                   point …          the violation of the price: nothing was measured
//   spent                                                           no images are left: the next seed's line follows
//   done                                                            the same, by the other's wish; nothing is answered
//
// An objective is told as the user wrote it: its mean over the platforms that it concerns, each as a share of the box
// in which fronts are judged (0 ideal, 1 worthless; at most 2), where the point does not fit a platform as 2.
#pragma once

#include <cstdint>
#include <iosfwd>

#include "tests/bench/yardstick/lab.h"

namespace roofscape::bench {

// Serves one seed until so many images have been seen, or the input ends.
Status serve_points(Lab& lab, std::uint64_t seed, std::int64_t images, std::istream& in, std::ostream& out);

}  // namespace roofscape::bench
