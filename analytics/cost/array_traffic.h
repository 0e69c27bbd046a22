// What an array reads and writes of the memory that feeds it: each value as often as its rounds ask for, not once.
//
//   array_accesses(array, Stays::kWeights, work, /*images=*/1);  // values: inputs, weights, sums written and read
//   again
//
// for M positions of the output, K inputs of each and N filters, in ⌈K⌉ ⌈N⌉ ⌈M⌉ rounds of the array's lanes:
//
//   what stays in the array   inputs read   weights read   sums written    and read again
//   weights                   M·K·⌈N⌉       K·N            M·N·⌈K⌉         M·N·(⌈K⌉ − 1)
//   sums                      M·K·⌈N⌉       K·N·⌈M⌉        M·N             0
//   inputs                    M·K           K·N·⌈M⌉        M·N·⌈K⌉         M·N·(⌈K⌉ − 1)
//
// as SCALE-Sim counts (Samajdar et al., ISPASS 2020). Of a systolic array the kind of lanes that it lacks says what
// stays. Other arrays of two or three kinds of lanes take whichever of the three asks for fewest bytes: a lower bound
// for a multiplier that keeps one value.
//
// At once for each byte stay arrays of fewer kinds of lanes, and those whose lanes take rows of kernels: how often
// their elements, with memories of their own, read a buffer depends on how rows are folded, and Eyeriss reads its
// weights past the buffer (Chen et al., ISCA 2016).
#pragma once

#include <cstdint>

#include "analytics/base/units.h"
#include "analytics/cost/array.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/memory.h"
#include "analytics/cost/passing.h"

namespace roofscape::cost {

enum class Stays : std::uint8_t { kWeights, kSums, kInputs };

struct ArrayAccesses {
  double inputs = 0, weights = 0, sums_written = 0, sums_read = 0;
};
ArrayAccesses array_accesses(const Array& array, Stays stays, const WorkOnArray& work, double images);

// Of a systolic array, by its lanes.
Stays stays_in(const Array& systolic);

// Bytes of a layer through the innermost memory, of which `once` says what they are if each passes once; at least that.
// Inputs are as wide as they are kept, weights as they are stored. Sums that leave the array unfinished take 4 bytes,
// results their own width. A memory for activations alone has no weights to read again, so that they stay in an array
// that has the choice; one for weights alone has nothing else.
Passing array_traffic(const Array& array, const LayerDemand& layer, const Memory& innermost, const Passing& once,
                      double images);

}  // namespace roofscape::cost
