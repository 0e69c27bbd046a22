// The platforms that ship with Roofscape, read from platforms/data/*.yaml (compiled into the program), and the reader
// and validator for those that people bring.
//
//   RS_ASSIGN(v1::Platform p, parse_platform(text, "mine.yaml"));
//   for (const v1::Platform& p : built_in_platforms()) …
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::platforms {

// By id, ascending. The files are data of the program; a test reads and validates every one.
std::span<const v1::Platform> built_in_platforms();
// Reads YAML and completes it; errors carry file:line:column.
Result<v1::Platform> parse_platform(std::string_view text, std::string_view file_name);
// A platform as it was read, with what it extends (a built-in platform or family), with the peaks that follow from its
// cores, and validated: see extends.h.
Result<v1::Platform> complete_platform(const v1::Platform& read);
// Built-in platforms that could not be read or are not valid: empty, which a test demands.
std::span<const Status> built_in_faults();
// What the schema cannot say: an id that is a resource id; figures finite, sourced and plausible in their unit (GB/s or
// MHz instead of bytes a second and hertz are seen, as are bits in place of bytes and a GPU's sparse peaks as dense);
// no peak above what the cores make; memory levels ordered from the inside out, the last with a bandwidth; number
// formats known and none twice; programmable logic only on FPGAs. The parts are in checks.h. The field path of the
// offence is in the status.
Status validate_platform(const v1::Platform& platform);

}  // namespace roofscape::platforms
