#include "server/exploration_job.h"

#include <cmath>

#include "analytics/base/text.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/names.h"
#include "server/rules.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kDefaultEvaluations = 200;
constexpr int kMostObjectives = 16;
constexpr int kMostConstraints = 100;

// At least one, not too many, each parsed at its own path.
template <typename T>
Result<std::vector<T>> parse_all(const google::protobuf::RepeatedPtrField<std::string>& texts, std::string_view field,
                                 int most, Result<T> (*parse)(std::string_view)) {
  if (texts.size() > most)
    return invalid_argument("there are {} {}; use at most {}", texts.size(), field, most).at(std::string(field));
  std::vector<T> parsed;
  for (int i = 0; i < texts.size(); ++i) {
    auto one = parse(texts[i]);
    if (!one.ok()) return one.status().at(fmt::format("{}[{}]", field, i));
    parsed.push_back(*std::move(one));
  }
  return parsed;
}

Status check_search(const Settings& settings, const v1::Search& search) {
  const auto wrong = [](std::string_view name, double value, std::string_view use) {
    return out_of_range("{} is {}; use {}", name, value, use).at(fmt::format("search.{}", name));
  };
  if (search.evaluations() < 0 || search.evaluations() > settings.exploration_evaluations)
    return wrong("evaluations", static_cast<double>(search.evaluations()),
                 fmt::format("1 to {} (setting exploration_evaluations), or 0 for {}", settings.exploration_evaluations,
                             kDefaultEvaluations));
  if (!std::isfinite(search.seconds()) || search.seconds() < 0)
    return wrong("seconds", search.seconds(), "0 (no limit) or more");
  if (!(search.plateau() >= 0 && search.plateau() < 1)) return wrong("plateau", search.plateau(), "0 (off) to below 1");
  if (search.racing() != 0 && !(search.racing() >= 0.5 && search.racing() <= 1))
    return wrong("racing", search.racing(), "0.5 to 1 (1: every candidate sees all images), or 0 for 0.999");
  return {};
}

Status check_not_empty(const v1::ExplorationSpec& spec) {
  const auto missing = [](std::string_view field, std::string_view example) {
    return invalid_argument("there are no {}; give at least one, like {}", field, example).at(std::string(field));
  };
  if (spec.platforms().empty()) return missing("platforms", "raspberry-pi-4");
  if (spec.objectives().empty()) return missing("objectives", "'maximise top1'");
  if (spec.space().empty())
    return invalid_argument(
               "the space has no rules; give at least one, like 'layers: \"*\", integer: {{weight_bits: [4, 8]}}'")
        .at("space");
  return {};
}

Result<double> size_of_space(const Network& network, const std::vector<explore::Rule>& rules) {
  auto space = explore::Space::create(network, rules);
  if (!space.ok()) {
    Status status = space.status();
    std::string path = "space" + status.field();
    return std::move(status).at(std::move(path));
  }
  double size = 1;
  for (const std::uint32_t choices : space->choices()) size *= choices;
  return std::min(size, 1e300);
}

}  // namespace

std::int64_t evaluations_of(const v1::ExplorationSpec& spec) {
  return spec.search().evaluations() == 0 ? kDefaultEvaluations : spec.search().evaluations();
}

Result<PreparedJob> prepare_job(Backend& backend, const v1::ExplorationSpec& spec) {
  RS_TRY(check_not_empty(spec));
  RS_TRY(check_search(backend.settings, spec.search()));
  RS_ASSIGN(const std::int64_t batch, checked_batch(spec.batch()));
  RS_ASSIGN(auto objectives, parse_all(spec.objectives(), "objectives", kMostObjectives, &search::parse_objective));
  RS_ASSIGN(auto constraints,
            parse_all(spec.constraints(), "constraints", kMostConstraints, &search::parse_constraint));
  RS_ASSIGN(auto rules, rules_of(spec.space()));
  RS_ASSIGN(auto platforms, named_platforms(backend.platforms, spec.platforms()));
  RS_ASSIGN(const StoredModel model, find_weighted_model(backend, spec.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, spec.dataset()));
  RS_ASSIGN(const double space_size, size_of_space(model.network(), rules));
  RS_ASSIGN(const DataChoice choice, exploration_data(backend, spec, dataset, model.preparation));
  RS_TRY(check_fit(model.network(), model.preparation, *choice.evaluation, backend.engine_options()));
  if (choice.confirmation != nullptr) {
    const bool other = !spec.confirmation().dataset().empty();
    RS_TRY(check_fit(model.network(), model.preparation, *choice.confirmation, backend.engine_options(),
                     other ? "confirmation.dataset" : "dataset"));
  }

  PreparedJob prepared{{model.network(), model.preparation, *choice.calibration, *choice.evaluation,
                        std::move(platforms), std::move(rules), std::move(objectives), std::move(constraints)},
                       choice.data_key,
                       model.network().key(),
                       choice.calibration_key,
                       space_size,
                       {}};
  explore::Job& job = prepared.job;
  if (!spec.search().searcher().empty()) job.searcher = spec.search().searcher();
  job.seed = spec.search().seed();
  job.evaluations = evaluations_of(spec);
  job.plateau = spec.search().plateau();
  job.seconds = spec.search().seconds();
  job.batch = batch;
  if (spec.search().racing() != 0) job.racing = spec.search().racing();
  RS_TRY(explore::validate(job));

  prepared.content_keys["model"] = model.content_key().hex();
  prepared.content_keys["dataset"] = choice.data_key.hex();
  prepared.content_keys["calibration"] = choice.calibration_key.hex();
  if (choice.confirmation != nullptr) prepared.content_keys["confirmation"] = choice.confirmation_key.hex();
  const std::string engine = engine::Engine(backend.engine_options()).fingerprint();
  prepared.content_keys["engine"] = Hasher("engine/1").add(engine).finish().hex();
  for (const explore::NamedPlatform& platform : job.platforms)
    prepared.content_keys[resource_name(kPlatforms, platform.id)] = content_key(*platform.platform).hex();
  return prepared;
}

Status check_unchanged(const v1::Exploration& exploration, const PreparedJob& prepared) {
  for (const auto& [what, key] : prepared.content_keys) {
    const auto then = exploration.content_keys().find(what);
    if (then != exploration.content_keys().end() && then->second == key) continue;
    return failed_precondition(
        "{} is not what it was when the exploration was accepted; its results would not go together: create a new one",
        what.find('/') == std::string::npos ? fmt::format("the {}", what) : what);
  }
  return {};
}

}  // namespace roofscape::server
