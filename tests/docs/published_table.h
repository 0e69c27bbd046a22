// The table of docs/published.md: what estimates say of the networks of MLPerf and NVIDIA's own tables on three GPUs,
// in three formats, beside what was published of the same network, format and batch.
//
//   for (const Line& line : published_lines()) line.ours[0].latency, line.published[0]
//   published_table(lines);   // as Markdown
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analytics/cost/estimate.h"

namespace roofscape::published {

inline constexpr std::array<std::int64_t, 2> kBatches = {1, 32};

// Milliseconds of a batch, and the letter of its source on the page.
struct Figure {
  double milliseconds = 0;
  char source = ' ';
};

struct Line {
  std::string network, platform, format;
  std::array<cost::Totals, kBatches.size()> ours;
  std::array<std::optional<Figure>, kBatches.size()> published;
};

// Networks, platforms and formats in the order of the page, priced with the calibration that ships.
std::vector<Line> published_lines();
std::string published_table(const std::vector<Line>& lines);

}  // namespace roofscape::published
