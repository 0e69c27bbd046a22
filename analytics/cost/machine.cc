#include "analytics/cost/machine.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/ceiling_stretches.h"
#include "analytics/cost/engines.h"
#include "analytics/cost/usual_launch.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

// Shares with which published designs still close timing, for devices that do not say.
constexpr double kUsableLut = 0.7, kUsableDsp = 0.8, kUsableBram = 0.8;

double share(bool given, const v1::Figure& figure, double otherwise, const char* what, Machine* machine) {
  if (given) return std::clamp(figure.value(), 0.0, 1.0);
  machine->notes.push_back(fmt::format("the usable share of {} is not stated; {} is assumed", what, otherwise));
  return otherwise;
}

Result<Fabric> read_fabric(const v1::Platform& platform, Machine* machine) {
  const v1::FpgaFabric& given = platform.fpga();
  if (!given.has_lut() || !given.has_dsp() || !given.has_bram18() || !given.has_clock_hertz())
    return failed_precondition("platform '{}' needs fpga.lut, dsp, bram18 and clock_hertz, from which its peaks follow",
                               printable(platform.id(), 63))
        .at("fpga");
  Fabric fabric;
  fabric.lut = given.lut().value();
  fabric.dsp = given.dsp().value();
  fabric.bram18 = given.bram18().value();
  fabric.clock = Hertz(given.clock_hertz().value());
  if (!(fabric.clock.value() > 0))
    return invalid_argument("fpga.clock_hertz is {}; it must be positive", fabric.clock.value()).at("fpga.clock_hertz");
  fabric.usable_lut =
      fabric.lut * share(given.has_usable_lut_fraction(), given.usable_lut_fraction(), kUsableLut, "LUT", machine);
  fabric.usable_dsp =
      fabric.dsp * share(given.has_usable_dsp_fraction(), given.usable_dsp_fraction(), kUsableDsp, "DSP", machine);
  const double usable_memories =
      share(given.has_usable_bram_fraction(), given.usable_bram_fraction(), kUsableBram, "BRAM", machine);
  fabric.usable_bram18 = fabric.bram18 * usable_memories;
  fabric.usable_uram = given.uram().value() * usable_memories;
  fabric.usable_lut = std::max(0.0, fabric.usable_lut - given.reserved_lut().value());
  fabric.usable_bram18 = std::max(0.0, fabric.usable_bram18 - given.reserved_bram18().value());
  return fabric;
}

Watts nominal_power(const Machine& machine, const v1::Platform& platform) {
  constexpr double kMicrocontroller = 0.05, kOther = 10;
  return machine.peak_power.value_or(Watts(platform.device_class() == v1::MCU ? kMicrocontroller : kOther));
}

Status read_calibrations(const v1::Platform& platform, Machine* machine) {
  if (platform.has_calibration()) {
    auto calibration = PlatformCalibration::create(platform.calibration());
    if (!calibration.ok()) return calibration.status().at("calibration");
    machine->calibration = std::move(*calibration);
  }
  if (!platform.has_energy_calibration()) return {};
  auto calibration = PlatformCalibration::create(platform.energy_calibration());
  if (!calibration.ok()) return calibration.status().at("energy_calibration");
  // Of what counts cycles nothing is learned of a family: without a stated power its energy would be a guess.
  const bool has_scale = calibration->seen() == Seen::kPlatform || machine->peak_power || !machine->overlaps;
  if (calibration->seen() == Seen::kClass || !has_scale) return {};
  keep_stretches(machine->ceilings, machine->clock, &*calibration);
  machine->energy_calibration = std::move(*calibration);
  return {};
}

bool states_all_energies(const Machine& machine) {
  return !machine.ceilings.all().empty() &&
         std::all_of(machine.ceilings.all().begin(), machine.ceilings.all().end(),
                     [](const Ceiling& ceiling) { return ceiling.energy.has_value(); }) &&
         std::all_of(machine.memory.begin(), machine.memory.end(),
                     [](const Memory& memory) { return memory.energy.has_value(); });
}

}  // namespace

Result<Machine> read_machine(const v1::Platform& platform) {
  Machine machine;
  machine.id = platform.id();
  RS_ASSIGN(machine.ceilings, Ceilings::create(platform));
  RS_ASSIGN(machine.layer_ceilings, LayerCeilings::create(platform));
  RS_ASSIGN(machine.memory, memories(platform));
  if (platform.cores().has_clock_hertz()) machine.clock = Hertz(platform.cores().clock_hertz().value());
  machine.vector_unit = read_vector_unit(platform);
  if (platform.has_static_watts()) machine.static_power = Watts(platform.static_watts().value());
  if (platform.has_peak_watts()) machine.peak_power = Watts(platform.peak_watts().value());
  if (platform.has_system_static_watts()) machine.system_power = Watts(platform.system_static_watts().value());
  if (platform.zero_skipping().has_lane_count() && !platform.has_fpga())
    machine.zero_lanes = static_cast<int>(std::clamp(platform.zero_skipping().lane_count().value(), 1.0, 1e6));
  if (platform.unstructured_sparsity().has_lane_count() && !platform.has_fpga())
    machine.weight_lanes =
        static_cast<int>(std::clamp(platform.unstructured_sparsity().lane_count().value(), 1.0, 1e6));
  if (platform.has_pipelined_image_count() && !platform.has_fpga())
    machine.pipelined = std::clamp(platform.pipelined_image_count().value(), 1.0, 1e6);
  if (platform.has_host_seconds_per_batch()) machine.host = Seconds(platform.host_seconds_per_batch().value());
  if (platform.has_decode_weights_per_second() && platform.decode_weights_per_second().value() > 0)
    machine.decode_rate = platform.decode_weights_per_second().value();
  // With peaks of its own an FPGA is an overlay, which runs one layer after the other.
  if (platform.device_class() == v1::FPGA && machine.ceilings.all().empty()) {
    RS_ASSIGN(machine.fabric, read_fabric(platform, &machine));
  } else if (machine.ceilings.all().empty()) {
    return failed_precondition("platform '{}' states no arithmetic peak; give compute[].ops_per_second",
                               printable(platform.id(), 63))
        .at("compute");
  }
  machine.energy_from_activity = states_all_energies(machine);
  machine.nominal_power = nominal_power(machine, platform);
  machine.launch_is_assumed = !platform.has_launch_seconds_per_layer() && !machine.fabric;
  machine.launch =
      machine.launch_is_assumed ? usual_launch(platform) : Seconds(platform.launch_seconds_per_layer().value());
  machine.overlaps = counts_cycles(calibration_key(platform).device_class);
  RS_TRY(read_calibrations(platform, &machine));
  if (machine.calibration) set_stretches(*machine.calibration, machine.clock, &machine.ceilings);
  RS_ASSIGN(machine.engines, read_engines(platform, machine));  // they take over what ceilings are stretched by
  return machine;
}

}  // namespace roofscape::cost
