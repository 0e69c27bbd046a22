// Prices a network on a platform: a roofline for each layer, added up.
//
//   RS_ASSIGN(Estimate e, estimate(network, platform, {.batch = 1}));
//   e.latency, e.energy, e.layers[3].binding_roof, e.missing
//
// Laws (property tests): more bandwidth or compute is never slower; time ≥ every single bound; layers add up to the
// whole; nothing is negative. A figure that the platform does not give is absent and listed in `missing`, never 0. A
// format that the platform lacks falls back to the next wider one that it has, and the layer says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/network/network.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

struct EstimateOptions {
  std::int64_t batch = 1;  // images priced together; at least 1
};

// FPGA resources; absent on other platforms.
struct Resources {
  double lut = 0, dsp = 0, bram18 = 0;
};

struct LayerEstimate {
  std::string layer, operation;
  std::string arithmetic;     // asked for, "int4 x uint8"
  std::string runs_as;        // what the platform computes in, "int8 x int8"
  DeclineTrail fallback;      // why each narrower ceiling declined
  double ops = 0;             // of the batch
  Bytes weight_bytes, activation_bytes;  // moved for the batch
  OpsPerByte intensity;
  std::string binding_roof;   // "compute int8", "memory DRAM", "launch" …
  Seconds time;               // of the batch
  std::optional<Joules> energy;  // of the batch
};

struct Estimate {
  std::vector<LayerEstimate> layers;
  Seconds latency;                 // of one batch
  double throughput_per_second = 0;  // images a second in steady state
  std::optional<Joules> energy;    // an image
  Bytes weight_bytes;              // as stored
  Bytes peak_activation_bytes;     // an image, largest working set of one layer
  std::optional<Resources> resources;
  bool fits = true;                // weights and resources fit the device
  std::string does_not_fit;        // why not: "needs 312,000 LUT; 230,400 × 0.7 close timing"
  std::vector<std::string> missing;  // figures of the platform that were needed and not there
  std::vector<std::string> notes;    // fallbacks and assumptions, one sentence each, no repetition
};

// Fails with kFailedPrecondition naming the figure when no time can be given at all.
Result<Estimate> estimate(const Network& network, const v1::Platform& platform, const EstimateOptions& options = {});

}  // namespace roofscape::cost
