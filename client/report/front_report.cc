#include "client/report/front_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/confirmation_text.h"
#include "client/report/latency_text.h"
#include "client/report/recipe.h"
#include "client/text/csv.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

std::string count_text(bool known, double value) { return known ? count(std::llround(value)) : std::string(kDash); }

// What all rows of one table have in common.
struct Shape {
  std::string platform;
  bool fpga = false;
  bool folded = false;  // some point stands for others
  std::string calibration;
  bool confirmed = false;  // some point was measured once more on other images
};

Shape shape_of(const v1::ParetoFront& front) {
  Shape shape{front.platform(), false, false, "", is_confirmed(front)};
  for (const v1::Evaluation& evaluation : front.evaluations())
    if (const v1::Estimate* estimate = estimate_on(evaluation, front.platform())) {
      shape.fpga |= estimate->has_lut_count();
      shape.calibration = estimate->calibration();
    }
  for (const v1::FrontPoint& point : front.points()) shape.folded |= point.stands_for_size() > 0;
  return shape;
}

// `stands_for`: how many points the row stands for; 0: it is none of the front.
std::vector<std::string> cells(const v1::ParetoFront& front, const v1::Evaluation& evaluation, const Shape& shape,
                               const RecipeStyle& style, const std::string& name, int stands_for) {
  const v1::Estimate* estimate = estimate_on(evaluation, shape.platform);
  std::vector<std::string> row = {name};
  if (shape.folded) row.push_back(stands_for == 0 ? std::string(kDash) : std::to_string(stands_for));
  row.push_back(top1_text(evaluation.accuracy()));
  if (shape.confirmed) row.push_back(confirmed_cell(front, evaluation));
  row.push_back(percent(evaluation.accuracy().agreement()));
  if (estimate == nullptr) {
    row.insert(row.end(), shape.fpga ? 5 : 3, std::string(kDash));
  } else {
    row.push_back((cannot_fit(*estimate) ? "✗ " : "") + latency_text(*estimate));
    row.push_back(energy_text(*estimate));
    row.push_back(bytes(estimate->weight_bytes()));
    if (shape.fpga) {
      row.push_back(count_text(estimate->has_lut_count(), estimate->lut_count()));
      row.push_back(count_text(estimate->has_dsp_count(), estimate->dsp_count()));
    }
  }
  row.push_back(style.summary(evaluation.recipe()));
  return row;
}

Table table_of(const v1::ParetoFront& front, const Shape& shape, const RecipeStyle& style) {
  std::vector<Column> columns = {{"#", Align::kRight}};
  if (shape.folded) columns.push_back({"stands for", Align::kRight});
  columns.push_back({"top-1 (95 %)", Align::kRight});
  if (shape.confirmed) columns.push_back({"confirmed (95 %)", Align::kRight});
  for (const char* title : {"as fp32", "latency", "energy", "weights"}) columns.push_back({title, Align::kRight});
  if (shape.fpga) {
    columns.push_back({"LUT", Align::kRight});
    columns.push_back({"DSP", Align::kRight});
  }
  columns.push_back({"approximation", Align::kLeft, true});
  Table table(std::move(columns));
  // The base network is listed once: among the points, or before them for comparison.
  if (front.has_base() && !lists_base(front))
    table.add(cells(front, front.base(), shape, style, "base", 0), Ink::kFaint);
  for (int i = 0; i < front.evaluations_size(); ++i) {
    const v1::Evaluation& evaluation = front.evaluations(i);
    const std::string name = evaluation.index() == 0 ? "base" : std::to_string(evaluation.index());
    table.add(cells(front, evaluation, shape, style, (is_recommended(front, evaluation) ? "★ " : "") + name,
                    stands_for_count(front, i)));
  }
  return table;
}

std::string optional_number(bool known, double value) { return known ? Csv::number(value) : ""; }

}  // namespace

const v1::Estimate* estimate_on(const v1::Evaluation& evaluation, const std::string& platform) {
  for (const v1::Estimate& estimate : evaluation.estimates())
    if (estimate.platform() == platform) return &estimate;
  return nullptr;
}

