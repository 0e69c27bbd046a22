// The figures of a platform as rows, in the order of the schema: for `platform show` and for its page in
// docs/platforms.
#pragma once

#include <string>
#include <vector>

#include "roofscape/v1/platform.pb.h"

namespace roofscape::client {

struct FigureRow {
  std::string what;    // "compute int8, weights 2:4"
  std::string value;   // "130 Top/s"
  std::string origin;  // "datasheet", "recalled" …
  std::string source;
};
// Only those that the platform gives; fit for a terminal.
std::vector<FigureRow> figure_rows(const v1::Platform& platform);

// The peak in the fastest arithmetic that any weights and layers reach; null where there is none.
const v1::ComputeCeiling* fastest_peak(const v1::Platform& platform);
// "int8", "int8 × int16"
std::string format_pair(const v1::ComputeCeiling& ceiling);

}  // namespace roofscape::client
