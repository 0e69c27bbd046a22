// The roofs of a platform, as lines to draw: those that the server sends with an estimate.
#pragma once

#include <string>
#include <vector>

#include "roofscape/v1/estimate.pb.h"

namespace roofscape::client::plot {

struct ComputeRoof {
  std::string name;  // "int8", "int4 × uint4 in LUT"; formats of one rate together, "fp32, fp16"
  double ops_per_second = 0;
  std::string label() const;  // "int8 · 4.20 Top/s"
};
struct MemoryRoof {
  std::string name;  // "DRAM"
  double bytes_per_second = 0;
  std::string label() const;  // "DRAM · 25.6 GB/s"
};
struct Roofs {
  std::vector<ComputeRoof> compute;  // fastest first
  std::vector<MemoryRoof> memory;    // fastest first
};

// Of estimates of one platform, each roof once.
Roofs roofs_of(const std::vector<const v1::Estimate*>& estimates);

// The rate that a layer reaches, in operations a second; 0 when it takes no time.
double rate_of(const v1::LayerEstimate& layer);

}  // namespace roofscape::client::plot
