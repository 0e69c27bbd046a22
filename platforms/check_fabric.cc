#include <utility>

#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {

Status check_fabric(const v1::Platform& platform) {
  if (platform.device_class() != v1::FPGA) {
    if (!platform.has_fpga()) return {};
    return invalid_argument("programmable logic on a device that is no FPGA; set device_class: fpga").at("fpga");
  }
  if (platform.has_fpga() && platform.compute_size() > 0)
    return invalid_argument(
               "programmable logic and arithmetic peaks; a streaming design gives `fpga`, an overlay `compute`")
        .at("compute");
  if (!platform.has_fpga() && platform.compute_size() > 0) return {};  // an overlay
  if (!platform.has_fpga())
    return invalid_argument("an FPGA without its programmable logic; give `fpga`, or `compute` for an overlay")
        .at("fpga");
  const v1::FpgaFabric& fabric = platform.fpga();
  const std::pair<bool, const char*> required[] = {{fabric.has_lut(), "lut"},
                                                   {fabric.has_dsp(), "dsp"},
                                                   {fabric.has_bram18(), "bram18"},
                                                   {fabric.has_clock_hertz(), "clock_hertz"}};
  for (const auto& [given, field] : required)
    if (!given) return invalid_argument("programmable logic without {}", field).at(fmt::format("fpga.{}", field));
  const std::string path = "fpga.";
  RS_FIGURE(fabric, lut, kCount, path);
  RS_FIGURE(fabric, dsp, kCount, path);
  RS_FIGURE(fabric, bram18, kCount, path);
  RS_FIGURE(fabric, uram, kCount, path);
  RS_FIGURE(fabric, clock_hertz, kHertz, path);
  RS_FIGURE(fabric, usable_lut_fraction, kShare, path);
  RS_FIGURE(fabric, usable_dsp_fraction, kShare, path);
  RS_FIGURE(fabric, usable_bram_fraction, kShare, path);
  RS_FIGURE(fabric, reserved_lut, kCount, path);
  RS_FIGURE(fabric, reserved_bram18, kCount, path);
  if (fabric.has_reserved_lut() && fabric.reserved_lut().value() >= fabric.lut().value())
    return invalid_argument("{} look-up tables reserved of {}; nothing is left", fabric.reserved_lut().value(),
                            fabric.lut().value())
        .at("fpga.reserved_lut.value");
  if (fabric.has_reserved_bram18() && fabric.reserved_bram18().value() >= fabric.bram18().value())
    return invalid_argument("{} block memories reserved of {}; nothing is left", fabric.reserved_bram18().value(),
                            fabric.bram18().value())
        .at("fpga.reserved_bram18.value");
  return {};
}

}  // namespace roofscape::platforms
