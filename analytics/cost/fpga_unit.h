// One layer as a unit of a streaming FPGA design, and what the unit costs at a given parallelism.
//
// A unit is a chain of nodes (fpga_nodes.h) that run at once; it takes as long as the slowest of them. A matrix layer
// is a matrix-vector node: PE rows and SIMD columns of its MH × MW matrix are multiplied each cycle, once for each
// vector. Before it stand the nodes that bring it its windows: padding, and a sliding window whose pixels leave one by
// one, or, where the kernel is larger than 3 × 3 or the map has one row, all at once. Both are as wide as they must be
// to keep up, and no wider than the channels: a pixel a cycle is the most that passes.
//
//   const UnitCost unit = unit_cost(unit_shape(network, id, demand), 32, 64);
//   unit.cycles, unit.node, unit.lut_in_lut, unit.weight_bram
//
// Look-up tables follow FINN's structure: for weights and activations of at most 4 bits a refit on synthesised units
// (464 + 40·PE + PE·SIMD·(1.49·W·A + .30·(W+A))), otherwise FINN's own formula; multipliers sit in look-up tables or,
// packed by width, in DSP blocks; products of single bits always in the former. Weights that are powers of two shift
// instead: two stages of a shifter, a choice of four, fill a table a bit, which is arithmetic, not a measurement.
// Floats of at most 8 bits multiply their significands and shift the product to where its exponents say, so that sums
// are exact: 4 bits of them cost a fraction of 8. Formats in blocks shift the sum of each block by its scales. Results
// are brought to the next layer's width by thresholds (up to 4 bits) or one multiplication a row. Weights lie in block
// memories or, where shallow, in look-up tables; so does what a sliding window keeps.
//
// Pools, sums and other element-wise layers: cycles as FINN's nodes, but their logic has no published formula: `lanes`
// channels a cycle at 2 look-up tables a bit (12 in floating point) are assumed, and estimates say so.
#pragma once

#include <cstdint>

#include "analytics/cost/demand.h"
#include "analytics/cost/fpga_nodes.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

struct UnitShape {
  enum class Pool : std::uint8_t {
    kNone,
    kWindows,
    kDisjoint,
    kGlobal
  };  // kDisjoint: largest of windows that share none

  bool matrix = false;
  bool depthwise = false;   // a filter a channel
  bool sequential = false;  // each vector waits for the result of the one before it
  Pool pool = Pool::kNone;
  bool floating = false;     // multiplies in floating point: only DSP blocks can
  std::int64_t rows = 1;     // MH; element-wise: channels, or the pixels of one that are read as a vector
  std::int64_t columns = 1;  // MW; element-wise: 1
  double vectors = 1;        // element-wise: elements / channels
  int weight_bits = 32, activation_bits = 32, output_bits = 32;
  // As stored, with their share of a block's scale.
  double weight_width = 32, activation_width = 32;
  // Weights that are powers of two shift the activations: by up to so many places, in so many stages (bits of the
  // amount). 0: they multiply.
  int shift = 0, shift_stages = 0;
  // Floats of few bits: bits of the significands, stages of the shifter behind their product, and bits of the product
  // once shifted. 0: no such product.
  int weight_significand = 0, activation_significand = 0, float_stages = 0, float_bits = 0;
  int block = 0;              // values that share a scale; 0: none do
  int accumulator_limit = 0;  // bits of the accumulator that the layer asks for; 0: as many as its sums can take
  WindowNode window;          // of the padded map; no channels: there is none
  double padded_pixels = 0;   // 0: nothing is padded
  double channels = 1;        // of the input
  double input_values = 0;    // of one image
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
  double cycles = 0;                      // an image
  StreamNode node = StreamNode::kMatrix;  // that takes them
  double lut_in_lut = 0;                  // all look-up tables when multipliers sit in them
  double lut_in_dsp = 0, dsp = 0;         // look-up tables and DSP blocks when multipliers sit in the latter
  double weight_bram = 0, buffer_bram = 0;
  double weight_uram = 0;  // UltraRAM blocks that could stand for `weight_bram`
};
// Whether a unit can be folded so: depthwise filters take all channels at once before they take several pixels, and
// those only where windows leave at once.
bool can_fold(const UnitShape& shape, std::int64_t pe, std::int64_t simd);
UnitCost unit_cost(const UnitShape& shape, std::int64_t pe, std::int64_t simd);
// Whether products must or cannot be in DSP blocks.
bool only_in_dsp(const UnitShape& shape);
bool only_in_lut(const UnitShape& shape);

// Multiply-accumulates that one DSP block does a cycle.
double macs_per_dsp(const UnitShape& shape);
// Look-up tables that a multiply-accumulate takes in them at least, in a unit of any size.
double least_tables_per_mac(const UnitShape& shape);
// Bits of one product.
int product_bits(const UnitShape& shape);
// Bits of an accumulator over `columns` products: no more than they can take, nor than the layer asks for.
double accumulator_bits(const UnitShape& shape);

}  // namespace roofscape::cost
