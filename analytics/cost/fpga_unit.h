// One layer as a unit of a streaming FPGA design, and what the unit costs at a given parallelism.
//
// A matrix layer becomes a matrix-vector unit: PE rows and SIMD columns of its MH × MW matrix are multiplied each
// cycle, `vectors` times an image, so it takes (MH/PE)·(MW/SIMD)·vectors cycles. Look-up tables follow FINN's
// structure: for weights and activations of at most 4 bits a refit on synthesised units (464 + 40·PE +
// PE·SIMD·(1.49·W·A + .30·(W+A))), otherwise FINN's own formula; multipliers sit in look-up tables or, packed by width,
// in DSP blocks. Weights that are powers of two shift instead: two stages of a shifter, a choice of four, fill a table
// a bit, which is arithmetic, not a measurement. Results are brought to the next layer's width by thresholds (up to 4
// bits) or one multiplication a row. Weights lie in block memories or, where shallow, in look-up tables; a sliding
// window keeps its rows in a line buffer.
//
// Pools, sums and other element-wise layers have no published formula: `lanes` channels a cycle at 2 look-up tables a
// bit (12 in floating point) are assumed, and estimates say so.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

struct UnitShape {
  bool matrix = false;
  bool floating = false;     // multiplies in floating point: only DSP blocks can
  std::int64_t rows = 1;     // MH; element-wise: channels
  std::int64_t columns = 1;  // MW; element-wise: 1
  double vectors = 1;        // element-wise: elements / channels
  int weight_bits = 32, activation_bits = 32, output_bits = 32;
  // Weights that are powers of two shift the activations: by up to so many places, in so many stages (bits of the
  // amount). 0: they multiply.
  int shift = 0, shift_stages = 0;
  int accumulator_limit = 0;  // bits of the accumulator that the layer asks for; 0: as many as its sums can take
  // Sliding window: pixels that the line buffer keeps, channels of each, and pixels of the whole input; 0 without one.
  double window_pixels = 0, window_channels = 0, input_pixels = 0;
  // Tables that stand for functions, of this layer and of those computed with it: bits of an entry, entries, and
  // whether a multiplication follows. One copy a row at work.
  int table_bits = 0;
  double table_entries = 0;
  bool table_multiplies = false;
  // Share of the input that must have come in before the first output can leave; outputs in stream order.
  double start_share = 1, output_pixels = 1;

  friend bool operator==(const UnitShape&, const UnitShape&) = default;
};

UnitShape unit_shape(const Network& network, LayerId id, const LayerDemand& demand);

// A unit at one parallelism.
struct UnitCost {
  std::int64_t pe = 1, simd = 1;
  double cycles = 0;               // an image
  double lut_in_lut = 0;           // all look-up tables when multipliers sit in them
  double lut_in_dsp = 0, dsp = 0;  // look-up tables and DSP blocks when multipliers sit in the latter
  double weight_bram = 0, buffer_bram = 0;
};
UnitCost unit_cost(const UnitShape& shape, std::int64_t pe, std::int64_t simd);

// 18-kbit block memories for `width` bits × `depth` words, in the best of their shapes.
double block_memories(double width, double depth);
// Multiply-accumulates that one DSP block does a cycle.
double macs_per_dsp(const UnitShape& shape);
// Bits of one product.
int product_bits(const UnitShape& shape);
// Bits of an accumulator over `columns` products: no more than they can take, nor than the layer asks for.
double accumulator_bits(const UnitShape& shape);

}  // namespace roofscape::cost
