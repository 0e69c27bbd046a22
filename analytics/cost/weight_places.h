// Where the weights of a streaming unit may lie, and what that takes: block memories against bytes read for an image.
//
// On the chip they are read from memory for nothing. In DRAM they would have to come anew for every pixel, unless the
// unit takes pixels together: it keeps a band of its input and of its output on the chip, fetches a few weights, runs
// them over the whole band, and goes on to the next. With bands of a whole image every weight is read once an image;
// with smaller bands once for each of them.
//
//   for (const WeightPlace& place : weight_places(shape, unit))   // on the chip first, then ever less memory
//     place.bram, place.bytes
#pragma once

#include <vector>

#include "analytics/cost/fpga_unit.h"

namespace roofscape::cost {

struct WeightPlace {
  double bram = 0;   // 18-kbit block memories
  double bytes = 0;  // read from DRAM for each image
};

// Falling in memory, rising in bytes, and convex: each next place frees less memory for each byte than the one before.
// A layer whose vectors wait for one another (recurrent) has no bands: it reads its weights for every step.
std::vector<WeightPlace> weight_places(const UnitShape& shape, const UnitCost& unit);

}  // namespace roofscape::cost
