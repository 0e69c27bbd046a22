#include "client/plot/sensitivity_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/scale.h"
#include "client/plot/style.h"
#include "client/plot/svg.h"

namespace roofscape::client::plot {
namespace {

constexpr double kMargin = 24, kLabelGap = 10, kGroupGap = 14, kTop = 112, kFigureSize = 10;
constexpr double kTallRow = 22, kShortRow = 16, kLeastColumn = 50;
constexpr std::size_t kManyRows = 24;  // from here on rows are short
constexpr double kLegendWidth = 260, kLegendHeight = 12, kBelow = 78;
constexpr int kLegendSteps = 52;
constexpr double kMostDecades = 5;  // what does less than the most by more than that is pale
constexpr double kDarkFrom = 0.66;  // share of the scale from which figures are white

// What holds of all cells: where their colours begin and end.
class HeatScale {
 public:
  explicit HeatScale(const SensitivityMap& map) {
    double least = INFINITY, most = 0;
    for (const SensitivityMap::Group& group : map.groups)
      for (const SensitivityMap::Setting& setting : group.settings)
        for (const std::optional<double>& nats : setting.nats) {
          if (!nats || !(*nats > 0)) continue;
          least = std::min(least, *nats);
          most = std::max(most, *nats);
        }
    if (!(least <= most)) least = 1e-3, most = 1;
    high_ = most;
    low_ = std::max(least, most * std::pow(10, -kMostDecades));
    if (high_ < 2 * low_) low_ = high_ / 10;
  }
  double low() const { return low_; }
  double high() const { return high_; }
  double share(double nats) const {
    if (!(nats > low_)) return 0;
    return std::min(std::log(nats / low_) / std::log(high_ / low_), 1.0);
  }

 private:
  double low_ = 0, high_ = 0;
};

class SensitivityDrawing {
 public:
  explicit SensitivityDrawing(const SensitivityMap& map) : map_(map), heat_(map) {
    for (const std::string& row : map.rows) labels_ = std::max(labels_, text_width(row, kTickSize));
    row_ = map.rows.size() > kManyRows ? kShortRow : kTallRow;
    for (const SensitivityMap::Group& group : map.groups) {
      const auto columns = static_cast<double>(group.settings.size());
      double column = std::max(kLeastColumn, (text_width(group.method, kLabelSize) + 8) / columns);
      for (const SensitivityMap::Setting& setting : group.settings)
        column = std::max(column, text_width(setting.title, kTickSize) + 10);
      columns_.push_back(column);
      width_ += column * columns + kGroupGap;
    }
  }

  std::string draw() const {
    const double left = kMargin + labels_ + kLabelGap;
    const double bottom = kTop + row_ * static_cast<double>(std::max<std::size_t>(map_.rows.size(), 1));
    const double least = std::max({text_width(title(), 17), text_width(note(), kTickSize), kLegendWidth + 120});
    Svg svg(std::max(left + width_ + kMargin, least + 2 * kMargin), bottom + kBelow, title(), description());
    svg.text({kMargin, 34}, title(), "title");
    svg.text({kMargin, 54}, note(), "note");
    for (std::size_t r = 0; r < map_.rows.size(); ++r)
      svg.text({left - kLabelGap, middle_of(r) + 4}, map_.rows[r], "mark", Anchor::kEnd);
    double at = left;
    for (std::size_t g = 0; g < map_.groups.size(); ++g) {
      draw_group(svg, map_.groups[g], columns_[g], at);
      at += columns_[g] * static_cast<double>(map_.groups[g].settings.size()) + kGroupGap;
    }
    draw_legend(svg, {left, bottom + 24, kLegendWidth, kLegendHeight});
    return svg.to_text();
  }

 private:
  double middle_of(std::size_t row) const { return kTop + row_ * (static_cast<double>(row) + 0.5); }

  std::string title() const {
    return fmt::format("{}: which layers are sensitive to what", printable(map_.network, 40));
  }

  std::string note() const {
    std::string text = fmt::format("one layer changed at a time; {} calibration images", count(map_.images));
    if (!map_.legend.empty()) text += "; " + map_.legend;
    return text;
  }

  std::string description() const {
    std::string text =
        "One row a layer, one column a setting; the darker, the further the outputs go from the unchanged network's.";
    for (const std::size_t row : map_.most_sensitive(3)) text += fmt::format(" Sensitive: {}.", map_.rows[row]);
    return text;
  }

  void draw_group(Svg& svg, const SensitivityMap::Group& group, double column, double left) const {
    const double width = column * static_cast<double>(group.settings.size());
    svg.text({left + width / 2, kTop - 28}, group.method, "label", Anchor::kMiddle);
    svg.line({left, kTop - 22}, {left + width, kTop - 22}, "axis");
    for (std::size_t s = 0; s < group.settings.size(); ++s) {
      const SensitivityMap::Setting& setting = group.settings[s];
      const double at = left + column * static_cast<double>(s);
      svg.text({at + column / 2, kTop - 8}, setting.title, "tick", Anchor::kMiddle);
      for (std::size_t r = 0; r < map_.rows.size(); ++r) {
        const Box cell{at + 0.5, kTop + row_ * static_cast<double>(r) + 0.5, column - 1, row_ - 1};
        draw_cell(svg, cell, setting.nats[r], fmt::format("{}, {}", map_.rows[r], group.name(setting)));
      }
    }
  }

  void draw_cell(Svg& svg, const Box& cell, const std::optional<double>& nats, const std::string& name) const {
    if (!nats) {
      svg.text({cell.left + cell.width / 2, cell.top + cell.height / 2 + 4}, std::string(kDash), "tick",
               Anchor::kMiddle);
      return;
    }
    const double share = heat_.share(*nats);
    const std::string figure = nats_text(*nats);
    svg.rectangle(cell, "cell", heat(share), fmt::format("{}: {} nats", name, figure));
    svg.text({cell.left + cell.width / 2, cell.top + cell.height / 2 + kFigureSize * 0.36}, figure,
             share > kDarkFrom ? "on-dark" : "on-pale", Anchor::kMiddle);
  }

  void draw_legend(Svg& svg, const Box& bar) const {
    const double step = bar.width / kLegendSteps;
    for (int i = 0; i < kLegendSteps; ++i)
      svg.rectangle({bar.left + step * i, bar.top, step + 0.5, bar.height}, "cell", heat((i + 0.5) / kLegendSteps));
    const Scale scale = Scale::logarithmic(heat_.low(), heat_.high(), bar.left, bar.right());
    const std::vector<double> ticks = scale.ticks();
    double free_from = bar.left - 100;
    for (const double tick : ticks) {
      const std::string text = nats_text(tick);
      const double at = scale.at(tick), half = text_width(text, kTickSize) / 2;
      svg.line({at, bar.bottom()}, {at, bar.bottom() + 4}, "axis");
      if (at - half < free_from) continue;
      svg.text({at, bar.bottom() + 16}, text, "tick", Anchor::kMiddle);
      free_from = at + half + 5;
    }
    svg.text({bar.left, bar.bottom() + 34}, "divergence of the outputs, nats (–: does not apply, or not measured)",
             "note");
  }

  const SensitivityMap& map_;
  HeatScale heat_;
  std::vector<double> columns_;  // width of each column of a group
  double labels_ = 60, row_ = kTallRow, width_ = 0;
};

}  // namespace

std::string sensitivity_plot(const SensitivityMap& map) { return SensitivityDrawing(map).draw(); }

}  // namespace roofscape::client::plot
