// The opponent that the search must beat: what a good engineer scripts in a day around an engine and a cost model, in
// the manner of AIMET's and HAWQ's mixed precision. Like the searchers it knows prices before it measures.
//
//   1. One setting for all layers, finest first; what is cheaper than a setting of its ladder that failed is left out,
//      and of variants that cost the same only the better one goes on.
//   2. Sensitivities: each layer's choices alone, on a few calibration images.
//   3. From the good settings, greedy climbs down in cost, on each platform in turn, until the accuracy floor.
//   4. While images are left: single cheaper choices from the points of the fronts, the least harmful first.
//
//   RS_TRY(run_expert_script(lab, /*images=*/120 * 4000));
#pragma once

#include <cstdint>

#include "tests/bench/yardstick/lab.h"

namespace roofscape::bench {

// Ends when so many images have been seen, those of the base network and of sensitivities included, or nothing is left
// to try. Draws nothing at random.
Status run_expert_script(Lab& lab, std::int64_t images);

}  // namespace roofscape::bench
