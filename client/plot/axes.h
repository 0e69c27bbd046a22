// The frame of one panel: grid, ticks, axis labels, title.
#pragma once

#include <string>

#include "client/plot/scale.h"
#include "client/plot/svg.h"

namespace roofscape::client::plot {

struct Axis {
  Scale scale;
  std::string label;  // "latency"; the unit is added in brackets
  std::string unit;   // see tick_labels()
  int wanted_ticks = 6;
};

// Draws everything that stands behind the data of a panel whose data area is `area`.
void draw_axes(Svg& svg, const Box& area, const Axis& x, const Axis& y);
// Two lines above the data area.
void draw_panel_title(Svg& svg, const Box& area, std::string_view title, std::string_view subtitle);

// Columns and rows for `count` panels.
struct Grid {
  int columns = 1, rows = 1;
};
Grid grid_for(int count);

// Text with a halo of paper behind it, so that lines do not run through letters.
void marked_text(Svg& svg, Point at, std::string_view text, Anchor anchor, std::string_view css_class = "mark",
                 double turn = 0);

}  // namespace roofscape::client::plot
