// A platform as numbers: read from its message once, so that pricing touches no protobuf and no text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/ceilings.h"
#include "analytics/cost/layer_ceilings.h"
#include "analytics/cost/memory.h"
#include "analytics/cost/vector_unit.h"

namespace roofscape::cost {

// Programmable logic: what a design may use of it.
struct Fabric {
  double lut = 0, dsp = 0, bram18 = 0;  // of the device
  // After the share that closes timing and what is reserved; of UltraRAM the share of block memories.
  double usable_lut = 0, usable_dsp = 0, usable_bram18 = 0, usable_uram = 0;
  Hertz clock;
};

struct Machine;

// Engines that each take an image of their own (engines.h).
struct ImageEngines {
  bool share_weights = false;
  // One engine as a machine, while as many as its index + 1 are at work: as many as there are in all.
  std::vector<std::shared_ptr<const Machine>> one_of;
};

struct Machine {
  std::string id;
  Ceilings ceilings;
  LayerCeilings layer_ceilings;  // of single kinds of layers; usually none
  std::vector<Memory> memory;
  std::optional<Hertz> clock;             // of the cores
  std::optional<VectorUnit> vector_unit;  // none is stated: see vector_unit.h
  std::optional<ImageEngines> engines;    // none: the whole machine works on each layer
  double pipelined = 1;                   // images that are in different layers at once
  Seconds launch;                         // of a layer
  bool launch_is_assumed = false;         // not stated: usual_launch.h. No roof, but what a calibration stretches
  std::optional<Watts> static_power, peak_power;
  std::optional<Watts> system_power;  // of the rest of the system at the wall
  std::optional<Seconds> host;        // for each batch, beside the layers
  std::optional<int> zero_lanes;      // side by side, each skipping inputs that are 0; none: zeros are not skipped
  std::optional<int> weight_lanes;    // side by side, each skipping weights that are 0; none: they are not skipped
  std::optional<double> decode_rate;  // weights a second taken out of a packed form; none: not known
  std::optional<Fabric> fabric;       // only FPGAs
  std::vector<std::string> notes;     // assumptions that reading the platform made
  // Whether memories are filled while the arithmetic works: of arrays whose cycles are counted, as their designs do.
  bool overlaps = false;
  // Whether energy follows from operations and bytes (every peak and memory states its own), not from power.
  bool energy_from_activity = false;
  std::optional<PlatformCalibration> calibration;  // none: times are those of the ceilings
  // Of energy, as of a time at nominal power; only of the platform itself or its family, for power differs more between
  // families than efficiency does. None: energy follows from figures.
  std::optional<PlatformCalibration> energy_calibration;
  // Peak power where it is stated, else what is usual of the class: a scale, from which measured energies say a factor.
  Watts nominal_power;
};

Result<Machine> read_machine(const v1::Platform& platform);

}  // namespace roofscape::cost
