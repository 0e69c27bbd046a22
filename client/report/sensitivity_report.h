// Which layers are sensitive to what, as a table a method and as CSV.
#pragma once

#include <string>

#include "client/console/console.h"
#include "client/report/sensitivity_map.h"

namespace roofscape::client {

// One row a layer, one column a setting; '*' marks the most sensitive layer of a column.
std::string sensitivity_text(const SensitivityMap& map, const Console& console);
// One line a layer and setting, with every figure.
std::string sensitivity_csv(const v1::MeasureSensitivityResponse& response);

}  // namespace roofscape::client
