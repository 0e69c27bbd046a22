#include "server/value_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace roofscape::server {
namespace {

using search::Metric;

bool is_countable(Metric metric) {
  return metric == Metric::kMacs || metric == Metric::kLut || metric == Metric::kDsp || metric == Metric::kBram;
}

bool is_share(Metric metric) {
  return metric == Metric::kTop1 || metric == Metric::kTop5 || metric == Metric::kAgreement;
}

// "3.1 times", "42 times", "8 %".
std::string factor_text(double ratio) {
  if (ratio >= 10) return fmt::format("{:.0f} times", ratio);
  return ratio >= 1.5 ? fmt::format("{:.1f} times", ratio) : "";
}

std::string price_text(const search::Objective& objective, double from, double to) {
  const std::string_view noun = metric_noun(objective.what.metric);
  // What is maximised comes negated; its amount counts.
  const double before = std::abs(from), after = std::abs(to);
  const bool rises = after > before;
  if (!(before > 0) || !(after > 0)) return fmt::format("{:.4g} instead of {:.4g} {}", after, before, noun);
  const std::string factor = factor_text(rises ? after / before : before / after);
  const std::string amount = factor.empty() ? fmt::format("{:.0f} %", 100 * std::abs(after - before) / before) : factor;
  return fmt::format("{} {} {}", amount, rises ? "more" : is_countable(objective.what.metric) ? "fewer" : "less", noun);
}

std::string measured_text(const search::Objective& objective, double difference, bool more) {
  const std::string_view noun = metric_noun(objective.what.metric), behind = more ? " more" : "";
  if (is_share(objective.what.metric))
    return fmt::format("{:.{}f} points{} of {}", 100 * difference, difference < 5e-4 ? 2 : 1, behind, noun);
  return fmt::format("{:.3g} {}{} of {}", difference, search::info(objective.what.metric).unit, behind, noun);
}

// Too small a difference to be written as one.
bool is_nothing(const search::Objective& objective, double from, double to) {
  if (is_share(objective.what.metric)) return std::abs(to - from) < 5e-4;
  return std::abs(to - from) <= 5e-3 * std::max(std::abs(from), std::abs(to));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return text;
}

}  // namespace

std::string_view metric_noun(Metric metric) {
  switch (metric) {
    case Metric::kTop1: return "top-1";
    case Metric::kTop5: return "top-5";
    case Metric::kLoss: return "cross entropy";
    case Metric::kSnr: return "signal-to-noise ratio";
    case Metric::kLatency: return "time";
    case Metric::kWeightBytes: return "weight memory";
    case Metric::kMacs: return "multiply-accumulates";
    case Metric::kLut: return "look-up tables";
    case Metric::kDsp: return "DSP blocks";
    case Metric::kBram: return "block memories";
    default: return search::info(metric).name;
  }
}

std::string step_text(const search::Objective& objective, double from, double to, bool more) {
  if (search::info(objective.what.metric).measured) return measured_text(objective, std::abs(to - from), more);
  return price_text(objective, from, to);
}

double gain(const search::Objective& objective, double from, double to) {
  const bool price = !search::info(objective.what.metric).measured;
  if (price && from != 0 && to != 0 && (from > 0) == (to > 0))
    return objective.maximise ? std::log(to / from) : std::log(from / to);
  return from - to;
}

std::string change_text(std::span<const search::Objective> objectives, std::span<const search::Reading> here,
                        std::span<const search::Reading> there, std::string_view name) {
  struct Clause {
    std::string_view verb;
    std::vector<std::string> parts{};
  };
  std::array<Clause, 6> clauses = {{{"loses"}, {"gains"}, {"adds"}, {"saves"}, {"takes"}, {"has"}}};
  std::vector<std::string> alike;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const search::Objective& objective = objectives[i];
    const double from = there[i].value, to = here[i].value;
    const bool measured = search::info(objective.what.metric).measured;
    const bool exact = here[i].low == here[i].high && there[i].low == there[i].high;
    const bool apart = (measured && exact) || surely_below(here[i], there[i]) || surely_below(there[i], here[i]);
    if (is_nothing(objective, from, to) || !apart) {
      alike.emplace_back(metric_noun(objective.what.metric));
    } else {
      const std::size_t verb = measured             ? (objective.maximise ? 0 : 2) + (to > from ? 0 : 1)
                               : objective.maximise ? 5
                                                    : 4;
      clauses[verb].parts.push_back(step_text(objective, from, to));
    }
  }
  std::vector<std::string> said;
  for (const Clause& clause : clauses)
    if (!clause.parts.empty()) said.push_back(fmt::format("{} {}", clause.verb, joined(clause.parts)));
  if (said.empty()) return fmt::format("cannot be told from {}", name);
  const bool priced = !clauses[4].parts.empty() || !clauses[5].parts.empty();
  std::string text = fmt::format("{} {} {}", joined(said), priced ? "than" : "against", name);
  if (!alike.empty())
    text += fmt::format("; {} {} the same as far as can be told", joined(alike), alike.size() == 1 ? "is" : "are");
  return text;
}

}  // namespace roofscape::server
