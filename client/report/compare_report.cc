#include "client/report/compare_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/front_report.h"
#include "client/report/latency_text.h"
#include "client/report/recipe.h"
#include "client/text/csv.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

// "e1 dominates 21 of 30 points of e2".
std::string one_way(const v1::ComparedFront& winner, const v1::ComparedFront& loser) {
  return fmt::format("{} dominates {} of {} points of {}", id_of(winner.name()), loser.dominated_count(),
                     loser.points_size(), id_of(loser.name()));
}

std::vector<std::string> front_cells(const v1::ComparedFront& front, double joint) {
  return {id_of(front.name()),
          count(front.points_size()),
          count(front.dominated_count()),
          count(front.equal_count()),
          fmt::format("{:.4f}", front.hypervolume()),
          joint > 0 ? percent(front.hypervolume() / joint) : std::string(kDash)};
}

// "#3, #17 and 12 more": the points that the other front neither dominates nor equals; empty: none.
std::string extending(const v1::ComparedFront& front) {
  constexpr std::size_t kMostNumbers = 10;
  std::vector<std::string> numbers;
  for (const v1::ComparedPoint& point : front.points())
    if (point.standing() == v1::EXTENDS) numbers.push_back(fmt::format("#{}", point.evaluation().index()));
  if (numbers.size() <= kMostNumbers) return fmt::format("{}", fmt::join(numbers, ", "));
  return fmt::format("{} and {} more", fmt::join(numbers.begin(), numbers.begin() + kMostNumbers, ", "),
                     numbers.size() - kMostNumbers);
}

std::string fronts_text(const v1::FrontComparison& comparison, const Console& console) {
  Table table({{"front"},
               {"points", Align::kRight},
               {"dominated", Align::kRight},
               {"equal", Align::kRight},
               {"hypervolume", Align::kRight},
               {"of both together", Align::kRight}});
  table.add(front_cells(comparison.first(), comparison.joint_hypervolume()));
  table.add(front_cells(comparison.second(), comparison.joint_hypervolume()));
  std::string text = table.to_text(console) + domination_text(comparison) + "\n";
  for (const v1::ComparedFront* front : {&comparison.first(), &comparison.second()}) {
    const v1::ComparedFront& other = front == &comparison.first() ? comparison.second() : comparison.first();
    if (const std::string numbers = extending(*front); !numbers.empty())
      text += fmt::format("{} extends the front of {} by {}\n", id_of(front->name()), id_of(other.name()), numbers);
  }
  return text;
}

std::string contenders_text(const v1::FrontComparison& comparison, const Console& console) {
  Table table(
      {{"configuration"},
       {"top-1 (95 %)", Align::kRight},
       {"latency", Align::kRight},
       {"energy", Align::kRight},
       {"weights", Align::kRight},
       {fmt::format("against the {} points of {}", comparison.first().points_size(), id_of(comparison.first().name())),
        Align::kLeft, true}});
  for (const v1::ComparedPoint& point : comparison.contenders()) {
    const v1::Estimate* estimate = estimate_on(point.evaluation(), comparison.platform());
    const auto priced = [&](auto text) { return estimate == nullptr ? std::string(kDash) : text(*estimate); };
    table.add({printable(point.label()), top1_text(point.evaluation().accuracy()), priced(latency_text),
               priced(energy_text), priced([](const v1::Estimate& e) { return bytes(e.weight_bytes()); }),
               printable(point.message(), 600)});
  }
  return table.to_text(console);
}

void add_row(const v1::FrontComparison& comparison, const v1::ComparedPoint& point, const std::string& side, Csv* csv) {
  const v1::Accuracy& accuracy = point.evaluation().accuracy();
  const v1::Estimate* estimate = estimate_on(point.evaluation(), comparison.platform());
  const bool beaten = point.has_beaten_by();
  csv->add({id_of(comparison.platform()), side,
            point.label().empty() ? std::to_string(point.evaluation().index()) : printable(point.label()),
            std::string(standing_word(point.standing())), beaten ? std::to_string(point.beaten_by()) : "",
            beaten ? (point.told_apart() ? "true" : "false") : "", Csv::number(point.hypervolume_gain()),
            std::to_string(point.dominated_count()), Csv::number(accuracy.top1()),
            Csv::number(accuracy.top1_interval().low()), Csv::number(accuracy.top1_interval().high()),
            estimate == nullptr ? "" : Csv::number(estimate->latency_seconds()),
            estimate == nullptr || !estimate->has_energy_joules() ? "" : Csv::number(estimate->energy_joules()),
            estimate == nullptr ? "" : Csv::number(estimate->weight_bytes()),
            full_recipe(point.evaluation().recipe())});
}

}  // namespace

std::string_view standing_word(v1::Standing standing) {
  switch (standing) {
    case v1::EXTENDS: return "extends";
    case v1::EQUALS: return "equals";
    case v1::DOMINATED: return "dominated";
    case v1::NOT_FEASIBLE: return "not feasible";
    default: return "";
  }
}

std::string domination_text(const v1::FrontComparison& comparison) {
  if (!comparison.has_second()) return "";
  return one_way(comparison.first(), comparison.second()) + ", and " + one_way(comparison.second(), comparison.first());
}

std::string compare_table(const v1::CompareFrontsResponse& response, const Console& console) {
  std::string text;  // what is not comparable first: it decides how the rest is read
  for (const std::string& note : response.notes()) text += "note: " + printable(note, 400) + "\n";
  for (const v1::FrontComparison& comparison : response.comparisons()) {
    if (!text.empty()) text += "\n";
    std::vector<std::string> objectives;
    for (const v1::BoxSide& side : comparison.box().sides()) objectives.push_back(printable(side.objective()));
    text +=
        console.paint(Ink::kAccent, id_of(comparison.platform())) + fmt::format(": {}\n", fmt::join(objectives, ", "));
    if (comparison.has_second()) text += fronts_text(comparison, console);
    if (comparison.contenders_size() > 0) text += contenders_text(comparison, console);
  }
  if (response.comparisons().empty()) text += "nothing to compare\n";
  return text;
}

std::string compare_csv(const v1::CompareFrontsResponse& response) {
  Csv csv({"platform", "side", "point", "standing", "beaten_by", "told_apart", "hypervolume_gain", "dominated_count",
           "top1", "top1_low", "top1_high", "latency_seconds", "energy_joules", "weight_bytes", "recipe"});
  for (const v1::FrontComparison& comparison : response.comparisons()) {
    for (const v1::ComparedFront* front : {&comparison.first(), &comparison.second()})
      for (const v1::ComparedPoint& point : front->points()) add_row(comparison, point, id_of(front->name()), &csv);
    for (const v1::ComparedPoint& point : comparison.contenders()) add_row(comparison, point, "configuration", &csv);
  }
  return csv.to_text();
}

}  // namespace roofscape::client
