#include "client/report/exploration_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/shape.h"
#include "client/text/csv.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + printable(text);
  return out;
}

std::string best_text(const v1::Exploration& exploration) {
  return exploration.has_best_top1() ? percent(exploration.best_top1()) : std::string(kDash);
}

Ink ink_of(v1::ExplorationState state) {
  switch (state) {
    case v1::RUNNING: return Ink::kAccent;
    case v1::FAILED: return Ink::kBad;
    case v1::CANCELLED:
    case v1::PAUSED: return Ink::kFaint;
    default: return Ink::kPlain;
  }
}

// "sensitivities 12/80": choices done of what is being measured; of candidates, images.
std::string activity_text(const v1::ExplorationEvent& event) {
  std::string text = printable(event.activity(), 40);
  if (event.images_total() > 0)
    text += fmt::format(" {}/{}{}", count(event.images_done()), count(event.images_total()),
                        event.activity() == "sensitivities" ? "" : " images");
  return text;
}

// "conv_1 38 %, conv_7 21 % of the damage of integer {weight_bits: 4}".
std::string sensitive_text(const v1::SensitiveLayers& sensitive) {
  std::string text;
  for (int i = 0; i < std::min(sensitive.layers_size(), sensitive.shares_size()); ++i)
    text +=
        fmt::format("{}{} {:.0f} %", i == 0 ? "" : ", ", printable(sensitive.layers(i), 40), 100 * sensitive.shares(i));
  return text.empty() ? text : text + " of the damage of " + printable(sensitive.setting(), 200);
}

}  // namespace

std::string state_text(v1::ExplorationState state) {
  const std::string text = lower_case(v1::ExplorationState_Name(state));
  return text.empty() ? "unknown" : text;
}

bool is_resting(v1::ExplorationState state) {
  return state == v1::PAUSED || state == v1::SUCCEEDED || state == v1::FAILED || state == v1::CANCELLED;
}

std::string standing_text(const v1::ExplorationEvent& event) {
  std::string text;
  if (event.state() == v1::QUEUED) text = "waiting for a worker  ";
  if (!event.activity().empty()) text += activity_text(event) + "  ";
  if (event.has_best_top1()) text += "best top-1 " + percent(event.best_top1()) + "  ";
  return text + fmt::format("hypervolume {:.4f}", event.hypervolume());
}

std::string space_text(const v1::Exploration& exploration) {
  const auto& rules = exploration.spec().space();
  const bool required = std::any_of(rules.begin(), rules.end(), [](const v1::Rule& rule) { return rule.required(); });
  constexpr double kExact = 1e6;  // beyond it three digits
  const double size = exploration.space_size();
  return (size == 1       ? "1 point"
          : size < kExact ? count(std::llround(size)) + " points"
                          : number(size) + " points") +
         (required ? ", in which no layer is left alone that a required rule covers" : "");
}

std::string explorations_table(const v1::ListExplorationsResponse& explorations, const Console& console) {
  Table table({{"exploration"},
               {"state"},
               {"measured", Align::kRight},
               {"model"},
               {"data set"},
               {"best top-1", Align::kRight},
               {"hypervolume", Align::kRight},
               {"created"},
               {"platforms", Align::kLeft, true}});
  for (const v1::Exploration& e : explorations.explorations())
    table.add({id_of(e.name()), state_text(e.state()),
               fmt::format("{}/{}", count(e.evaluation_count()), count(e.evaluations_wanted())),
               id_of(e.spec().model()), id_of(e.spec().dataset()), best_text(e), fmt::format("{:.4f}", e.hypervolume()),
               date_text(e.create_time()), joined(e.spec().platforms())},
              ink_of(e.state()));
  return table.empty() ? "no explorations yet; start one with 'roofscape explore FILE.yaml'\n" : table.to_text(console);
}

std::string explorations_csv(const v1::ListExplorationsResponse& explorations) {
  Csv csv({"exploration", "state", "evaluation_count", "evaluations_wanted", "model", "dataset", "best_top1",
           "hypervolume", "space_size"});
  for (const v1::Exploration& e : explorations.explorations())
    csv.add({id_of(e.name()), state_text(e.state()), std::to_string(e.evaluation_count()),
             std::to_string(e.evaluations_wanted()), id_of(e.spec().model()), id_of(e.spec().dataset()),
             e.has_best_top1() ? Csv::number(e.best_top1()) : "", Csv::number(e.hypervolume()),
             Csv::number(e.space_size())});
  return csv.to_text();
}

std::string exploration_text(const v1::Exploration& e, const Console& console) {
  Facts facts;
  facts.add("exploration", id_of(e.name()));
  facts.add("state",
            state_text(e.state()) + (e.error_message().empty() ? "" : ": " + printable(e.error_message(), 500)));
  facts.add("model", id_of(e.spec().model()));
  facts.add("data set", id_of(e.spec().dataset()));
  facts.add("platforms", joined(e.spec().platforms()));
  facts.add("objectives", joined(e.spec().objectives()));
  facts.add("constraints", joined(e.spec().constraints()));
  facts.add("searcher",
            fmt::format("{}, seed {}",
                        e.spec().search().searcher().empty() ? "surrogate" : printable(e.spec().search().searcher()),
                        e.spec().search().seed()));
  if (e.spec().evaluation_images() > 0)
    facts.add("evaluation images", "the first " + count(e.spec().evaluation_images()));
  if (const v1::ConfirmationSettings& confirmation = e.spec().confirmation(); e.spec().has_confirmation())
    facts.add("confirmed on", confirmation.dataset().empty()
                                  ? percent(confirmation.share()) + " of the images that calibration leaves"
                                  : "data set " + id_of(confirmation.dataset()));
  facts.add("measured", fmt::format("{} of {}{}", count(e.evaluation_count()), count(e.evaluations_wanted()),
                                    e.rejected_count() > 0
                                        ? fmt::format("; {} more dropped for their price", count(e.rejected_count()))
                                        : ""));
  if (e.known_size() > 0)
    facts.add("known before", count(e.known_size()) + " candidates that earlier explorations measured");
  if (e.image_count() > 0) facts.add("images", count(e.image_count()) + " taken through candidates");
  if (e.has_rank_correlation()) facts.add("forecasts", fmt::format("rank correlation {:.2f}", e.rank_correlation()));
  if (const std::string sensitive = sensitive_text(e.sensitive_layers()); !sensitive.empty())
    facts.add("sensitive", sensitive);
  facts.add("space", space_text(e));
  facts.add("best top-1", best_text(e));
  facts.add("hypervolume", fmt::format("{:.4f}", e.hypervolume()));
  facts.add("created", date_text(e.create_time()));
  facts.add("last change", date_text(e.update_time()));
  std::string text = facts.to_text(console);
  if (e.evaluation_count() > 0)
    text += fmt::format("'roofscape sensitivity --exploration {}' shows which layers are sensitive to what\n",
                        id_of(e.name()));
  return text;
}

}  // namespace roofscape::client
