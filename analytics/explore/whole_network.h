// A network with every layer that takes it in integers of one width: what timing and pricing hold fp32 against.
//
//   RS_ASSIGN(const Network int8, in_integers(network, images, preparation, {.weight_bits = 8, .activation_bits = 8}));
#pragma once

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"

namespace roofscape::explore {

struct IntegerWidths {
  int weight_bits = 8, activation_bits = 8;
};

// By the method `integer` with its usual knobs, ranges learned from all of `images`. Fails as the method and
// engine::calibrate do.
Result<Network> in_integers(const Network& network, const Dataset& images, const Preparation& preparation,
                            const IntegerWidths& widths, const CancelToken* cancel = nullptr);

}  // namespace roofscape::explore
