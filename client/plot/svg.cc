#include "client/plot/svg.h"

#include <fmt/format.h>

#include <iterator>

#include "client/plot/style.h"

namespace roofscape::client::plot {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

// Two decimals without trailing zeros; never "-0".
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string list_of(const std::vector<Point>& points) {
  std::string list;
  for (const Point& point : points) list += (list.empty() ? "" : " ") + number(point.x) + "," + number(point.y);
  return list;
}

std::string fill_attribute(std::string_view fill) {
  return fill.empty() ? "" : fmt::format(" fill=\"{}\"", escaped(fill));
}

// The end of a shape: with a tip inside, or closed at once.
std::string ending(std::string_view element, std::string_view tip) {
  return tip.empty() ? "/>\n" : fmt::format("><title>{}</title></{}>\n", escaped(tip), element);
}

std::string_view anchor_name(Anchor anchor) {
  return anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
}

}  // namespace

Svg::Svg(double width, double height, std::string_view title, std::string_view description)
    : width_(width), height_(height), title_(title), description_(description) {}

void Svg::line(Point from, Point to, std::string_view css_class) {
  fmt::format_to(std::back_inserter(body_), "<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", css_class,
                 number(from.x), number(from.y), number(to.x), number(to.y));
}

void Svg::polyline(const std::vector<Point>& points, std::string_view css_class) {
  fmt::format_to(std::back_inserter(body_), "<polyline class=\"{}\" points=\"{}\"/>\n", css_class, list_of(points));
}

void Svg::circle(Point centre, double radius, std::string_view css_class, std::string_view fill, std::string_view tip) {
  fmt::format_to(std::back_inserter(body_), "<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}", css_class,
                 number(centre.x), number(centre.y), number(radius), fill_attribute(fill), ending("circle", tip));
}

void Svg::diamond(Point centre, double radius, std::string_view css_class, std::string_view tip) {
  fmt::format_to(std::back_inserter(body_), "<path class=\"{}\" d=\"M{} {}l{} {} {} {} {} {}z\"{}", css_class,
                 number(centre.x), number(centre.y - radius), number(radius), number(radius), number(-radius),
                 number(radius), number(-radius), number(-radius), ending("path", tip));
}

void Svg::polygon(const std::vector<Point>& corners, std::string_view css_class, std::string_view tip) {
  fmt::format_to(std::back_inserter(body_), "<polygon class=\"{}\" points=\"{}\"{}", css_class, list_of(corners),
                 ending("polygon", tip));
}

void Svg::rectangle(const Box& box, std::string_view css_class, std::string_view fill, std::string_view tip) {
  fmt::format_to(std::back_inserter(body_), "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}{}",
                 css_class, number(box.left), number(box.top), number(box.width), number(box.height),
                 fill_attribute(fill), ending("rect", tip));
}

void Svg::text(Point at, std::string_view content, std::string_view css_class, Anchor anchor, double turn) {
  std::string rotation;
  if (turn != 0) rotation = fmt::format(" transform=\"rotate({} {} {})\"", number(turn), number(at.x), number(at.y));
  fmt::format_to(std::back_inserter(body_), "<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n",
                 css_class, number(at.x), number(at.y), anchor_name(anchor), rotation, escaped(content));
}

void Svg::begin_clip(const Box& box) {
  fmt::format_to(std::back_inserter(clips_),
                 "<clipPath id=\"clip{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n",
                 clip_count_, number(box.left), number(box.top), number(box.width), number(box.height));
  fmt::format_to(std::back_inserter(body_), "<g clip-path=\"url(#clip{})\">\n", clip_count_++);
}

void Svg::end_clip() { body_ += "</g>\n"; }

std::string Svg::to_text() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-labelledby=\"title desc\">\n<title id=\"title\">{2}</title>\n<desc id=\"desc\">{3}</desc>\n"
      "<style>{4}</style>\n<defs>\n{5}</defs>\n<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n{6}</svg>\n",
      number(width_), number(height_), escaped(title_), escaped(description_), style_sheet(), clips_, body_);
}

double text_width(std::string_view text, double font_size) {
  double width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;
    const bool narrow = std::string_view("iljtf.,:;'|!()[] ").find(c) != std::string_view::npos;
    const bool wide = std::string_view("mwMW%@").find(c) != std::string_view::npos || byte >= 0xc0;
    width += narrow ? 0.36 : wide ? 0.92 : (c >= 'A' && c <= 'Z') ? 0.7 : 0.61;
  }
  return width * font_size;
}

}  // namespace roofscape::client::plot
