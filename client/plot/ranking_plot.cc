#include "client/plot/ranking_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/plot/axes.h"
#include "client/plot/platform_mark.h"
#include "client/plot/style.h"
#include "client/report/latency_text.h"
#include "client/report/platform_report.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client::plot {
namespace {

constexpr double kMargin = 24, kTop = 112, kBottom = 56, kRow = 17, kHeading = 30, kAreaWidth = 400, kRadius = 4.4;
constexpr double kLabelGap = 10;

struct Shown {
  RankedGroup group;                 // of the ranking
  std::vector<std::size_t> indices;  // rows of it that are drawn
};

// Rows with a value, group by group: the best of each in turn until there are `most`.
std::vector<Shown> shown_rows(const Ranking& ranking, std::size_t most) {
  std::vector<Shown> all;
  std::vector<std::vector<std::size_t>> waiting;
  for (const RankedGroup& group : comparable_groups(ranking)) {
    std::vector<std::size_t> rows;
    for (std::size_t i = group.first; i < group.first + group.count; ++i)
      if (ranked_value(ranking.by, ranking.rows[i].estimate()).value_or(0) > 0) rows.push_back(i);
    if (rows.empty()) continue;
    all.push_back({group, {}});
    waiting.push_back(std::move(rows));
  }
  bool any = true;
  for (std::size_t turn = 0, taken = 0; any && taken < most; ++turn) {
    any = false;
    for (std::size_t g = 0; g < all.size() && taken < most; ++g) {
      if (turn >= waiting[g].size()) continue;
      all[g].indices.push_back(waiting[g][turn]);
      any = true;
      ++taken;
    }
  }
  return all;
}

const v1::Interval* interval_of(RankBy by, const v1::Estimate& estimate) {
  if (by == RankBy::kEnergy && estimate.has_energy_interval_joules()) return &estimate.energy_interval_joules();
  if (by == RankBy::kThroughput && estimate.has_throughput_interval_per_second())
    return &estimate.throughput_interval_per_second();
  const bool latency = by == RankBy::kLatency || by == RankBy::kName;
  if (latency && estimate.has_latency_interval_seconds()) return &estimate.latency_interval_seconds();
  return nullptr;
}

struct Quantity {
  std::string label, unit;
};

Quantity quantity_of(RankBy by, std::int64_t batch) {
  switch (by) {
    case RankBy::kThroughput: return {"images a second", ""};
    case RankBy::kEnergy: return {"energy of an image", "J"};
    case RankBy::kWeightBytes: return {"weights", "B"};
    case RankBy::kLatency:
    case RankBy::kName: break;
  }
  return {batch > 1 ? fmt::format("latency of a batch of {}", batch) : "latency", "s"};
}

std::string value_text(RankBy by, const v1::Estimate& estimate) {
  switch (by) {
    case RankBy::kThroughput: return throughput_text(estimate);
    case RankBy::kEnergy: return energy_text(estimate);
    case RankBy::kWeightBytes: return bytes(estimate.weight_bytes());
    case RankBy::kLatency:
    case RankBy::kName: break;
  }
  return latency_text(estimate);
}

class RankingDrawing {
 public:
  RankingDrawing(const Ranking& ranking, std::size_t most) : ranking_(ranking), shown_(shown_rows(ranking, most)) {
    for (const Shown& shown : shown_)
      for (const std::size_t i : shown.indices) {
        const v1::Estimate& estimate = ranking.rows[i].estimate();
        labels_ = std::max(labels_, text_width(id_of(estimate.platform()), kTickSize));
        values_ = std::max(values_, text_width(value_text(ranking.by, estimate), kTickSize));
        add(*ranked_value(ranking.by, estimate));
        if (const v1::Interval* within = interval_of(ranking.by, estimate)) {
          add(within->low());
          add(within->high());
        }
        hollow_ = hollow_ || cannot_fit(estimate);
        bars_ = bars_ || interval_of(ranking.by, estimate) != nullptr;
        kinds_.insert(ranking.rows[i].device_class());
        ++drawn_;
      }
    if (!(low_ <= high_)) low_ = 1e-3, high_ = 1;
    headings_ = ranking.by == RankBy::kEnergy;
  }

  std::string draw() const {
    double height = kRow * static_cast<double>(drawn_);
    if (headings_) height += kHeading * static_cast<double>(shown_.size());
    const double left = kMargin + labels_ + kLabelGap;
    const Box area{left, kTop, kAreaWidth, std::max(height, kRow) + 8};
    const double width = std::max(left + kAreaWidth + kLabelGap + values_ + kMargin, 660.0);
    Svg svg(width, area.bottom() + kBottom, title(), description());
    svg.text({kMargin, 34}, title(), "title");
    svg.text({kMargin, 54}, legend_text(), "note");
    draw_kinds(svg, 74);
    const double margin = std::pow(std::max(high_ / low_, 1.5), 0.04);
    const Scale x = Scale::logarithmic(low_ / margin, high_ * margin, area.left, area.right());
    draw_frame(svg, area, x);
    double y = area.top + 4;
    for (const Shown& shown : shown_) {
      if (headings_) draw_heading(svg, area, shown, y);
      for (const std::size_t i : shown.indices) {
        draw_row(svg, area, x, ranking_.rows[i], y + kRow / 2);
        y += kRow;
      }
    }
    return svg.to_text();
  }

