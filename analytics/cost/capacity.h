// Whether a network has room on a machine: its weights, what it works on, and both together. Other bounds say how fast
// it runs; without this one a microcontroller would run ResNet-50.
//
//   const Occupancy asked{.weights = Bytes(1e5), .peak_activations = Bytes(1.5e6)};
//   fit(machine.memory, asked) == Fit::kNo;  // of an RP2040: SRAM of 270,336 bytes, and flash for weights only
//   fit_text(machine.memory, asked);         // "needs 1500000 bytes for activations; memory 'SRAM' holds 270336"
//
// Capacities are added up over the levels that may hold the thing asked for, as if none kept a copy of what another
// holds, and a working set is that of one layer: both err towards room, so that kNo is certain.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "analytics/base/units.h"
#include "analytics/cost/fit.h"
#include "analytics/cost/memory.h"

namespace roofscape::cost {

struct Occupancy {
  Bytes weights;           // as stored, of all layers
  Bytes peak_activations;  // largest working set of one layer, for one image
  std::int64_t batch = 1;  // images that are worked on together: each has a working set of its own
};

Fit fit(std::span<const Memory> memories, const Occupancy& asked);

// What is missing, or not known, a sentence without a full stop; empty where it fits.
std::string fit_text(std::span<const Memory> memories, const Occupancy& asked);

}  // namespace roofscape::cost
