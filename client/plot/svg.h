// A picture as SVG text: shapes by class, so that one style sheet serves light, dark and paper.
//
//   Svg svg(640, 400, "Pareto front of lenet5", "Accuracy against latency …");
//   svg.line({0, 0}, {10, 10}, "axis");
//   svg.text({5, 5}, "1 ms", "tick", Anchor::kMiddle);
//   std::string file = svg.to_text();
//
// Text is escaped; coordinates have two decimals, so equal pictures are equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roofscape::client::plot {

struct Point {
  double x = 0, y = 0;
};
struct Box {
  double left = 0, top = 0, width = 0, height = 0;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
  bool overlaps(const Box& other) const {
    return left < other.right() && other.left < right() && top < other.bottom() && other.top < bottom();
  }
};
enum class Anchor { kStart, kMiddle, kEnd };

class Svg {
 public:
  Svg(double width, double height, std::string_view title, std::string_view description);

  // `tip` is shown when the pointer rests on the shape.
  void line(Point from, Point to, std::string_view css_class);
  void polyline(const std::vector<Point>& points, std::string_view css_class);
  void circle(Point centre, double radius, std::string_view css_class, std::string_view fill = "",
              std::string_view tip = "");
  void diamond(Point centre, double radius, std::string_view css_class, std::string_view tip = "");
  void polygon(const std::vector<Point>& corners, std::string_view css_class, std::string_view tip = "");
  void rectangle(const Box& box, std::string_view css_class, std::string_view fill = "", std::string_view tip = "");
  // `turn` in degrees, clockwise, about `at`.
  void text(Point at, std::string_view content, std::string_view css_class, Anchor anchor = Anchor::kStart,
            double turn = 0);
  // What is drawn until end_clip() is cut at the box.
  void begin_clip(const Box& box);
  void end_clip();
  std::string to_text() const;

 private:
  double width_, height_;
  std::string title_, description_, body_, clips_;
  int clip_count_ = 0;
};

// About how wide `text` is in the fonts of the style sheet; never much too small.
double text_width(std::string_view text, double font_size);

}  // namespace roofscape::client::plot