std::string top1_text(const v1::Accuracy& accuracy) {
  std::string text = percent(accuracy.top1());
  if (accuracy.has_top1_interval())
    text +=
        fmt::format(" ({:.1f}–{:.1f})", accuracy.top1_interval().low() * 100, accuracy.top1_interval().high() * 100);
  return text;
}

bool is_recommended(const v1::ParetoFront& front, const v1::Evaluation& evaluation) {
  return front.has_recommended() && front.recommended().index() == evaluation.index();
}

bool lists_base(const v1::ParetoFront& front) {
  return std::any_of(front.evaluations().begin(), front.evaluations().end(),
                     [](const v1::Evaluation& evaluation) { return evaluation.index() == 0; });
}

int stands_for_count(const v1::ParetoFront& front, int place) {
  return place < front.points_size() ? 1 + front.points(place).stands_for_size() : 1;
}

std::string front_summary(const v1::ParetoFront& front) {
  const auto points = std::max<std::int64_t>(front.point_count(), front.evaluations_size());
  std::string text =
      fmt::format("{} {}, hypervolume {:.4f}", count(points), points == 1 ? "point" : "points", front.hypervolume());
  if (front.evaluations_size() < points && front.hypervolume() > 0)
    text += fmt::format("; {} shown, which {} {:.1f} % of it", front.evaluations_size(),
                        front.evaluations_size() == 1 ? "keeps" : "keep",
                        100 * front.listed_hypervolume() / front.hypervolume());
  return text;
}

// Beside it what the base network has: where that is below a limit already, its preparation may be wrong.
std::string nothing_holds(const v1::ParetoFront& front) {
  std::string text = "no measured point holds every constraint";
  if (front.base().has_accuracy()) text += "; the base network's top-1 is " + top1_text(front.base().accuracy());
  return text;
}

std::string front_table(const v1::GetParetoFrontResponse& fronts, const Console& console) {
  std::vector<const v1::Recipe*> recipes;
  for (const v1::ParetoFront& front : fronts.fronts())
    for (const v1::Evaluation& evaluation : front.evaluations()) recipes.push_back(&evaluation.recipe());
  const RecipeStyle style = RecipeStyle::of(recipes);

  std::string text;
  bool folded = false, refuted = false;
  for (const v1::ParetoFront& front : fronts.fronts()) {
    const Shape shape = shape_of(front);
    folded |= shape.folded;
    refuted |= front.refuted_size() > 0;
    if (!text.empty()) text += "\n";
    text += console.paint(Ink::kAccent, id_of(front.platform())) + ": " + front_summary(front) + "\n";
    if (!shape.calibration.empty())
      text += console.paint(Ink::kFaint, "in brackets 90 % intervals, by " + printable(shape.calibration, 200)) + "\n";
    text += table_of(front, shape, style).to_text(console);
    for (const std::string& note : front.notes()) text += console.paint(Ink::kFaint, printable(note, 400)) + "\n";
    if (front.evaluations().empty()) text += nothing_holds(front) + "\n";
    if (front.has_recommended())
      text += fmt::format("★ #{} is recommended: it {}\n", front.recommended().index(),
                          printable(front.recommended().reason(), 600));
  }
  if (folded)
    text += "\n" +
            console.paint(Ink::kFaint,
                          "stands for: itself, and points of the front that have no advantage over it as far as the "
                          "intervals tell; --all shows them") +
            "\n";
  if (text.find("✗") != std::string::npos)
    text += "\n" + console.paint(Ink::kFaint, "✗ does not fit the platform: the figures are what it would take") + "\n";
  if (const std::string line = confirmation_line(fronts); !line.empty())
    text += "\n" + console.paint(Ink::kFaint, line) + "\n";
  if (refuted) text += console.paint(Ink::kFaint, "! breaks a constraint on the images of the confirmation") + "\n";
  if (const std::string legend = style.legend(); !legend.empty())
    text += "\n" + console.paint(Ink::kFaint, "behind a method: " + legend) + "\n";
  return text;
}

