// What passes through memories when only a network's totals are known, after the rule of roofline.h: the largest
// working set of a layer is taken as four times the mean, and layers without weights add what is usual for the kind of
// network.
#pragma once

#include "analytics/base/units.h"
#include "analytics/cost/memory.h"
#include "analytics/cost/passing.h"
#include "analytics/cost/traits.h"

namespace roofscape::cost {

// Layers that are started, those without weights among them, as many as usual.
double usual_starts(const Traits& traits);
// Share of an array's peak that they reach together.
double usual_fill(const Traits& traits);

// Multiply-accumulates of depthwise convolutions for one image.
double usual_depthwise_macs(const Traits& traits);

// What the largest layer reads and writes for one image, its values kept in so many bits.
Bytes working_set(const Traits& traits, double activation_bits);

// What passes for a batch through a memory inside of which others have so much room.
Passing passing_of_totals(const Traits& traits, Bytes weights, double activation_bits, const Room& inside,
                          double batch);

}  // namespace roofscape::cost
