#include "client/report/figure_rows.h"

#include <fmt/format.h>

#include <cmath>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "client/console/quantity.h"

namespace roofscape::client {
namespace {

std::string origin(const v1::Figure& figure) { return lower_case(v1::Provenance_Name(figure.provenance())); }

// "2", "4,096", "0.667"
std::string plain(double value) {
  return value == std::floor(value) && value < 1e15 ? count(static_cast<std::int64_t>(value)) : number(value);
}

class Rows {
 public:
  void add(const std::string& what, const v1::Figure& figure, const std::string& value) {
    if (figure.value() != 0) rows_.push_back({what, value, origin(figure), printable(figure.source(), 300)});
  }
  void add_si(const std::string& what, const v1::Figure& figure, std::string_view unit) {
    add(what, figure, si(figure.value(), unit));
  }
  void add_number(const std::string& what, const v1::Figure& figure) { add(what, figure, plain(figure.value())); }
  void add_seconds(const std::string& what, const v1::Figure& figure) { add(what, figure, seconds(figure.value())); }
  std::vector<FigureRow> take() { return std::move(rows_); }

 private:
  std::vector<FigureRow> rows_;
};

void add_compute(const v1::Platform& platform, Rows& rows) {
  if (platform.has_cores()) {
    rows.add_number("cores", platform.cores().core_count());
    rows.add_si("clock", platform.cores().clock_hertz(), "Hz");
  }
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    std::string arithmetic = format_pair(ceiling);
    if (!ceiling.sparsity().empty()) arithmetic += ", weights " + printable(ceiling.sparsity());
    if (!ceiling.algorithm().empty()) arithmetic += ", " + printable(ceiling.algorithm());
    if (!ceiling.weight_scales().empty()) arithmetic += ", " + printable(ceiling.weight_scales());
    rows.add_si("compute " + arithmetic, ceiling.ops_per_second(), "op/s");
    rows.add_number("a cycle and core " + arithmetic, ceiling.ops_per_cycle());
    rows.add_number("input lanes " + arithmetic, ceiling.input_lane_count());
    rows.add_number("output lanes " + arithmetic, ceiling.output_lane_count());
    rows.add_number("lanes of output rows " + arithmetic, ceiling.pixel_lane_count());
    rows.add_si("energy " + arithmetic, ceiling.energy_joules_per_op(), "J/op");
  }
}

void add_beside(const v1::Platform& platform, Rows& rows) {
  const v1::VectorUnit& unit = platform.vector_unit();
  rows.add_si(unit.depthwise() ? "vector unit, also depthwise" : "vector unit", unit.steps_per_second(), "steps/s");
  rows.add_number("vector steps a cycle and core", unit.steps_per_cycle());
  const v1::ImageEngines& engines = platform.image_engines();
  rows.add_number(engines.share_weights() ? "images at once, sharing weights" : "images at once",
                  engines.engine_count());
  rows.add_si("ports of one engine", engines.port_bytes_per_second(), "B/s");
}

void add_layer_ceilings(const v1::Platform& platform, Rows& rows) {
  for (const v1::LayerCeiling& ceiling : platform.layer_ceilings()) {
    const std::string of = printable(ceiling.operation() + (ceiling.format().empty() ? "" : " in " + ceiling.format()));
    rows.add_si("layers of " + of, ceiling.ops_per_second(), "OP/s");
    rows.add_si("layers of " + of, ceiling.values_per_second(), "values/s");
    rows.add_si("weights of " + of, ceiling.weights_per_second(), "weights/s");
  }
}

void add_memory(const v1::Platform& platform, Rows& rows) {
  for (const v1::MemoryLevel& level : platform.memory()) {
    const std::string name = printable(level.name());
    const char* what = level.activations_only() ? " size, activations only"
                       : level.weights_only()   ? " size, weights only"
                                                : " size";
    rows.add(name + what, level.capacity_bytes(), bytes(level.capacity_bytes().value()));
    rows.add_si(name + " bandwidth", level.bandwidth_bytes_per_second(), "B/s");
    rows.add_si(name + " energy", level.energy_joules_per_byte(), "J/B");
  }
}

void add_fpga(const v1::FpgaFabric& fpga, Rows& rows) {
  rows.add_number("look-up tables", fpga.lut());
  rows.add_number("DSP blocks", fpga.dsp());
  rows.add_number("18-kbit memories", fpga.bram18());
  rows.add_number("UltraRAM blocks", fpga.uram());
  rows.add_si("clock", fpga.clock_hertz(), "Hz");
  rows.add("usable look-up tables", fpga.usable_lut_fraction(), percent(fpga.usable_lut_fraction().value()));
  rows.add("usable DSP blocks", fpga.usable_dsp_fraction(), percent(fpga.usable_dsp_fraction().value()));
  rows.add("usable memories", fpga.usable_bram_fraction(), percent(fpga.usable_bram_fraction().value()));
  rows.add_number("reserved look-up tables", fpga.reserved_lut());
  rows.add_number("reserved memories", fpga.reserved_bram18());
}

}  // namespace

std::vector<FigureRow> figure_rows(const v1::Platform& platform) {
  Rows rows;
  add_compute(platform, rows);
  add_beside(platform, rows);
  add_layer_ceilings(platform, rows);
  add_memory(platform, rows);
  rows.add_number("lanes that skip zero inputs", platform.zero_skipping().lane_count());
  rows.add_number("lanes that skip zero weights", platform.unstructured_sparsity().lane_count());
  rows.add_si("weights unpacked", platform.decode_weights_per_second(), "weights/s");
  rows.add_seconds("start of a layer", platform.launch_seconds_per_layer());
  rows.add_number("images in a pipeline", platform.pipelined_image_count());
  rows.add_seconds("host time of a batch", platform.host_seconds_per_batch());
  rows.add_si("power when idle", platform.static_watts(), "W");
  rows.add_si("power at full load", platform.peak_watts(), "W");
  rows.add_si("rest of the system when idle", platform.system_static_watts(), "W");
  if (platform.has_fpga()) add_fpga(platform.fpga(), rows);
  return rows.take();
}

const v1::ComputeCeiling* fastest_peak(const v1::Platform& platform) {
  const v1::ComputeCeiling* best = nullptr;
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    if (!ceiling.sparsity().empty() || !ceiling.algorithm().empty()) continue;
    if (best == nullptr || ceiling.ops_per_second().value() > best->ops_per_second().value()) best = &ceiling;
  }
  return best;
}

std::string format_pair(const v1::ComputeCeiling& ceiling) {
  const bool same = ceiling.activation().empty() || ceiling.activation() == ceiling.weight();
  return printable(same ? ceiling.weight() : ceiling.weight() + " × " + ceiling.activation());
}

}  // namespace roofscape::client
