#include "server/check.h"

#include <algorithm>
#include <vector>

#include "analytics/base/text.h"
#include "analytics/search/objective.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/metric_value.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr int kMostLimits = 1000;

// One limit on one platform (empty: none).
struct Question {
  search::Constraint constraint;
  std::string platform;
};

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
  auto constraint = search::parse_constraint(text);
  if (!constraint.ok()) return constraint.status().at(field);
  const search::MetricRef& what = constraint->what;
  const search::MetricInfo& metric = search::info(what.metric);
  questions->measured = questions->measured || metric.measured;
  if (!what.platform.empty()) {
    RS_TRY(add_platform(backend, what.platform, field, &questions->platforms));
    questions->all.push_back({*constraint, what.platform});
  } else if (!metric.per_platform) {
    questions->all.push_back({*constraint, ""});
  } else if (default_platforms == 0) {
    return invalid_argument("limit '{}' names no platform; write {}@ID, or list platforms in the file", printable(text),
                            metric.name)
        .at(field);
  } else {
    for (std::size_t i = 0; i < default_platforms; ++i)
      questions->all.push_back({*constraint, questions->platforms[i].id});
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

std::string missing_text(const v1::Evaluation& evaluation, const std::string& platform) {
  for (const v1::Estimate& estimate : evaluation.estimates())
    if (estimate.platform() == resource_name(kPlatforms, platform) && estimate.missing_size() > 0)
      return fmt::format("; the platform lacks {}", estimate.missing(0));
  return "";
}

v1::LimitResult held_against(const Question& question, const v1::Evaluation& evaluation) {
  const search::Constraint& constraint = question.constraint;
  const search::MetricRef subject{constraint.what.metric, question.platform};
  v1::LimitResult result;
  result.set_limit(constraint.text);
  if (!question.platform.empty()) result.set_platform(resource_name(kPlatforms, question.platform));
  result.set_bound(constraint.limit);
  const auto value = metric_value(constraint.what.metric, evaluation, question.platform);
  const std::string bound = fmt::format("{} {}", constraint.at_least ? "at least" : "at most",
                                        value_text(constraint.what.metric, constraint.limit));
  if (!value) {
    result.set_violation(1);
    result.set_message(fmt::format("{} is not known{}; {} is asked for", to_string(subject),
                                   missing_text(evaluation, question.platform), bound));
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
  result.set_message(
      result.holds() ? fmt::format("{}; {} is asked for", found, bound)
                     : fmt::format("{}; {} is asked for, missed by {:.3g} %", found, bound, 100 * result.violation()));
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
    response.set_holds(response.holds() && result.holds());
  }
  return response;
}

}  // namespace roofscape::server
