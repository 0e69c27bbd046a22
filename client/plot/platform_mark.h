// What tells one platform of a chart from the others: a colour, a dash pattern and a shape, so that a print without
// colours can be read too.
//
//   const PlatformMark mark(1);                                   // the second platform
//   svg.line(from, to, mark.css("roof"));                         // "p1 roof": its colour, its dashes
//   mark.draw(svg, {x, y}, radius, "layer", "conv1: 12 %");       // a square
#pragma once

#include <string>
#include <string_view>

#include "client/plot/svg.h"

namespace roofscape::client::plot {

// As many platforms as the style sheet has colours and dash patterns for.
inline constexpr int kMostPlatforms = 6;

class PlatformMark {
 public:
  // `index` counts from 0; beyond kMostPlatforms marks repeat.
  explicit PlatformMark(int index) : index_(index % kMostPlatforms) {}
  std::string css(std::string_view part) const;
  // The shape, with the area of a circle of this radius.
  void draw(Svg& svg, Point centre, double radius, std::string_view part, std::string_view tip = "") const;

 private:
  int index_;
};

}  // namespace roofscape::client::plot
