// The chart of a roofline picture: axes, roofs, dots and their labels; title, legend and key are drawn around it.
//
//   RooflineChart chart(picture.series, {78, 110, 700, 430});
//   chart.draw(svg);             // labels of flat roofs stand in the margin on the right
//   chart.margin();              // how wide that margin is
#pragma once

#include <vector>

#include "client/plot/label_placer.h"
#include "client/plot/layer_dots.h"
#include "client/plot/platform_mark.h"
#include "client/plot/roof_lines.h"
#include "client/plot/roofline_plot.h"
#include "client/plot/roofs.h"
#include "client/plot/svg.h"

namespace roofscape::client::plot {

class RooflineChart {
 public:
  // Keeps a reference to `series`.
  RooflineChart(const std::vector<RooflineSeries>& series, const Box& area);
  void draw(Svg& svg);
  double margin() const;

 private:
  // A platform's part of the chart.
  struct Part {
    PlatformMark mark;
    std::vector<LayerDot> fp32, approximated;
    Roofs roofs;
    const std::vector<LayerDot>& named() const { return approximated.empty() ? fp32 : approximated; }
  };

  Frame frame_for(const Box& area) const;
  Point place(const LayerDot& dot) const { return {frame_.x.at(dot.intensity), frame_.y.at(dot.rate)}; }
  void draw_moves(Svg& svg, const Part& part) const;
  void draw_dots(Svg& svg) const;
  void block_dots();
  void label_flat_roofs(Svg& svg) const;
  void label_dots(Svg& svg);
  bool label_dot(Svg& svg, const LayerDot& dot, PlatformMark mark);

  std::vector<Part> parts_;
  Frame frame_;
  LabelPlacer placer_;
};

}  // namespace roofscape::client::plot
