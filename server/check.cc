#include "server/check.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "analytics/base/text.h"
#include "analytics/search/objective.h"
#include "proto/estimate_words.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/metric_value.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr int kMostLimits = 1000;

// The limit that a network has room: its word, alone or with "@platform".
constexpr std::string_view kFits = "fits";

// One limit on one platform (empty: none).
struct Question {
  std::string text;
  std::optional<search::Constraint> constraint;  // none: that the network fits
  std::string platform;
};

// What a limit is on.
struct Subject {
  std::optional<search::Constraint> constraint;  // none: that the network fits
  std::string platform;                          // as the limit names it
  std::string name;
  bool per_platform = true, measured = false;
};

Result<Subject> parse_subject(const std::string& text) {
  const std::string_view limit = trim(text);
  if (limit == kFits) return Subject{std::nullopt, "", std::string(kFits)};
  if (limit.starts_with(kFits) && limit.substr(kFits.size()).starts_with('@'))
    return Subject{std::nullopt, std::string(limit.substr(kFits.size() + 1)), std::string(kFits)};
  RS_ASSIGN(search::Constraint constraint, search::parse_constraint(text));
  const search::MetricInfo& metric = search::info(constraint.what.metric);
  std::string platform = constraint.what.platform;
  return Subject{std::move(constraint), std::move(platform), metric.name, metric.per_platform, metric.measured};
}

struct Questions {
  std::vector<Question> all;
  std::vector<explore::NamedPlatform> platforms;  // every one that a question or the file names, each once
  bool measured = false;                          // some limit needs the engine
};

Status add_platform(Backend& backend, const std::string& id, const std::string& field,
                    std::vector<explore::NamedPlatform>* platforms) {
  for (const explore::NamedPlatform& known : *platforms)
    if (known.id == id) return {};
  auto platform = backend.platforms.get(id);
  if (!platform.ok()) return platform.status().at(field);
  platforms->push_back({id, std::make_shared<const v1::Platform>(std::move(*platform))});
  return {};
}

// What one limit asks, of every platform that it holds on.
Status add_limit(Backend& backend, const std::string& text, const std::string& field, std::size_t default_platforms,
                 Questions* questions) {
  auto subject = parse_subject(text);
  if (!subject.ok()) return subject.status().at(field);
  const auto ask = [&](const std::string& platform) {
    questions->all.push_back({std::string(trim(text)), subject->constraint, platform});
  };
  questions->measured = questions->measured || subject->measured;
  if (!subject->platform.empty()) {
    RS_TRY(add_platform(backend, subject->platform, field, &questions->platforms));
    ask(subject->platform);
  } else if (!subject->per_platform) {
    ask("");
  } else if (default_platforms == 0) {
    return invalid_argument("limit '{}' names no platform; write {}@ID, or list platforms in the file", printable(text),
                            subject->name)
        .at(field);
  } else {
    for (std::size_t i = 0; i < default_platforms; ++i) ask(questions->platforms[i].id);
  }
  return {};
}

Result<Questions> read_limits(Backend& backend, const v1::CheckSpec& spec) {
  if (spec.limits().empty()) return invalid_argument("there are no limits; give at least one").at("limits");
  if (spec.limits_size() > kMostLimits)
    return invalid_argument("there are {} limits; use at most {}", spec.limits_size(), kMostLimits).at("limits");
  Questions questions;
  RS_ASSIGN(questions.platforms, named_platforms(backend.platforms, spec.platforms()));
  const std::size_t listed = questions.platforms.size();
  for (int i = 0; i < spec.limits_size(); ++i)
    RS_TRY(add_limit(backend, spec.limits(i), fmt::format("limits[{}]", i), listed, &questions));
  if (questions.measured && spec.dataset().empty())
    return invalid_argument("a limit is on accuracy, which needs a data set to measure it on; name one").at("dataset");
  return questions;
}

// What would make a metric known.
std::string missing_text(search::Metric metric, const v1::Estimate& estimate) {
  if (metric != search::Metric::kEnergy) return "";
  for (const std::string& missing : estimate.missing())
    if (missing.find("energy") != std::string::npos) return fmt::format("; the platform lacks {}", missing);
  return "";
}

