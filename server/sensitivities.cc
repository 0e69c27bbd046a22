#include "server/sensitivities.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "analytics/base/text.h"
#include "analytics/explore/layer_noise.h"
#include "server/candidate.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/exploration_job.h"
#include "server/names.h"
#include "server/probe_store.h"
#include "server/rules.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kUsualImages = 256;

// What is measured, on which images.
struct Asked {
  StoredModel model;
  explore::Space space;
  DataChoice choice;
  std::uint64_t seed = kEvaluationSeed;
  explore::SensitivityOptions options;
};

Result<explore::Space> space_of(const Network& network, const std::vector<explore::Rule>& rules) {
  auto space = explore::Space::create(network, rules);
  if (space.ok()) return space;
  Status status = space.status();
  std::string path = "space" + status.field();
  return std::move(status).at(std::move(path));
}

// Integers of 2 to 8 bits, half of the weights, half of the rank and a quarter of the filters less, each of the layers
// that take it.
Result<explore::Space> usual_space(const Network& network) {
  using Values = std::vector<approx::KnobValue>;
  const std::vector<explore::MethodChoices> usual = {
      {"integer", {{"weight_bits", Values{2.0, 3.0, 4.0, 6.0, 8.0}}, {"activation_bits", Values{4.0, 8.0}}}},
      {"low_rank", {{"rank", Values{0.5}}}},
      {"prune", {{"fraction", Values{0.5}}}},
      {"prune_filters", {{"fraction", Values{0.25}}}}};
  // Layer by layer: one that cannot take a setting is no reason to leave the method out everywhere.
  std::vector<explore::Rule> rules;
  for (const explore::MethodChoices& method : usual)
    for (const Layer& layer : network.layers()) {
      explore::Rule rule{.layers = layer.name, .op = "", .methods = {method}};
      if (explore::Space::create(network, {rule}).ok()) rules.push_back(std::move(rule));
    }
  if (rules.empty())
    return failed_precondition(
               "none of the usual methods applies to a layer of this network; name rules of your own in `space`")
        .at("space");
  return space_of(network, rules);
}

Status check_alone(const v1::MeasureSensitivityRequest& request) {
  const auto twice = [](std::string_view field) {
    return invalid_argument("an exploration brings its own {}; leave out either it or the {}", field, field)
        .at(std::string(field));
  };
  if (!request.model().empty()) return twice("model");
  if (!request.dataset().empty()) return twice("dataset");
  if (request.space_size() > 0) return twice("space");
  if (request.has_calibration()) return twice("calibration");
  if (request.image_limit() != 0) return twice("image_limit");
  return {};
}

// As the exploration measures it, so that what it stored is found.
Result<Asked> asked_by_exploration(Backend& backend, const v1::MeasureSensitivityRequest& request) {
  RS_TRY(check_alone(request));
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.exploration(), "exploration"));
  auto exploration = backend.store->get_exploration(id);
  if (!exploration.ok()) return exploration.status().at("exploration");
  const v1::ExplorationSpec& spec = exploration->spec();
  RS_ASSIGN(StoredModel model, find_weighted_model(backend, spec.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, spec.dataset()));
  RS_ASSIGN(const auto rules, rules_of(spec.space()));
  RS_ASSIGN(explore::Space space, space_of(model.network(), rules));
  RS_ASSIGN(DataChoice choice, exploration_data(backend, spec, dataset, model.preparation));
  explore::SensitivityOptions options;
  options.budget = explore::sensitivity_budget(evaluations_of(spec), choice.evaluation->count);
  return Asked{std::move(model), std::move(space), std::move(choice), spec.search().seed(), options};
}

