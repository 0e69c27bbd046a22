// Whether a measured time is one that its platform can reach at all. A measurement above a ceiling says that the row is
// wrong, or the ceiling: never that hardware is faster than it can be.
//
//   if (const std::optional<Impossible> above = above_roof(row, formats))
//     above->reason;   // "'ResNet-50' in int8 takes 1e-06 s an image on nvidia-t4: 63 times as fast as its peak of …"
//
// The roofs are those that no engine passes: all multiplications at the highest peak that holds the formats, Winograd's
// included, and all weights for which there is no room inside through the outermost memory, once a batch. Lanes that
// idle, activations and launches are no roofs: engines find better mappings, fuse, and queue ahead.
#pragma once

#include <optional>
#include <string>

#include "analytics/calibrate/observation.h"
#include "analytics/cost/uniform_formats.h"

namespace roofscape::calibrate {

// Why a row cannot be right.
struct Impossible {
  double times = 1;    // by how much: of a roof, what it asks for over what was measured
  std::string roof;    // "its peak of int8 x int8"
  std::string reason;  // a sentence with all of it
};

// Nothing where the row is below, within what figures are rounded by (5 %). Streaming designs have a clock and a
// folding of their own: there it takes three times the rate that we find at the platform's clock.
std::optional<Impossible> above_roof(const Observation& row, const cost::UniformFormats& formats);

// What else a row cannot be: an energy above peak power x the time that the row gives or below idle power x that time,
// or a time or energy five hundred times what the platform's figures ask for, which is a wrong unit. `roof` is empty.
std::optional<Impossible> out_of_scale(const Observation& row);

// So far above its roof, or out of scale, a row says nothing of hardware, and nothing is learned of it.
inline constexpr double kFarAboveRoof = 2;

}  // namespace roofscape::calibrate