// "12.3 %", and from twice as much on "104 times as much".
std::string missed_text(double violation) {
  return violation < 1 ? fmt::format("missed by {:.3g} %", 100 * violation)
                       : fmt::format("{:.3g} times as much", 1 + violation);
}

// What is not known does not hold, whatever it may be.
v1::LimitResult room_on(const Question& question, const v1::Estimate& estimate) {
  v1::LimitResult result;
  result.set_bound(1);
  if (cannot_fit(estimate) || estimate.has_fits()) result.set_value(cannot_fit(estimate) ? 0 : 1);
  result.set_holds(result.value() == 1);
  result.set_violation(result.holds() ? 0 : 1);
  result.set_message(fmt::format("fits {}: {}", question.platform, fit_text(estimate)));
  return result;
}

v1::LimitResult held_against(const Question& question, const v1::Evaluation& evaluation) {
  const v1::Estimate& estimate = estimate_on(evaluation, question.platform);
  if (!question.constraint) return room_on(question, estimate);
  const search::Constraint& constraint = *question.constraint;
  const search::MetricRef subject{constraint.what.metric, question.platform};
  v1::LimitResult result;
  result.set_bound(constraint.limit);
  const auto value = metric_value(constraint.what.metric, evaluation, question.platform);
  const std::string bound = fmt::format("{} {}", constraint.at_least ? "at least" : "at most",
                                        value_text(constraint.what.metric, constraint.limit));
  if (!value) {
    result.set_violation(1);
    result.set_message(fmt::format("{} is not known{}; {} is asked for", to_string(subject),
                                   missing_text(constraint.what.metric, estimate), bound));
    return result;
  }
  result.set_value(*value);
  result.set_violation(search::violation(constraint, *value));
  result.set_holds(result.violation() == 0);
  std::string found = fmt::format("{} is {}", to_string(subject), value_text(constraint.what.metric, *value));
  if (const auto interval = metric_interval(constraint.what.metric, evaluation, question.platform)) {
    *result.mutable_interval() = *interval;
    found += fmt::format(" (90 %: {} to {})", value_text(constraint.what.metric, interval->low()),
                         value_text(constraint.what.metric, interval->high()));
  }
  if (subject.metric == search::Metric::kEnergy && estimate.energy_basis() != v1::ENERGY_BASIS_UNSPECIFIED)
    found += fmt::format(", of {}", energy_basis_in_full(estimate.energy_basis()));
  // A device without room for it runs it at no price.
  if (cannot_fit(estimate)) {
    result.set_holds(false);
    result.set_violation(std::max(result.violation(), 1.0));
    result.set_message(fmt::format("{}, if it fitted: {}", found, printable(estimate.does_not_fit(), 300)));
    return result;
  }
  result.set_message(result.holds()
                         ? fmt::format("{}; {} is asked for", found, bound)
                         : fmt::format("{}; {} is asked for, {}", found, bound, missed_text(result.violation())));
  return result;
}

}  // namespace

Result<v1::CheckModelResponse> check_model(Backend& backend, const v1::CheckSpec& spec, const CancelToken* cancel) {
  RS_ASSIGN(const std::int64_t batch, checked_batch(spec.batch()));
  RS_ASSIGN(const Questions questions, read_limits(backend, spec));
  RS_ASSIGN(const EvaluationSource source, find_source(backend, spec, cancel));

  v1::CheckModelResponse response;
  v1::Evaluation& evaluation = *response.mutable_evaluation();
  *evaluation.mutable_recipe() = source.recipe;
  RS_TRY(add_estimates(source.network, questions.platforms, {.batch = batch}, &evaluation));
  set_design(source.network, &evaluation);
  if (questions.measured) {
    RS_ASSIGN(const engine::Counts counts,
              measure_shared(backend, source.model, source.network, *source.choice, {nullptr, cancel}));
    set_measured(source.network.key(), counts, &evaluation);
  }
  response.set_holds(true);
  for (const Question& question : questions.all) {
    v1::LimitResult& result = *response.add_results() = held_against(question, evaluation);
    result.set_limit(question.text);
    if (!question.platform.empty()) result.set_platform(resource_name(kPlatforms, question.platform));
    response.set_holds(response.holds() && result.holds());
  }
  return response;
}

}  // namespace roofscape::server
