// The roofs of one platform as lines in a chart with logarithmic axes, with their labels.
//
//   const RoofLines lines(roofs, frame, PlatformMark(0));
//   lines.draw(svg);                          // behind the dots
//   lines.label_slopes(svg, placer);          // when the placer knows the dots
//   double y = lines.height(roofs.compute[0]);  // where a label in the margin belongs
#pragma once

#include "client/plot/label_placer.h"
#include "client/plot/platform_mark.h"
#include "client/plot/roofs.h"
#include "client/plot/scale.h"
#include "client/plot/svg.h"

namespace roofscape::client::plot {

// Where a chart's data stands, and how values become pixels.
struct Frame {
  Box area;
  Scale x, y;  // operations a byte, operations a second
};

class RoofLines {
 public:
  RoofLines(const Roofs& roofs, const Frame& frame, PlatformMark mark) : roofs_(roofs), frame_(frame), mark_(mark) {}
  // Outermost memory and fastest arithmetic make the roof proper; the others are drawn thinner.
  void draw(Svg& svg) const;
  // Along each slope, as near to its lower end as the placer allows; none where hardly any of it is in the chart.
  void label_slopes(Svg& svg, LabelPlacer& placer) const;
  // Keeps other labels off the lines where that can be.
  void avoid_lines(LabelPlacer& placer) const;
  double height(const ComputeRoof& roof) const { return frame_.y.at(roof.ops_per_second); }

 private:
  struct Line {
    Point from, to;
    bool visible = false;
  };
  Line slope(const MemoryRoof& roof) const;
  Line flat(const ComputeRoof& roof) const;
  void label_slope(Svg& svg, LabelPlacer& placer, const MemoryRoof& roof) const;

  const Roofs& roofs_;
  const Frame& frame_;
  PlatformMark mark_;
};

}  // namespace roofscape::client::plot