const std::vector<std::string>& evaluation_columns() {
  static const std::vector<std::string> kColumns = {"platform",
                                                    "index",
                                                    "top1",
                                                    "top1_low",
                                                    "top1_high",
                                                    "top5",
                                                    "loss_nats",
                                                    "agreement",
                                                    "snr_db",
                                                    "image_count",
                                                    "latency_seconds",
                                                    "latency_low_seconds",
                                                    "latency_high_seconds",
                                                    "throughput_per_second",
                                                    "throughput_low_per_second",
                                                    "throughput_high_per_second",
                                                    "energy_joules",
                                                    "energy_low_joules",
                                                    "energy_high_joules",
                                                    "energy_basis",
                                                    "weight_bytes",
                                                    "peak_activation_bytes",
                                                    "lut_count",
                                                    "dsp_count",
                                                    "bram18_count",
                                                    "fits",
                                                    "calibration",
                                                    "recipe"};
  return kColumns;
}

std::vector<std::string> evaluation_cells(const v1::Evaluation& evaluation, const std::string& platform) {
  const v1::Accuracy& a = evaluation.accuracy();
  const v1::Estimate* found = estimate_on(evaluation, platform);
  const v1::Estimate& e = found == nullptr ? v1::Estimate::default_instance() : *found;
  const bool known = found != nullptr;
  return {id_of(platform),
          std::to_string(evaluation.index()),
          Csv::number(a.top1()),
          optional_number(a.has_top1_interval(), a.top1_interval().low()),
          optional_number(a.has_top1_interval(), a.top1_interval().high()),
          Csv::number(a.top5()),
          Csv::number(a.loss_nats()),
          Csv::number(a.agreement()),
          Csv::number(a.snr_db()),
          std::to_string(a.image_count()),
          optional_number(known, e.latency_seconds()),
          optional_number(e.has_latency_interval_seconds(), e.latency_interval_seconds().low()),
          optional_number(e.has_latency_interval_seconds(), e.latency_interval_seconds().high()),
          optional_number(known, e.throughput_per_second()),
          optional_number(e.has_throughput_interval_per_second(), e.throughput_interval_per_second().low()),
          optional_number(e.has_throughput_interval_per_second(), e.throughput_interval_per_second().high()),
          optional_number(e.has_energy_joules(), e.energy_joules()),
          optional_number(e.has_energy_interval_joules(), e.energy_interval_joules().low()),
          optional_number(e.has_energy_interval_joules(), e.energy_interval_joules().high()),
          energy_basis_text(e.energy_basis()),
          optional_number(known, e.weight_bytes()),
          optional_number(known, e.peak_activation_bytes()),
          optional_number(e.has_lut_count(), e.lut_count()),
          optional_number(e.has_dsp_count(), e.dsp_count()),
          optional_number(e.has_bram18_count(), e.bram18_count()),
          fit_cell(e),
          printable(e.calibration(), 200),
          full_recipe(evaluation.recipe())};
}

std::string front_csv(const v1::GetParetoFrontResponse& fronts) {
  std::vector<std::string> columns = evaluation_columns();
  columns.insert(columns.end(), {"recommended", "stands_for_count"});
  columns.insert(columns.end(), confirmation_columns().begin(), confirmation_columns().end());
  Csv csv(columns);
  for (const v1::ParetoFront& front : fronts.fronts())
    for (int place = 0; place < front.evaluations_size(); ++place) {
      const v1::Evaluation& evaluation = front.evaluations(place);
      std::vector<std::string> cells = evaluation_cells(evaluation, front.platform());
      cells.push_back(is_recommended(front, evaluation) ? "true" : "false");
      cells.push_back(std::to_string(stands_for_count(front, place)));
      const std::vector<std::string> confirmed = confirmation_cells(front, evaluation);
      cells.insert(cells.end(), confirmed.begin(), confirmed.end());
      csv.add(cells);
    }
  return csv.to_text();
}

v1::GetParetoFrontResponse comparable(v1::GetParetoFrontResponse fronts) {
  const auto shorten = [](v1::Evaluation& evaluation) {
    if (const auto at = evaluation.name().find("/evaluations/"); at != std::string::npos)
      evaluation.set_name(evaluation.name().substr(at + 1));
  };
  for (v1::ParetoFront& front : *fronts.mutable_fronts()) {
    for (v1::Evaluation& evaluation : *front.mutable_evaluations()) shorten(evaluation);
    if (front.has_base()) shorten(*front.mutable_base());
  }
  return fronts;
}

}  // namespace roofscape::client
