// Chooses how parallel each unit of a streaming design is, so that the slowest is as fast as the device allows.
//
// Each unit has a chain of foldings, from one multiplication a cycle to all at once. From all units at their slowest,
// the solver follows one path: again and again it speeds up the slowest unit. It takes the fastest design on the path
// that fits. At each design, units move from look-up tables to DSP blocks in a fixed order (widest formats first, whose
// multipliers are the dearest in look-up tables), and weights move out to DRAM in a fixed order (fewest reads an image
// first), as far as needed. Path and orders do not depend on the budget: a larger device sees the same designs and more
// of them fit, so its interval is never longer. (Nor is the first image later, as long as no weights are streamed: a
// device that need not stream may prefer a design of slower units to one of fast ones that wait for DRAM.)
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "analytics/cost/fpga_unit.h"
#include "analytics/cost/machine.h"

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
  double weight_bytes = 0;  // that would be streamed `vectors` times an image
};

struct Design {
  std::vector<std::size_t> fold;  // index into each unit's chain
  std::vector<bool> in_dsp;       // whether each unit multiplies in DSP blocks
  std::vector<bool> streamed;     // whether each unit's weights come from DRAM
  double interval = 0;            // cycles between images
  double lut = 0, dsp = 0, bram18 = 0;
  bool fits = false;
};

// `fixed_bram`: block memories needed anyway (buffers of joins). `fixed_cycles`: of the input's and output's transfer.
Design solve_folding(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram, double fixed_cycles,
                     double cycles_per_byte);

}  // namespace roofscape::cost
