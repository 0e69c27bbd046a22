#include "client/report/platform_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/text/csv.h"

namespace roofscape::client {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

const v1::ComputeCeiling* fastest(const v1::Platform& platform) {
  const v1::ComputeCeiling* best = nullptr;
  for (const v1::ComputeCeiling& ceiling : platform.compute())
    if (best == nullptr || ceiling.ops_per_second().value() > best->ops_per_second().value()) best = &ceiling;
  return best;
}

std::string format_pair(const v1::ComputeCeiling& ceiling) {
  const bool same = ceiling.activation().empty() || ceiling.activation() == ceiling.weight();
  return printable(same ? ceiling.weight() : ceiling.weight() + " × " + ceiling.activation());
}

// Rows of figures, in the order of the schema.
class Figures {
 public:
  explicit Figures(Table& table) : table_(table) {}
  void add(const std::string& what, const v1::Figure& figure, const std::string& value) {
    if (figure.value() == 0) return;
    table_.add({what, value, lower(v1::Provenance_Name(figure.provenance())), printable(figure.source(), 300)});
  }
  void add_si(const std::string& what, const v1::Figure& figure, std::string_view unit) {
    add(what, figure, si(figure.value(), unit));
  }

 private:
  Table& table_;
};

void add_fpga(const v1::FpgaFabric& fpga, Figures& figures) {
  figures.add("look-up tables", fpga.lut(), number(fpga.lut().value()));
  figures.add("DSP blocks", fpga.dsp(), number(fpga.dsp().value()));
  figures.add("18-kbit memories", fpga.bram18(), number(fpga.bram18().value()));
  figures.add("UltraRAM blocks", fpga.uram(), number(fpga.uram().value()));
  figures.add_si("clock", fpga.clock_hertz(), "Hz");
  figures.add("usable look-up tables", fpga.usable_lut_fraction(), percent(fpga.usable_lut_fraction().value()));
  figures.add("usable DSP blocks", fpga.usable_dsp_fraction(), percent(fpga.usable_dsp_fraction().value()));
  figures.add("usable memories", fpga.usable_bram_fraction(), percent(fpga.usable_bram_fraction().value()));
  figures.add("reserved look-up tables", fpga.reserved_lut(), number(fpga.reserved_lut().value()));
  figures.add("reserved memories", fpga.reserved_bram18(), number(fpga.reserved_bram18().value()));
}

}  // namespace

std::string device_class_text(v1::DeviceClass device_class) { return lower(v1::DeviceClass_Name(device_class)); }

std::string platforms_table(const v1::ListPlatformsResponse& platforms, const Console& console) {
  Table table({{"platform"},
               {"kind"},
               {"fastest arithmetic", Align::kRight},
               {"memory", Align::kRight},
               {"origin"},
               {"name", Align::kLeft, true}});
  for (const v1::Platform& platform : platforms.platforms()) {
    const v1::ComputeCeiling* best = fastest(platform);
    std::string arithmetic = platform.has_fpga() ? "from its fabric" : std::string(kDash);
    if (best != nullptr) arithmetic = si(best->ops_per_second().value(), "op/s") + " " + format_pair(*best);
    std::string memory(kDash);
    if (platform.memory_size() > 0)
      memory = si(platform.memory(platform.memory_size() - 1).bandwidth_bytes_per_second().value(), "B/s");
    table.add({printable(platform.id()), device_class_text(platform.device_class()), arithmetic, memory,
               platform.built_in() ? "built in" : "imported", printable(platform.title())});
  }
  return table.to_text(console);
}

std::string platforms_csv(const v1::ListPlatformsResponse& platforms) {
  Csv csv({"platform", "title", "device_class", "engine", "built_in"});
  for (const v1::Platform& platform : platforms.platforms())
    csv.add({printable(platform.id()), printable(platform.title()), device_class_text(platform.device_class()),
             printable(platform.engine()), platform.built_in() ? "true" : "false"});
  return csv.to_text();
}

std::string platform_text(const v1::Platform& platform, const Console& console) {
  Facts facts;
  facts.add("platform", printable(platform.id()));
  facts.add("name", printable(platform.title()));
  facts.add("kind", device_class_text(platform.device_class()));
  facts.add("family", printable(platform.family()));
  facts.add("engine", printable(platform.engine()));
  std::string aliases;
  for (const std::string& alias : platform.aliases()) aliases += (aliases.empty() ? "" : ", ") + printable(alias);
  facts.add("also known as", aliases);
  facts.add("origin", platform.built_in() ? "built in" : "imported");
  facts.add("notes", printable(trim(platform.notes()), 2000));

  Table table({{"figure"}, {"value", Align::kRight}, {"origin"}, {"source", Align::kLeft, true}});
  Figures figures(table);
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    figures.add_si("compute " + format_pair(ceiling), ceiling.ops_per_second(), "op/s");
    figures.add_si("energy " + format_pair(ceiling), ceiling.energy_joules_per_op(), "J/op");
  }
  for (const v1::MemoryLevel& level : platform.memory()) {
    const std::string name = printable(level.name());
    figures.add(name + " size", level.capacity_bytes(), bytes(level.capacity_bytes().value()));
    figures.add_si(name + " bandwidth", level.bandwidth_bytes_per_second(), "B/s");
    figures.add_si(name + " energy", level.energy_joules_per_byte(), "J/B");
  }
  if (platform.has_zero_skipping())
    figures.add("lanes that skip zeros", platform.zero_skipping().lane_count(),
                fmt::format("{:g}", platform.zero_skipping().lane_count().value()));
  figures.add("start of a layer", platform.launch_seconds_per_layer(),
              seconds(platform.launch_seconds_per_layer().value()));
  figures.add_si("power when idle", platform.static_watts(), "W");
  figures.add_si("power at full load", platform.peak_watts(), "W");
  if (platform.has_fpga()) add_fpga(platform.fpga(), figures);
  return facts.to_text(console) + "\n" + table.to_text(console);
}

}  // namespace roofscape::client
