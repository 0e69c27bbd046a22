#include "client/plot/label_placer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace roofscape::client::plot {

namespace {

bool overlaps_any(const Box& box, const std::vector<Box>& others) {
  return std::any_of(others.begin(), others.end(), [&](const Box& other) { return box.overlaps(other); });
}

}  // namespace

bool LabelPlacer::is_free(const Box& box) const {
  if (box.left < area_.left || box.right() > area_.right() || box.top < area_.top || box.bottom() > area_.bottom())
    return false;
  return !overlaps_any(box, taken_);
}

bool LabelPlacer::take(const std::vector<Box>& boxes) {
  for (const Box& box : boxes)
    if (!is_free(box)) return false;
  taken_.insert(taken_.end(), boxes.begin(), boxes.end());
  return true;
}

std::optional<LabelPlacer::Spot> LabelPlacer::place(Point dot, double radius, std::string_view text, double font_size) {
  const double width = text_width(text, font_size);
  if (auto spot = place_beside(dot, radius, width, font_size, true)) return spot;
  return place_beside(dot, radius, width, font_size, false);
}

std::optional<LabelPlacer::Spot> LabelPlacer::place_beside(Point dot, double radius, double width, double font_size,
                                                           bool clear_of_lines) {
  const double height = font_size * 1.1;
  constexpr int kDirections = 16;
  for (const double distance : {4.0, 12.0, 24.0, 38.0, 54.0}) {
    // Right first, then alternately above and below it.
    for (int step = 0; step < kDirections; ++step) {
      const int turn = (step % 2 == 0 ? 1 : -1) * ((step + 1) / 2);
      const double angle = turn * 2 * std::numbers::pi / kDirections;
      const double reach = radius + distance;
      const Point centre{dot.x + std::cos(angle) * reach, dot.y + std::sin(angle) * reach};
      const bool right = std::cos(angle) > 0.3, left = std::cos(angle) < -0.3;
      const Anchor anchor = right ? Anchor::kStart : left ? Anchor::kEnd : Anchor::kMiddle;
      const double start = right ? centre.x : left ? centre.x - width : centre.x - width / 2;
      const Box box{start, centre.y - height / 2, width, height};
      if (!is_free(box) || (clear_of_lines && overlaps_any(box, avoided_))) continue;
      taken_.push_back({box.left - 2, box.top - 1, box.width + 4, box.height + 2});
      return Spot{{centre.x, centre.y + font_size * 0.36}, anchor, distance > 12};
    }
  }
  return std::nullopt;
}

}  // namespace roofscape::client::plot
