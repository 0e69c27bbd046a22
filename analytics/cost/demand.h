// What each layer of a network asks of any platform: operations, bytes, formats. The platform-independent half of a
// price.
//
// Operations that need no work of their own cost nothing (Input, Reshape: the same bytes under another shape). An
// element-wise function or affine scaling of one value that only it reads is *fused* into the matrix layer that makes
// it, as every inference engine does: it keeps its operations and constants, but moves no activations and starts no
// kernel; the matrix layer then writes the function's result instead of its own. Element-wise layers that follow one
// another run in one pass (passes.h): the first reads for all of them what comes from outside and writes what goes
// there.
#pragma once

#include <vector>

#include "analytics/arith/number_format.h"
#include "analytics/base/units.h"
#include "analytics/cost/array.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

struct LayerDemand {
  enum class Kind {
    kFree,         // nothing to do
    kFused,        // computed with its producer
    kElementwise,  // everything else without multiply-accumulates over channels: pools, sums, moves
    kMatrix,       // convolutions, dense, recurrent and matrix products
  };
  Kind kind = Kind::kFree;
  NumberFormat weight, activation;  // arithmetic that the network asks for
  bool channel_scales = false;      // of weights
  bool joined = false;              // runs in the pass of an element-wise layer before it, which moves its values
  // Of one image.
  Ops ops;
  Bytes weight_bytes;               // as stored
  Bytes step_bytes;                 // of them what every step of a recurrent layer multiplies its state with
  double steps = 1;                 // of a recurrent layer, one after the other
  Bytes input_bytes, output_bytes;  // moved
  Bytes network_bytes;              // of them, the network's own input and output, which always come from outside
  double run_share = 1;             // of images that get here: fewer after an early exit
  LayerId result = 0;               // the layer whose value it writes: itself, or the last one fused into it
  SkipsPtr skips;                   // inputs that need no multiplication; null: all do
  int result_bits = 32;             // width in which that value is kept, rounded up
  double input_bits = 32;           // width in which its input is kept
  ArrayProducts products;           // of inputs and stored weights, of one image; others have none

  Bytes activation_bytes() const { return input_bytes + output_bytes; }
};

struct Demand {
  std::vector<LayerDemand> layers;
  Bytes weight_bytes;           // as stored, of all layers
  Bytes peak_activation_bytes;  // largest working set of one layer: what it reads and writes for one image
};

Demand demand(const Network& network);

}  // namespace roofscape::cost
