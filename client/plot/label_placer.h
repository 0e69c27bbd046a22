// Finds room for labels beside dots, so that none covers another label or a dot.
//
//   LabelPlacer placer(area);
//   placer.block(box_of_a_dot);
//   if (auto spot = placer.place({x, y}, radius, "conv1", 11)) svg.text(spot->at, …, spot->anchor);
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "client/plot/svg.h"

namespace roofscape::client::plot {

class LabelPlacer {
 public:
  explicit LabelPlacer(const Box& area) : area_(area) {}
  // Nothing will be placed over this box.
  void block(const Box& box) { taken_.push_back(box); }
  // place() covers this box only where there is no other room: lines, through which text reads badly.
  void avoid(const Box& box) { avoided_.push_back(box); }
  // Takes these boxes if all of them are free.
  bool take(const std::vector<Box>& boxes);
  struct Spot {
    Point at;  // baseline
    Anchor anchor = Anchor::kStart;
    bool far = false;  // so far from its dot that a line should lead there
  };
  // A free spot near the dot, taken from now on; nothing when there is none inside the area.
  std::optional<Spot> place(Point dot, double radius, std::string_view text, double font_size);

 private:
  std::optional<Spot> place_beside(Point dot, double radius, double width, double font_size, bool clear_of_lines);
  bool is_free(const Box& box) const;
  Box area_;
  std::vector<Box> taken_, avoided_;
};

}  // namespace roofscape::client::plot
