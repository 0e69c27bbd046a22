// How long the engine takes for a batch on this machine.
//
//   RS_ASSIGN(const auto watch, Stopwatch::create(network, /*batch=*/16));
//   Seconds best = *watch->round(/*threads=*/2, /*seconds=*/0.03);        // again and again: the smallest counts
//   best / 32;                                   // of one image: two workers have 16 each in that time
//
// Workers take whole batches, as they do when the engine measures: one each that warms caches and pages, then as many
// as fill the time of the round. Counted is the processor time of the workers, over their batches: on a machine that
// does nothing else the time on the clock, and where others want the processors, without their share. What they do to
// caches and clock still slows a round, so the best of several is the engine's own time; they should lie apart, as what
// disturbs them comes and goes.
#pragma once

#include <cstdint>
#include <memory>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/network/network.h"

namespace roofscape::engine {

class Stopwatch {
 public:
  // Makes everything ready and runs one batch. `batch` is the images that one worker takes at once; they are random
  // numbers, the same ones each time: speed does not depend on what they show. Fails where the engine cannot run the
  // network so. The network must outlive the watch.
  static Result<std::unique_ptr<Stopwatch>> create(const Network& network, std::int64_t batch);
  virtual ~Stopwatch() = default;

  // Time of one batch while `threads` workers are busy, from a round of about `seconds` and at least one batch for
  // each. Fails with kCancelled between two batches.
  virtual Result<Seconds> round(int threads, double seconds, const CancelToken* cancel = nullptr) = 0;
};

}  // namespace roofscape::engine
