// Prices a network on a platform: a roofline for each layer, added up.
//
//   RS_ASSIGN(Estimate e, estimate(network, platform, {.batch = 1}));
//   e.latency, e.energy, e.layers[3].binding_roof, e.missing
//
// Laws (property tests): more bandwidth, compute or logic is never slower; time ≥ every single bound; layers add up to
// the whole; nothing is negative. A figure that the platform does not give is absent and listed in `missing`, never 0.
// A format that the platform lacks falls back to the next wider one that it has, and the layer says so.
//
// The whole: on CPUs, GPUs and ASICs layers run one after the other, so their times and energies add up to the batch's.
// On FPGAs they run at once (a streaming pipeline, see fpga.h): a layer's time is how long it is busy, the longest sets
// the interval between images (unless DRAM does), and only energies add up. Where the platform states a host's time for
// each batch, it adds once to the latency, and overlaps with the device's work on the batch before.
//
// Whoever prices many networks builds a Pricer once and asks it for totals:
//
//   RS_ASSIGN(Pricer pricer, Pricer::create(platform));
//   RS_ASSIGN(Totals t, pricer.price(network));          // the same numbers as estimate(), without words
//
// A Pricer is a value, cheap to copy, and may be used by several threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/cost/energy_parts.h"
#include "analytics/cost/fit.h"
#include "analytics/network/network.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

struct EstimateOptions {
  std::int64_t batch = 1;  // images priced together; at least 1
  // What to do with a layer whose formats no peak of the platform holds: fail, or answer `fit` = kNo with the
  // numbers that the fastest peak would give, as for an FPGA that is too small. The latter is for searches, where a
  // network that one platform cannot run is nothing unusual.
  enum class Unsupported { kFail, kDoesNotFit };
  Unsupported unsupported = Unsupported::kFail;
};

// Between which values the true one lies nine times of ten.
template <typename Q>
struct Interval {
  Q low, high;
};

// FPGA resources; absent on other platforms.
struct Resources {
  double lut = 0, dsp = 0, bram18 = 0, uram = 0;
};

struct LayerEstimate {
  std::string layer, operation;
  std::string arithmetic;  // asked for, "int4 x uint8"
  std::string runs_as;     // what the platform computes in, "int8 x int8"
  DeclineTrail fallback;   // why each narrower ceiling declined
  double ops = 0;          // of the batch
  // Moved for the batch at the memory nearest the arithmetic; 0 where a layer is fused into the one before it. What
  // stays in an inner memory does not reach the outer ones.
  Bytes weight_bytes, activation_bytes;
  OpsPerByte intensity;  // ops / bytes; 0 where no byte is moved
  // "compute int8 x int8", "memory DRAM", "decode", "launch"; on FPGAs of the layer that sets the interval "compute
  // DSP" …, or "stream" where its window or padding passes no more than a pixel a cycle, or "memory DRAM" where the
  // network's input or output does; and "pipeline" of those that wait for it; "none" where there is nothing to do.
  std::string binding_roof;
  Seconds time;                  // of the batch
  std::optional<Joules> energy;  // of the batch
  EnergyParts energy_parts;      // of `energy`
};

// On what an energy rests; see energy.h. Energies compare only where they rest on the same. kActivityAlone is a lower
// bound, kPeakPower an upper one.
enum class EnergyBasis { kNone, kMeasured, kActivityAndStaticPower, kActivityAlone, kPeakPower };

// The numbers of an estimate: all that a search needs.
struct Totals {
  Seconds latency;                   // of one batch; where images may leave early, on average
  Seconds latency_worst;             // of a batch of which no image leaves early
  double throughput_per_second = 0;  // images a second in steady state
  std::optional<Joules> energy;      // an image, of the device
  EnergyParts energy_parts;          // of `energy`: they add up to it
  EnergyBasis energy_basis = EnergyBasis::kNone;
  // An image at the wall in steady state: `energy` and that of the rest of the system; absent where either is not
  // known.
  std::optional<Joules> wall_energy;
  // 90 % intervals; absent where nothing like the platform has been measured. That of the energy: see totals.h.
  std::optional<Interval<Seconds>> latency_interval;
  std::optional<Interval<double>> throughput_interval;  // images a second
  std::optional<Interval<Joules>> energy_interval;
  Bytes weight_bytes;           // as stored
  Bytes peak_activation_bytes;  // an image, largest working set of one layer
  std::optional<Resources> resources;
  Fit fit = Fit::kYes;  // weights, activations and resources
};

// What one roof alone asks for a batch.
struct RoofTime {
  std::string roof;  // "compute int8 x int8", "memory DRAM, weights", "memory DRAM, activations", "launch"
  Seconds time;
};

// A line of a roofline; see roofs.h. One of both is set.
struct RoofLine {
  std::string name;  // "int8", "int4 x uint4 in LUT"; "DRAM"
  std::optional<OpsPerSecond> arithmetic;
  std::optional<BytesPerSecond> memory;
};

// The same numbers, layer by layer and with words.
struct Estimate : Totals {
  std::string calibration;  // what the interval leans on: "154 measurements of this platform"; empty: nothing
  std::vector<LayerEstimate> layers;
  // Under which most of the time passes, on FPGAs that of the layer that sets the interval; "none" where there is
  // nothing to do.
  std::string binding_roof;
  std::vector<RoofTime> roof_times;   // only of networks known by totals (by_totals.h), which have no layers
  std::string does_not_fit;           // why not: "needs 312,000 LUT; 230,400 × 0.7 close timing"
  std::string fit_not_known;          // why that is not known: "memory 'DRAM' does not state its capacity"
  std::vector<std::string> memories;  // names of the levels that energy_parts.memory counts
  std::vector<RoofLine> roofs;        // what no layer can lie above, fastest first; none without layers
  std::vector<std::string> missing;   // figures of the platform that were needed and not there
  std::vector<std::string> notes;     // fallbacks and assumptions, one sentence each, no repetition
};

// A platform, read once. Both calls go through the same function of a layer and agree to the last bit.
class Pricer {
 public:
  // Fails when a figure is not usable; the platform should have passed platforms::validate_platform.
  // Of a platform with a calibration, times are where measurements say they are, and carry intervals.
  static Result<Pricer> create(const v1::Platform& platform);
  Result<Totals> price(const Network& network, const EstimateOptions& options = {}) const;
  Result<Estimate> estimate(const Network& network, const EstimateOptions& options = {}) const;

  struct Impl;

 private:
  explicit Pricer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// Pricer::create, then estimate. Fails with kFailedPrecondition naming the figure when no time can be given at all: no
// peak that could hold a layer's formats.
Result<Estimate> estimate(const Network& network, const v1::Platform& platform, const EstimateOptions& options = {});

}  // namespace roofscape::cost