Result<Asked> asked(Backend& backend, const v1::MeasureSensitivityRequest& request) {
  if (!request.exploration().empty()) return asked_by_exploration(backend, request);
  if (request.image_limit() < 0)
    return invalid_argument("image_limit is {}; use 1 or more, or 0 for {}", request.image_limit(), kUsualImages)
        .at("image_limit");
  RS_ASSIGN(StoredModel model, find_weighted_model(backend, request.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, request.dataset()));
  RS_ASSIGN(const auto rules, rules_of(request.space()));
  RS_ASSIGN(explore::Space space, rules.empty() ? usual_space(model.network()) : space_of(model.network(), rules));
  RS_ASSIGN(DataChoice choice, choose_data(backend.datasets, dataset, request.calibration(), CalibrationNeed::kNeeded,
                                           0, "", model.preparation));
  explore::SensitivityOptions options;
  options.images = request.image_limit() == 0 ? kUsualImages : request.image_limit();
  return Asked{std::move(model), std::move(space), std::move(choice), kEvaluationSeed, options};
}

v1::Sensitivity to_message(const explore::Space& space, const explore::Probe& probe, const engine::Counts& base,
                           bool labelled, const std::optional<double>& layer_snr_db) {
  const engine::Metrics of_base = engine::metrics(base), of_probe = engine::metrics(probe.counts);
  v1::Sensitivity message;
  for (const std::string& layer : space.variables()[probe.variable].layers) message.add_layers(layer);
  approx::Recipe steps;
  for (const explore::Use& use : explore::probed_uses(space, probe.variable, probe.choice))
    steps.push_back({"", use.method, use.knobs});
  *message.mutable_steps() = server::to_message(steps).steps();
  *message.mutable_counts() = server::to_message(probe.counts);
  message.set_divergence_nats(of_probe.divergence);
  message.set_snr_db(of_probe.snr_db);
  if (layer_snr_db) message.set_layer_snr_db(*layer_snr_db);
  if (labelled) {
    message.set_loss_increase_nats(of_probe.loss - of_base.loss);
    message.set_top1_drop(of_base.top1 - of_probe.top1);
  }
  return message;
}

// Indices of the probes: by the variable's first layer, then what does least first.
std::vector<std::size_t> in_order(const explore::Space& space, const std::vector<explore::Probe>& probes) {
  const std::vector<std::uint32_t> first_layers = space.groups();
  std::vector<std::size_t> order(probes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const explore::Probe &left = probes[a], &right = probes[b];
    return std::tuple(first_layers[left.variable], left.counts.divergence_fixed) <
           std::tuple(first_layers[right.variable], right.counts.divergence_fixed);
  });
  return order;
}

}  // namespace

Result<MeasuredSensitivities> measure_sensitivity(Backend& backend, const v1::MeasureSensitivityRequest& request,
                                                  const SensitivityWatch& watch) {
  RS_ASSIGN(Asked what, asked(backend, request));
  const engine::EngineOptions engine_options = backend.engine_options();
  const Network& network = what.model.network();
  const Preparation& preparation = what.model.preparation;
  RS_TRY(check_fit(network, preparation, *what.choice.calibration, engine_options));
  RS_ASSIGN(const auto calibration, calibration_of(backend, what.model, what.space.needs(), what.choice, watch.cancel));
  explore::CandidateBuilder builder(approx::Draft{network, *calibration}, what.seed);
  const engine::Engine engine(engine_options);
  StoredProbes store(*backend.store, network.key(), {what.choice.calibration_key, preparation}, engine.fingerprint());
  what.options.threads = engine_options.threads;
  what.options.cancel = watch.cancel;
  what.options.progress = watch.progress;
  const Dataset& images = *what.choice.calibration;
  RS_ASSIGN(
      const explore::Sensitivities found,
      explore::measure_sensitivities(what.space, builder, network, images, preparation, engine, store, what.options));
  RS_ASSIGN(const auto noise, explore::measure_layer_noise(what.space, builder, network, found.probes, images,
                                                           preparation, engine, store, what.options));
  MeasuredSensitivities result{{}, found.images_seen};
  v1::MeasureSensitivityResponse& response = result.response;
  response.set_choices_done(std::ssize(found.probes));
  response.set_choices_total(std::ssize(found.probes));
  response.set_image_count(found.images);
  for (const std::size_t i : in_order(what.space, found.probes))
    *response.add_sensitivities() = to_message(what.space, found.probes[i], found.base, images.labelled(), noise[i]);
  return result;
}

}  // namespace roofscape::server
