// Prices in numbers, without words: what roofline.cc and fpga.cc compute and estimate.cc puts into sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/base/units.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/estimate.h"

namespace roofscape::cost {

struct LayerCost {
  enum class Roof : std::uint8_t { kNone, kCompute, kMemory, kDecode, kLaunch, kPipeline };
  Roof roof = Roof::kNone;
  int level = -1;       // of kMemory: index of the memory
  int ceiling = -1;     // index of the peak that computes it, or -1 (FPGAs, layers without work)
  bool in_dsp = false;  // FPGAs: multiplies in DSP blocks, otherwise in look-up tables
  double filled = 1;    // share of that peak's lanes that have work
  Ops ops;              // all of the batch, without those that are skipped
  Bytes weight_bytes, activation_bytes;
  Seconds time;
  Seconds by_kind;  // of it what the ceiling of its kind of layer asks for; 0: none is stated
  std::optional<Joules> energy;
};

struct NetworkCost {
  std::vector<LayerCost> layers;
  Seconds latency;        // of the batch, on average
  Seconds latency_worst;  // of one of whose images none leaves early
  double throughput_per_second = 0;
  std::optional<Prediction> calibrated;             // `latency_worst` with the host's share, and its interval
  std::optional<Joules> energy;                     // of the batch
  std::optional<Joules> static_energy;              // of it, what static power takes
  std::optional<Interval<Joules>> energy_interval;  // where energy is as measured
  std::optional<Resources> resources;
  bool fits = true;
  LayerId unsupported = -1;  // first layer whose formats no peak holds (then `fits` is false)
  // FPGAs only.
  int streamed_layers = 0;    // whose weights come from DRAM for every image
  LayerId slowest = -1;       // the layer with the most cycles
  bool memory_bound = false;  // transfers, not that layer, set the interval
};

}  // namespace roofscape::cost
