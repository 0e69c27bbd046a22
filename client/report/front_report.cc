#include "client/report/front_report.h"

#include <fmt/format.h>

#include <cmath>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/latency_text.h"
#include "client/report/recipe.h"
#include "client/text/csv.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

std::string count_text(bool known, double value) { return known ? count(std::llround(value)) : std::string(kDash); }

std::vector<std::string> cells(const v1::Evaluation& evaluation, const std::string& platform, bool fpga,
                               const RecipeStyle& style, bool base) {
  const v1::Estimate* estimate = estimate_on(evaluation, platform);
  std::vector<std::string> row = {base ? "base" : fmt::format("{}", evaluation.index()),
                                  top1_text(evaluation.accuracy()), percent(evaluation.accuracy().agreement())};
  if (estimate == nullptr) {
    row.insert(row.end(), fpga ? 5 : 3, std::string(kDash));
  } else {
    row.push_back((estimate->fits() ? "" : "✗ ") + latency_text(*estimate));
    row.push_back(energy_text(*estimate));
    row.push_back(bytes(estimate->weight_bytes()));
    if (fpga) {
      row.push_back(count_text(estimate->has_lut_count(), estimate->lut_count()));
      row.push_back(count_text(estimate->has_dsp_count(), estimate->dsp_count()));
    }
  }
  row.push_back(style.summary(evaluation.recipe()));
  return row;
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

std::string front_table(const v1::GetParetoFrontResponse& fronts, const Console& console) {
  std::vector<const v1::Recipe*> recipes;
  for (const v1::ParetoFront& front : fronts.fronts())
    for (const v1::Evaluation& evaluation : front.evaluations()) recipes.push_back(&evaluation.recipe());
  const RecipeStyle style = RecipeStyle::of(recipes);

  std::string text;
  for (const v1::ParetoFront& front : fronts.fronts()) {
    if (!text.empty()) text += "\n";
    text += console.paint(Ink::kAccent, id_of(front.platform())) +
            fmt::format(": {} {}, hypervolume {:.4f}\n", front.evaluations_size(),
                        front.evaluations_size() == 1 ? "point" : "points", front.hypervolume());
    bool fpga = false;
    std::string calibration;
    for (const v1::Evaluation& evaluation : front.evaluations())
      if (const v1::Estimate* estimate = estimate_on(evaluation, front.platform())) {
        fpga |= estimate->has_lut_count();
        calibration = estimate->calibration();
      }
    if (!calibration.empty())
      text += console.paint(Ink::kFaint, "in brackets 90 % intervals, by " + printable(calibration, 200)) + "\n";
    std::vector<Column> columns = {{"#", Align::kRight},       {"top-1 (95 %)", Align::kRight},
                                   {"as fp32", Align::kRight}, {"latency", Align::kRight},
                                   {"energy", Align::kRight},  {"weights", Align::kRight}};
    if (fpga) {
      columns.push_back({"LUT", Align::kRight});
      columns.push_back({"DSP", Align::kRight});
    }
    columns.push_back({"approximation", Align::kLeft, true});
    Table table(std::move(columns));
    if (front.has_base()) table.add(cells(front.base(), front.platform(), fpga, style, true), Ink::kFaint);
    for (const v1::Evaluation& evaluation : front.evaluations())
      table.add(cells(evaluation, front.platform(), fpga, style, false));
    text += table.to_text(console);
    if (front.evaluations().empty()) text += "no measured point holds every constraint\n";
  }
  if (text.find("✗") != std::string::npos)
    text += "\n" + console.paint(Ink::kFaint, "✗ does not fit the platform: the figures are what it would take") + "\n";
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
                                                    "energy_joules",
                                                    "energy_low_joules",
                                                    "energy_high_joules",
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
          optional_number(e.has_energy_joules(), e.energy_joules()),
          optional_number(e.has_energy_interval_joules(), e.energy_interval_joules().low()),
          optional_number(e.has_energy_interval_joules(), e.energy_interval_joules().high()),
          optional_number(known, e.weight_bytes()),
          optional_number(known, e.peak_activation_bytes()),
          optional_number(e.has_lut_count(), e.lut_count()),
          optional_number(e.has_dsp_count(), e.dsp_count()),
          optional_number(e.has_bram18_count(), e.bram18_count()),
          known ? (e.fits() ? "true" : "false") : "",
          printable(e.calibration(), 200),
          full_recipe(evaluation.recipe())};
}

std::string front_csv(const v1::GetParetoFrontResponse& fronts) {
  Csv csv(evaluation_columns());
  for (const v1::ParetoFront& front : fronts.fronts())
    for (const v1::Evaluation& evaluation : front.evaluations())
      csv.add(evaluation_cells(evaluation, front.platform()));
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
