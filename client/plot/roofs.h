// The roofs of a platform, as lines to draw.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "roofscape/v1/estimate.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::client::plot {

struct ComputeRoof {
  std::string name;  // "int8"; formats of one rate together, "fp32, fp16"
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

// The arithmetics in which an estimate's layers run, as LayerEstimate.runs_as names them: "int8 x int8, weights 2:4".
std::set<std::string> arithmetics_of(const v1::Estimate& estimate);

// From the platform's figures: every memory whose bandwidth is known, and of the arithmetics those that are `used`,
// with fp32 to compare (all of them where nothing is used). Programmable logic has no fixed arithmetic peak: there each
// of the arithmetics in use has the roof of what it sits in, multiplier blocks or look-up tables, if these did nothing
// else; where nothing is used, multiplier blocks with one multiply-accumulate a cycle each are the yardstick.
Roofs roofs_of(const v1::Platform& platform, const std::set<std::string>& used = {});

// The rate that a layer reaches, in operations a second; 0 when it takes no time.
double rate_of(const v1::LayerEstimate& layer);

}  // namespace roofscape::client::plot
