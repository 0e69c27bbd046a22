#include "client/report/platform_report.h"

#include <fmt/format.h>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/calibration_report.h"
#include "client/report/figure_rows.h"
#include "client/text/csv.h"

namespace roofscape::client {
namespace {}  // namespace

std::string device_class_text(v1::DeviceClass device_class) { return lower_case(v1::DeviceClass_Name(device_class)); }

std::string platforms_table(const v1::ListPlatformsResponse& platforms, const Console& console) {
  Table table({{"platform"},
               {"kind"},
               {"fastest arithmetic", Align::kRight},
               {"memory", Align::kRight},
               {"origin"},
               {"name", Align::kLeft, true}});
  for (const v1::Platform& platform : platforms.platforms()) {
    const v1::ComputeCeiling* best = fastest_peak(platform);
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
  facts.add("runtime", printable(platform.runtime()));
  facts.add("extends", printable(platform.extends()));
  facts.add("origin", platform.built_in() ? "built in" : "imported");
  facts.add("calibration", platform.has_calibration() ? calibration_line(platform.calibration())
                                                      : "none: nothing of its kind has been measured");
  facts.add("notes", printable(trim(platform.notes()), 2000));

  Table table({{"figure"}, {"value", Align::kRight}, {"origin"}, {"source", Align::kLeft, true}});
  for (const FigureRow& row : figure_rows(platform)) table.add({row.what, row.value, row.origin, row.source});
  return facts.to_text(console) + "\n" + table.to_text(console);
}

}  // namespace roofscape::client
