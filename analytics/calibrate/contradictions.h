// Rows that cannot both be right: one platform, network, formats and batch, and times or energies far apart.
//
//   contradictions(rows);   // {&row, "'ResNet-50' takes 0.3 s an image, and 0.03 s in mine.csv:2: …"}
//
// Measuring again gives within a few percent the same, and other clocks, cooling or versions of an engine hardly more
// than twice. Of what differs by three times and more nobody can learn which it is.
#pragma once

#include <span>
#include <vector>

#include "analytics/calibrate/observation.h"

namespace roofscape::calibrate {

// The later row of each such pair, with what the earlier says.
std::vector<Observations::Reason> contradictions(std::span<const Observation> rows);

}  // namespace roofscape::calibrate
