// Prices in numbers, without words: what roofline.cc and fpga.cc compute and estimate.cc puts into sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/base/units.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/capacity.h"
#include "analytics/cost/energy_parts.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/fpga_nodes.h"

namespace roofscape::cost {

// What a layer asks of each part of a machine for a batch, one after the other: what a calibration stretches.
struct LayerParts {
  Seconds arithmetic;      // operations at their ceiling, or at that of their kind of layer
  Seconds fetch, traffic;  // weights and activations through the outermost memory
  Seconds launch;
};

struct LayerCost {
  enum class Roof : std::uint8_t { kNone, kCompute, kMemory, kDecode, kLaunch, kPipeline, kStream };
  Roof roof = Roof::kNone;
  int level = -1;                         // of kMemory: index of the memory
  int ceiling = -1;                       // index of the peak that computes it, or -1 (FPGAs, layers without work)
  bool in_dsp = false;                    // FPGAs: multiplies in DSP blocks, otherwise in look-up tables
  StreamNode node = StreamNode::kMatrix;  // FPGAs: which of its nodes takes longest
  Ops ops;                                // all of the batch, without those that are skipped
  Bytes weight_bytes, activation_bytes;
  LayerParts parts;
  Seconds bound;  // what its roofs ask for, the highest of them, and its launch; of counted cycles, with full lanes
  Seconds time;   // the same, or what measurements say it takes
  std::optional<Joules> energy;
  EnergyParts energy_parts;  // of `energy`
};

struct NetworkCost {
  std::vector<LayerCost> layers;
  Seconds latency;        // of the batch, on average
  Seconds latency_worst;  // of one of whose images none leaves early
  Seconds bound;          // of it what the roofs ask for
  double throughput_per_second = 0;
  std::optional<Spread> spread;                     // where measurements say how sure `latency_worst` is
  std::optional<Joules> energy;                     // of the batch
  EnergyParts energy_parts;                         // of `energy`
  double over_peak_power = 1;                       // what energy was above peak power x time, before it was lowered
  std::optional<Interval<Joules>> energy_interval;  // where energy is as measured
  std::optional<Resources> resources;
  Occupancy occupancy;  // what it must hold; not of streaming designs, whose weights have their own places
  Fit fit = Fit::kYes;
  LayerId unsupported = -1;  // first layer whose formats no peak holds (then `fit` is no)
  // FPGAs only.
  int streamed_layers = 0;    // whose weights come from DRAM for every image
  LayerId slowest = -1;       // the layer that is busy longest; its node sets the interval
  bool memory_bound = false;  // DRAM, not that layer, sets the interval
};

}  // namespace roofscape::cost
