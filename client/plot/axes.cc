#include "client/plot/axes.h"

#include "client/plot/style.h"

namespace roofscape::client::plot {
namespace {

std::string with_unit(const std::string& label, const std::string& unit) {
  return unit.empty() ? label : label + " (" + unit + ")";
}

}  // namespace

void draw_axes(Svg& svg, const Box& area, const Axis& x, const Axis& y) {
  const std::vector<double> x_ticks = x.scale.ticks(x.wanted_ticks), y_ticks = y.scale.ticks(y.wanted_ticks);
  const TickLabels x_labels = tick_labels(x.scale, x_ticks, x.unit), y_labels = tick_labels(y.scale, y_ticks, y.unit);
  double free_from = area.left - 100;
  for (std::size_t i = 0; i < x_ticks.size(); ++i) {
    const double at = x.scale.at(x_ticks[i]);
    svg.line({at, area.top}, {at, area.bottom()}, "grid");
    // A label that would touch the one before it is left out; its grid line stays.
    const double half = text_width(x_labels.texts[i], kTickSize) / 2;
    if (at - half < free_from) continue;
    svg.text({at, area.bottom() + 16}, x_labels.texts[i], "tick", Anchor::kMiddle);
    free_from = at + half + 5;
  }
  double widest = 0;
  for (std::size_t i = 0; i < y_ticks.size(); ++i) {
    const double at = y.scale.at(y_ticks[i]);
    svg.line({area.left, at}, {area.right(), at}, "grid");
    svg.text({area.left - 7, at + 4}, y_labels.texts[i], "tick", Anchor::kEnd);
    widest = std::max(widest, text_width(y_labels.texts[i], kTickSize));
  }
  svg.line({area.left, area.bottom()}, {area.right(), area.bottom()}, "axis");
  svg.line({area.left, area.top}, {area.left, area.bottom()}, "axis");
  svg.text({area.left + area.width / 2, area.bottom() + 34}, with_unit(x.label, x_labels.unit), "label",
           Anchor::kMiddle);
  svg.text({area.left - 16 - widest, area.top + area.height / 2}, with_unit(y.label, y_labels.unit), "label",
           Anchor::kMiddle, -90);
}

void draw_panel_title(Svg& svg, const Box& area, std::string_view title, std::string_view subtitle) {
  svg.text({area.left, area.top - 26}, title, "panel-title");
  svg.text({area.left, area.top - 10}, subtitle, "note");
}

Grid grid_for(int count) {
  const int columns = count <= 1 ? 1 : count == 3 || count > 4 ? 3 : 2;
  return {columns, (count + columns - 1) / columns};
}

void marked_text(Svg& svg, Point at, std::string_view text, Anchor anchor, std::string_view css_class, double turn) {
  svg.text(at, text, "halo", anchor, turn);
  svg.text(at, text, css_class, anchor, turn);
}

}  // namespace roofscape::client::plot
