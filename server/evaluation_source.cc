#include "server/evaluation_source.h"

#include "analytics/base/text.h"
#include "server/evaluate.h"
#include "server/names.h"
#include "server/rules.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

// A model as it is, or under the configuration that the client read from a file.
Result<EvaluationSource> from_rules(Backend& backend, const v1::CheckSpec& spec, const CancelToken* cancel) {
  RS_ASSIGN(StoredModel model, find_model(backend, spec.model()));
  auto wanted = configured(model.network(), spec.rules());
  if (!wanted.ok()) return wanted.status().at(fmt::format("rules.{}", wanted.status().field()));
  EvaluationSource source{model, model.network(), to_message(*wanted), std::nullopt};
  if (spec.dataset().empty()) {
    RS_ASSIGN(source.network, build_assumed(model.network(), *wanted));
    return source;
  }
  if (Status status = model.check_values(); !status.ok()) return std::move(status).at("dataset");
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, spec.dataset()));
  const auto need = spec.has_rules() ? CalibrationNeed::kNeeded : CalibrationNeed::kNone;
  RS_ASSIGN(source.choice, choose_data(backend.datasets, dataset, {}, need, 0, "", model.preparation));
  RS_ASSIGN(source.network, build_configured(backend, model, *source.choice, *wanted, cancel));
  return source;
}

}  // namespace

Result<EvaluationSource> find_source(Backend& backend, const v1::CheckSpec& spec, const CancelToken* cancel) {
  if (spec.configuration().starts_with(kExplorations))
    return find_evaluation(backend, {spec.configuration(), "configuration", spec.model(), spec.dataset()}, cancel);
  if (!spec.configuration().empty() && !spec.has_rules())
    return invalid_argument(
               "the daemon opens no files: send the rules of '{}' with the check, or name an evaluation "
               "'explorations/ID/evaluations/NUMBER'",
               printable(spec.configuration()))
        .at("configuration");
  return from_rules(backend, spec, cancel);
}

Result<EvaluationSource> find_evaluation(Backend& backend, const EvaluationQuery& query, const CancelToken* cancel) {
  RS_ASSIGN(const EvaluationName name, parse_evaluation_name(query.evaluation, query.field));
  auto exploration = backend.store->get_exploration(name.exploration);
  if (!exploration.ok()) return exploration.status().at(std::string(query.field));
  auto evaluation = backend.store->get_evaluation(name.exploration, name.index);
  if (!evaluation.ok()) return evaluation.status().at(std::string(query.field));
  const v1::ExplorationSpec& spec = exploration->spec();
  RS_ASSIGN(const std::string asked, parse_name(kModels, query.model, "model"));
  RS_ASSIGN(const std::string explored, parse_name(kModels, spec.model(), "model"));
  if (asked != explored)
    return invalid_argument("'{}' is an evaluation of model '{}', and model '{}' is asked for; name the same one",
                            printable(query.evaluation), explored, asked)
        .at("model");
  RS_ASSIGN(EvaluationSource source, rebuild_evaluation(backend, *exploration, *evaluation, cancel));
  if (query.dataset.empty()) {
    source.choice.reset();
    return source;
  }
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, query.dataset));
  RS_ASSIGN(const StoredDataset own, find_dataset(backend, spec.dataset()));
  const bool is_own = dataset.info.key() == own.info.key();
  if (is_own && query.image_limit == 0) return source;
  const auto settings = is_own ? spec.calibration() : v1::CalibrationSettings();
  const auto need = is_own ? CalibrationNeed::kNeeded : CalibrationNeed::kNone;
  const auto* confirmation = is_own && spec.has_confirmation() ? &spec.confirmation() : nullptr;
  RS_ASSIGN(source.choice, choose_data(backend.datasets, dataset, settings, need, query.image_limit, "image_limit",
                                       source.model.preparation, confirmation));
  return source;
}

Result<DataChoice> exploration_data(Backend& backend, const v1::ExplorationSpec& spec, const StoredDataset& dataset,
                                    const Preparation& preparation) {
  return choose_data(backend.datasets, dataset, spec.calibration(), CalibrationNeed::kNeeded, spec.evaluation_images(),
                     "evaluation_images", preparation, spec.has_confirmation() ? &spec.confirmation() : nullptr);
}

Result<Network> rebuild_network(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                const v1::Exploration& exploration, const v1::Evaluation& evaluation,
                                const CancelToken* cancel) {
  RS_ASSIGN(const approx::Recipe recipe, from_message(evaluation.recipe()));
  RS_ASSIGN(Network network,
            build_candidate(backend, model, choice, recipe, exploration.spec().search().seed(), cancel));
  if (network.key().hex() != evaluation.network_key())
    return data_loss("{} cannot be rebuilt: its recipe gives network {} today, and {} was measured", evaluation.name(),
                     network.key().short_hex(), printable(evaluation.network_key(), 12));
  return network;
}

Result<EvaluationSource> rebuild_evaluation(Backend& backend, const v1::Exploration& exploration,
                                            const v1::Evaluation& evaluation, const CancelToken* cancel) {
  const v1::ExplorationSpec& spec = exploration.spec();
  RS_ASSIGN(StoredModel model, find_model(backend, spec.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, spec.dataset()));
  RS_ASSIGN(DataChoice choice, exploration_data(backend, spec, dataset, model.preparation));
  RS_ASSIGN(Network network, rebuild_network(backend, model, choice, exploration, evaluation, cancel));
  return EvaluationSource{std::move(model), std::move(network), evaluation.recipe(), std::move(choice)};
}

}  // namespace roofscape::server
