// The layouts of files of measurements, one a file in layouts/: which columns tell that a table has it, and how its
// rows become measurements. Columns are found by name, so others may stand between them.
//
//   RS_ASSIGN(const Readings readings, read_measurements(tables));
//
// A table that has no layout is refused with what the nearest one lacks. A row that says something no model can be held
// against (a price, an accuracy, a network without counts) becomes a measurement that says why it was left out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/calibrate/measurement.h"
#include "analytics/calibrate/table.h"

namespace roofscape::calibrate {

// Counts of a network from a table of networks.
struct NetworkCosts {
  std::string plain_name;
  double resolution = 0, macs = 0, parameters = 0, activations = 0;
};

struct Readings {
  std::vector<Measurement> measurements;
  std::vector<NetworkCosts> costs;
};

struct Layout {
  std::string_view name;
  std::vector<std::string_view> columns;  // all must be there
  void (*read)(const Table& table, Readings* readings);
};
// In the order in which they are tried: measurements may give counts beside their figures, so those come last.
std::span<const Layout> layouts();

// All tables: measurements in the order of files and lines; what tables of costs and the zoo know of
// networks is filled in.
Result<Readings> read_measurements(std::span<const Table> tables);

// What layouts share.

// A measurement that knows where it stands.
Measurement measurement_at(const Table& table, const Table::Row& row);

// "FP32", "INT8", "W4A8", "W1A1", "16 bit", "BF16", "hybrid W8 FP32" … as formats of weights and activations; false:
// none that we know.
bool read_formats(std::string_view text, Measurement* measurement);
// Fills `outline` with what the name says and, where macs are not given, with known counts.
void describe_network(Measurement* measurement);

// One declaration a file.
Layout long_layout();
Layout network_costs_layout();
Layout nasbench_layout();
Layout qutibench_layout();
Layout gpu_kernels_layout();
Layout convolutions_layout();

}  // namespace roofscape::calibrate
