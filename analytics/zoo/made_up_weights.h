// A network that is known by its structure alone, made runnable: for timing it, which does not depend on what it says.
//
//   RS_ASSIGN(const Network shape_only, zoo::find("resnet-8")->build());
//   RS_ASSIGN(const Network network, zoo::with_made_up_weights(shape_only));
//   network.is_shape_only();                                   // false
#pragma once

#include "analytics/network/network.h"

namespace roofscape::zoo {

// With the values that its tensors make up (tensor.h) as if they had been given; equal structures give equal bytes.
Result<Network> with_made_up_weights(const Network& network);

}  // namespace roofscape::zoo
