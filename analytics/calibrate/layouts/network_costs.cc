// Counts of networks, no measurements: network, resolution, params_m, gmacs, macts_m.
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/names.h"

namespace roofscape::calibrate {
namespace {

void read(const Table& table, Readings* readings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    readings->costs.push_back({.plain_name = plain_name(row.text("network")),
                               .resolution = row.number("resolution").value_or(0),
                               .macs = row.number("gmacs").value_or(0) * 1e9,
                               .parameters = row.number("params_m").value_or(0) * 1e6,
                               .activations = row.number("macts_m").value_or(0) * 1e6});
  }
}

}  // namespace

Layout network_costs_layout() { return {"counts of networks", {"network", "gmacs", "params_m", "macts_m"}, read}; }

}  // namespace roofscape::calibrate
