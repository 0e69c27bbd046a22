// Chooses how parallel each unit of a streaming design is, so that the slowest is as fast as the device allows.
//
// Each unit has a chain of foldings, from one multiplication a cycle to all at once. From all units at their slowest,
// the solver follows one path: again and again it speeds up the slowest unit, be it slow by its multiplications, its
// sliding window or its padding. It takes the fastest design on the path that fits. At each design, units move from
// look-up tables to DSP blocks in a fixed order (widest formats first, whose multipliers are the dearest in look-up
// tables); weights that block memories have no room for move to UltraRAM in a fixed order (those first that free the
// most block memories for each), and then out to DRAM in another (those first that free the most for each byte that is
// read), as far as needed. Path and orders do not depend on the budget: a larger device sees the same designs and more
// of them fit, so its interval is never longer. Nor does the path depend on formats. (Nor is the first image later, as
// long as nothing waits for DRAM: a device that need not stream weights may prefer a design of slower units to one of
// fast ones that wait.)
//
// Weights that lie in DRAM (weight_places.h) are read once an image where the layer's maps can wait on the chip, else
// once for each band of pixels that can, down to once a pixel.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "analytics/cost/fpga_unit.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/weight_places.h"

namespace roofscape::cost {

// Foldings of a unit, slowest first, strictly falling in cycles; the cheapest for each number of lanes.
using FoldingChain = std::vector<UnitCost>;
FoldingChain folding_chain(const UnitShape& shape);

// Chains of shapes seen before. Thread-safe; forgets everything when it has grown large.
class FoldingCache {
 public:
  std::shared_ptr<const FoldingChain> chain(const UnitShape& shape);

 private:
  struct Hash {
    std::size_t operator()(const UnitShape& shape) const;
  };
  std::mutex mutex_;
  std::unordered_map<UnitShape, std::shared_ptr<const FoldingChain>, Hash> chains_;
};

struct Unit {
  LayerId layer = 0;
  UnitShape shape;
  std::shared_ptr<const FoldingChain> chain;
};

// Look-up tables of a built design over those of its units by themselves: what joins them, starts them and feeds them
// takes the rest. 24,502 over 16,262 of CNV-W1A1, 33,732 over 28,053 of a perceptron for keyword spotting (Borras et
// al., Open-source FPGA-ML codesign for the MLPerf Tiny Benchmark, 2022), in the published foldings; 21,135 of the
// former without what the board needs (Xilinx/finn, pull request 209).
inline constexpr double kWholeOverUnits = 1.3;

struct Design {
  std::vector<std::size_t> fold;  // index into each unit's chain
  std::vector<bool> in_dsp;       // whether each unit multiplies in DSP blocks
  std::vector<bool> streamed;     // whether each unit's weights come from DRAM
  double interval = 0;            // cycles between images
  double memory_cycles = 0;       // of them, what DRAM is busy
  double lut = 0, dsp = 0, bram18 = 0, uram = 0;
  bool fits = false;
};

// What goes in and out of a design besides weights, for an image.
struct Transfers {
  double cycles = 0;  // of the longer stream
  double bytes = 0;
  double cycles_per_byte = 0;  // of the memory, weights included
};

// `fixed_bram`: block memories needed anyway (buffers of joins).
Design solve_folding(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram,
                     const Transfers& transfers);

}  // namespace roofscape::cost