 private:
  void add(double value) {
    if (!(value > 0) || !std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }

  std::int64_t batch() const { return ranking_.rows.empty() ? 1 : ranking_.rows.front().estimate().batch(); }

  std::string title() const {
    return fmt::format("{}: {} on {} platforms", printable(ranking_.network, 40),
                       quantity_of(ranking_.by, batch()).label, drawn_);
  }

  std::string legend_text() const {
    std::string text;
    const auto say = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
    if (bars_) say("bars: 90 % intervals");
    if (hollow_) say("hollow: does not fit");
    const std::size_t left_out = ranking_.rows.size() + ranking_.left_out - drawn_;
    if (left_out > 0) say(fmt::format("{} more left out", left_out));
    if (!ranking_.unpriced.empty()) say(fmt::format("{} cannot price it", ranking_.unpriced.size()));
    return text;
  }

  std::string description() const {
    std::string text = "One row a platform, on a logarithmic axis.";
    for (const Shown& shown : shown_)
      for (const std::size_t i : shown.indices)
        text += fmt::format(" {}: {}.", id_of(ranking_.rows[i].estimate().platform()),
                            value_text(ranking_.by, ranking_.rows[i].estimate()));
    return text;
  }

  static PlatformMark mark_of(v1::DeviceClass kind) { return PlatformMark(std::max(0, static_cast<int>(kind) - 1)); }

  void draw_kinds(Svg& svg, double y) const {
    double at = kMargin;
    for (const v1::DeviceClass kind : kinds_) {
      const std::string name = device_class_text(kind);
      mark_of(kind).draw(svg, {at + kRadius, y - 4}, kRadius, "layer");
      svg.text({at + 2 * kRadius + 5, y}, name, "note");
      at += 2 * kRadius + 5 + text_width(name, kTickSize) + 18;
    }
  }

  void draw_frame(Svg& svg, const Box& area, const Scale& x) const {
    const Quantity quantity = quantity_of(ranking_.by, batch());
    const std::vector<double> ticks = x.ticks();
    const TickLabels labels = tick_labels(x, ticks, quantity.unit);
    double free_from = area.left - 100;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      const double at = x.at(ticks[i]), half = text_width(labels.texts[i], kTickSize) / 2;
      svg.line({at, area.top}, {at, area.bottom()}, "grid");
      if (at - half < free_from) continue;
      svg.text({at, area.top - 7}, labels.texts[i], "tick", Anchor::kMiddle);
      svg.text({at, area.bottom() + 16}, labels.texts[i], "tick", Anchor::kMiddle);
      free_from = at + half + 5;
    }
    svg.line({area.left, area.top}, {area.right(), area.top}, "axis");
    svg.line({area.left, area.bottom()}, {area.right(), area.bottom()}, "axis");
    svg.text({area.left + area.width / 2, area.bottom() + 34},
             labels.unit.empty() ? quantity.label : quantity.label + " (" + labels.unit + ")", "label",
             Anchor::kMiddle);
  }

  void draw_heading(Svg& svg, const Box& area, const Shown& shown, double& y) const {
    std::string text = energy_basis_in_full(ranking_.rows[shown.group.first].estimate().energy_basis());
    if (shown.indices.size() < shown.group.count)
      text += fmt::format(": the best {} of {}", shown.indices.size(), shown.group.count);
    y += kHeading;
    if (y - kHeading > area.top + 4) svg.line({kMargin, y - kHeading + 4}, {area.right(), y - kHeading + 4}, "axis");
    marked_text(svg, {area.left + 4, y - 8}, text, Anchor::kStart);
  }

  void draw_row(Svg& svg, const Box& area, const Scale& x, const v1::PlatformEstimate& row, double y) const {
    const v1::Estimate& estimate = row.estimate();
    const std::string id = id_of(estimate.platform());
    const double at = x.at(*ranked_value(ranking_.by, estimate));
    svg.line({area.left, y}, {area.right(), y}, "grid");
    svg.text({area.left - kLabelGap, y + 4}, id, "mark", Anchor::kEnd);
    if (const v1::Interval* within = interval_of(ranking_.by, estimate); within != nullptr && within->low() > 0) {
      const double low = x.at(within->low()), high = x.at(within->high());
      svg.line({low, y}, {high, y}, "bar");
      for (const double end : {low, high}) svg.line({end, y - 3}, {end, y + 3}, "bar");
    }
    mark_of(row.device_class())
        .draw(svg, {at, y}, kRadius, cannot_fit(estimate) ? "layer-fp32" : "layer",
              fmt::format("{}, {}: bound by {}", id, value_text(ranking_.by, estimate),
                          printable(estimate.binding_roof())));
    svg.text({area.right() + kLabelGap, y + 4}, value_text(ranking_.by, estimate), "tick");
  }

  const Ranking& ranking_;
  std::vector<Shown> shown_;
  double labels_ = 60, values_ = 60, low_ = INFINITY, high_ = 0;
  bool hollow_ = false, bars_ = false, headings_ = false;
  std::set<v1::DeviceClass> kinds_;
  std::size_t drawn_ = 0;
};

}  // namespace

std::string ranking_plot(const Ranking& ranking, std::size_t most) { return RankingDrawing(ranking, most).draw(); }

}  // namespace roofscape::client::plot
