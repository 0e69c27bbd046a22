#include "client/report/confirmation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "client/console/quantity.h"
#include "client/report/front_report.h"
#include "client/text/csv.h"

namespace roofscape::client {
namespace {

// By how much a top-1 fell on other images: "0.42 points too high".
std::string too_good(double difference) {
  const std::string points = fmt::format("{:.2f}", std::fabs(100 * difference));
  if (points == "0.00") return "the same";
  return fmt::format("{} points too {}", points, difference > 0 ? "high" : "low");
}

double fall(const v1::Evaluation& evaluation) { return evaluation.accuracy().top1() - evaluation.confirmed().top1(); }

}  // namespace

bool is_confirmed(const v1::ParetoFront& front) {
  return front.base().has_confirmed() || std::any_of(front.evaluations().begin(), front.evaluations().end(),
                                                     [](const v1::Evaluation& e) { return e.has_confirmed(); });
}

bool is_refuted(const v1::ParetoFront& front, const v1::Evaluation& evaluation) {
  return std::find(front.refuted().begin(), front.refuted().end(), evaluation.index()) != front.refuted().end();
}

std::string confirmed_cell(const v1::ParetoFront& front, const v1::Evaluation& evaluation) {
  if (!evaluation.has_confirmed()) return std::string(kDash);
  return (is_refuted(front, evaluation) ? "! " : "") + top1_text(evaluation.confirmed());
}

std::string confirmation_line(const v1::GetParetoFrontResponse& fronts) {
  std::map<std::int64_t, double> falls;  // by number: a point may be on several fronts
  const v1::Evaluation* base = nullptr;
  std::int64_t images = 0;
  for (const v1::ParetoFront& front : fronts.fronts()) {
    if (front.base().has_confirmed()) base = &front.base();
    for (const v1::Evaluation& evaluation : front.evaluations()) {
      if (!evaluation.has_confirmed() || evaluation.index() == 0) continue;
      falls[evaluation.index()] = fall(evaluation);
      images = evaluation.confirmed().image_count();
    }
  }
  if (base != nullptr) images = base->confirmed().image_count();
  if (images == 0) return "";
  std::string text =
      fmt::format("confirmed: on {} images that the search never used. By these the top-1 of ", count(images));
  if (!falls.empty()) {
    double sum = 0;
    for (const auto& [index, difference] : falls) sum += difference;
    text += fmt::format("the search is {} in the mean of {} {}", too_good(sum / static_cast<double>(falls.size())),
                        count(static_cast<std::int64_t>(falls.size())), falls.size() == 1 ? "point" : "points");
    if (base != nullptr) text += ", that of ";
  }
  if (base != nullptr) text += fmt::format("the base network, which nobody selected, is {}", too_good(fall(*base)));
  return text;
}

const std::vector<std::string>& confirmation_columns() {
  static const std::vector<std::string> kColumns = {"confirmed_top1", "confirmed_top1_low", "confirmed_top1_high",
                                                    "confirmed_image_count", "refuted"};
  return kColumns;
}

std::vector<std::string> confirmation_cells(const v1::ParetoFront& front, const v1::Evaluation& evaluation) {
  if (!evaluation.has_confirmed()) return std::vector<std::string>(confirmation_columns().size());
  const v1::Accuracy& confirmed = evaluation.confirmed();
  return {Csv::number(confirmed.top1()), Csv::number(confirmed.top1_interval().low()),
          Csv::number(confirmed.top1_interval().high()), std::to_string(confirmed.image_count()),
          is_refuted(front, evaluation) ? "true" : "false"};
}

}  // namespace roofscape::client
