#include "server/front_reason.h"

#include <fmt/format.h>

#include <cmath>

#include "server/value_change.h"

namespace roofscape::server {
namespace {

// What a point behind the recommended one gives of another objective for some of the first.
struct Offer {
  std::int64_t index = 0;
  std::size_t objective = 0;
  double from = 0, to = 0;            // of that objective
  double paid_from = 0, paid_to = 0;  // of the first
};

// The most of any other objective for the least of the first one, among advantages that the intervals do not explain.
std::optional<Offer> best_offer(const ReasonQuestion& question) {
  const RatedPoint& here = question.listed[question.recommended];
  std::optional<Offer> best;
  double best_rate = 0;
  for (const RatedPoint& other : question.listed) {
    const double paid = other.readings[0].value - here.readings[0].value;
    if (!(paid > 0)) continue;
    for (std::size_t i = 1; i < question.objectives.size(); ++i) {
      if (!search::surely_below(other.readings[i], here.readings[i])) continue;
      const double from = here.readings[i].value, to = other.readings[i].value;
      const double got = gain(question.objectives[i], from, to);
      constexpr double kWorthSaying = 0.05;  // as a ratio: five per cent
      if (got < kWorthSaying || !(got / paid > best_rate)) continue;
      best_rate = got / paid;
      best = Offer{other.index, i, from, to, here.readings[0].value, other.readings[0].value};
    }
  }
  return best;
}

std::string against_reference(const ReasonQuestion& question) {
  const RatedPoint& here = question.listed[question.recommended];
  if (here.index == 0) return "is the base network itself, the best compromise listed";
  if (question.base) return change_text(question.objectives, here.readings, *question.base, "the base network");
  const RatedPoint& first = question.best;
  const std::string_view noun = metric_noun(question.objectives[0].what.metric);
  if (first.index == here.index) return fmt::format("is the best of the front in {}", noun);
  return change_text(question.objectives, here.readings, first.readings,
                     fmt::format("#{}, the best of the front in {}", first.index, noun));
}

}  // namespace

std::string front_reason(const ReasonQuestion& question) {
  std::string text;
  if (question.listed.size() == 1) {
    text = question.front_points == 1 ? "is the only point of the front" : "is the only point listed of the front";
    if (question.listed[0].index == 0) return text + ": the base network";
    if (question.base) text += ", and " + against_reference(question);
    return text;
  }
  text = against_reference(question);
  if (const auto offer = best_offer(question)) {
    const search::Objective& first = question.objectives[0];
    const bool measured = search::info(first.what.metric).measured;
    text += fmt::format("; beyond it, #{} {} {} for {}", offer->index, measured && first.maximise ? "loses" : "takes",
                        step_text(first, offer->paid_from, offer->paid_to, true),
                        step_text(question.objectives[offer->objective], offer->from, offer->to));
  }
  return text;
}

}  // namespace roofscape::server
