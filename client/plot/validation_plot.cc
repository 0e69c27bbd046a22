#include "client/plot/validation_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/style.h"
#include "client/report/validation_report.h"

namespace roofscape::client::plot {
namespace {

constexpr double kPanel = 300, kLeft = 76, kGapX = 84, kTop = 120, kGapY = 112, kRight = 24, kBottom = 56;
// A dot's place is rounded to so many pixels, and only one is drawn there.
constexpr double kSpot = 1.5;
constexpr std::array<v1::ValidationGrade, 3> kGrades = {v1::UNSEEN_NETWORK, v1::UNSEEN_PLATFORM, v1::UNSEEN_FAMILY};

struct Panel {
  v1::ValidationGrade grade;
  v1::ValidationSummary all;  // of every row
};

class ValidationDrawing {
 public:
  explicit ValidationDrawing(const v1::Validation& validation) : validation_(validation) {
    for (const v1::ValidationRow& row : validation.rows()) {
      add(row.measured_seconds());
      classes_.emplace(printable(row.device_class(), 40), 0);
      for (const v1::ValidationPrediction& prediction : row.predictions()) add(prediction.predicted_seconds());
    }
    int number = 0;
    for (auto& [name, place] : classes_) place = number++;
    if (!(low_ <= high_)) low_ = 1e-4, high_ = 1;
    for (const v1::ValidationGrade grade : kGrades)
      for (const v1::ValidationSummary& of : validation.summaries())
        if (of.group() == "all" && of.grade() == grade) panels_.push_back({grade, of});
  }

  std::string draw() const {
    const Grid grid = grid_for(static_cast<int>(std::max<std::size_t>(panels_.size(), 1)));
    const double width = std::max(kLeft + grid.columns * kPanel + (grid.columns - 1) * kGapX + kRight, 640.0);
    const double height = kTop + grid.rows * kPanel + (grid.rows - 1) * kGapY + kBottom + 44;
    const std::string title = "Predicted against measured time";
    Svg svg(width, height, title, description());
    svg.text({kLeft, 34}, title, "title");
    svg.text({kLeft, 54}, "of one image; each row predicted by a model that has not seen it; band: a factor of two",
             "note");
    for (std::size_t i = 0; i < panels_.size(); ++i) {
      const auto column = static_cast<int>(i) % grid.columns, row = static_cast<int>(i) / grid.columns;
      draw_panel(svg, panels_[i], {kLeft + column * (kPanel + kGapX), kTop + row * (kPanel + kGapY), kPanel, kPanel});
    }
    draw_legend(svg, height - 34);
    return svg.to_text();
  }

 private:
  void add(double seconds) {
    if (!(seconds > 0) || !std::isfinite(seconds)) return;
    low_ = std::min(low_, seconds);
    high_ = std::max(high_, seconds);
  }

  static std::string subtitle(const v1::ValidationSummary& of) {
    return fmt::format("{} rows, median error {:.0f} %, {:.0f} % in their interval", count(of.row_count()),
                       of.median_error() * 100, of.coverage() * 100);
  }

  std::string description() const {
    std::string text = "Measured times across, predicted ones up, both logarithmic.";
    for (const Panel& panel : panels_)
      text += fmt::format(" Without {}: {}.", grade_text(panel.grade), subtitle(panel.all));
    return text;
  }

  void draw_panel(Svg& svg, const Panel& panel, const Box& area) const {
    const Axis x{Scale::logarithmic(low_, high_, area.left, area.right()), "measured", "s"};
    const Axis y{Scale::logarithmic(low_, high_, area.bottom(), area.top), "predicted", "s"};
    draw_axes(svg, area, x, y);
    svg.begin_clip(area);
    const auto line = [&](double factor, std::string_view css_class) {
      svg.line({x.scale.at(x.scale.low()), y.scale.at(x.scale.low() * factor)},
               {x.scale.at(x.scale.high()), y.scale.at(x.scale.high() * factor)}, css_class);
    };
    draw_dots(svg, panel.grade, x.scale, y.scale);
    line(2, "band");
    line(0.5, "band");
    line(1, "diagonal");
    svg.end_clip();
    draw_panel_title(svg, area, "without " + grade_text(panel.grade), subtitle(panel.all));
  }

  void draw_dots(Svg& svg, v1::ValidationGrade grade, const Scale& x, const Scale& y) const {
    std::set<std::tuple<long, long, int>> taken;
    for (const v1::ValidationRow& row : validation_.rows()) {
      const v1::ValidationPrediction* prediction = prediction_of(row, grade);
      if (prediction == nullptr || !(row.measured_seconds() > 0) || !(prediction->predicted_seconds() > 0)) continue;
      const int of_class = classes_.at(printable(row.device_class(), 40));
      const long across = std::lround(x.at(row.measured_seconds()) / kSpot),
                 up = std::lround(y.at(prediction->predicted_seconds()) / kSpot);
      if (!taken.emplace(across, up, of_class).second) continue;
      svg.circle({static_cast<double>(across) * kSpot, static_cast<double>(up) * kSpot}, 1.9, "row", colour(of_class));
    }
  }

  std::string colour(int of_class) const {
    const auto last = static_cast<double>(std::max<std::size_t>(classes_.size(), 2) - 1);
    return ramp(of_class / last);
  }

  void draw_legend(Svg& svg, double top) const {
    double at = kLeft;
    for (const auto& [name, place] : classes_) {
      svg.circle({at + 4, top + 10}, 4, "row-key", colour(place));
      svg.text({at + 14, top + 14}, name, "note");
      at += 14 + text_width(name, kTickSize) + 22;
    }
  }

  const v1::Validation& validation_;
  double low_ = INFINITY, high_ = 0;
  std::map<std::string, int> classes_;  // numbered by name
  std::vector<Panel> panels_;
};

}  // namespace

std::string validation_plot(const v1::Validation& validation) { return ValidationDrawing(validation).draw(); }

}  // namespace roofscape::client::plot
