// The roofs of a platform, as lines to draw.
#pragma once

#include <string>
#include <vector>

#include "roofscape/v1/estimate.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::client::plot {

struct ComputeRoof {
  std::string label;  // "int8 · 4.20 Top/s", formats with one rate together
  double ops_per_second = 0;
};
struct MemoryRoof {
  std::string label;  // "DRAM · 25.6 GB/s"
  double bytes_per_second = 0;
};
struct Roofs {
  std::vector<ComputeRoof> compute;  // fastest first
  std::vector<MemoryRoof> memory;    // fastest first
};

// From the platform's figures. Programmable logic has no fixed arithmetic peak: there the multiplier blocks, with one
// multiply-accumulate a cycle each, are the yardstick.
Roofs roofs_of(const v1::Platform& platform);

// The rate that a layer reaches, in operations a second; 0 when it takes no time.
double rate_of(const v1::LayerEstimate& layer);

}  // namespace roofscape::client::plot
