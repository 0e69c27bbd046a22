#include "server/evaluate.h"

#include "analytics/base/text.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/engine/exit_shares.h"
#include "analytics/network/work.h"
#include "server/candidate.h"
#include "server/estimate_totals.h"
#include "server/evaluation_source.h"
#include "server/names.h"
#include "server/platform_choice.h"
#include "server/predictions.h"
#include "server/rules.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kLargestBatch = std::int64_t{1} << 20;

// Puts `prefix` before the status's field.
Status under(Status status, std::string_view prefix) {
  std::string path = status.field().empty() ? std::string(prefix) : fmt::format("{}.{}", prefix, status.field());
  return std::move(status).at(std::move(path));
}

Result<Configured> configured_at(const Network& network, const v1::Configuration& configuration) {
  auto read = configured(network, configuration);
  if (!read.ok()) return under(read.status(), "configuration");
  return read;
}

// The request with what the exploration that it names says, if it names one.
Result<v1::EvaluateModelRequest> completed(Backend& backend, const v1::EvaluateModelRequest& request) {
  if (request.exploration().empty()) return request;
  const auto twice = [](std::string_view field) {
    return invalid_argument("an exploration brings its own {}; leave out either it or the {}", field, field)
        .at(std::string(field));
  };
  if (!request.model().empty()) return twice("model");
  if (!request.dataset().empty()) return twice("dataset");
  if (request.has_calibration()) return twice("calibration");
  if (request.image_limit() != 0) return twice("image_limit");
  if (request.platforms_size() > 0) return twice("platforms");
  if (request.batch() != 0) return twice("batch");
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.exploration(), "exploration"));
  auto exploration = backend.store->get_exploration(id);
  if (!exploration.ok()) return exploration.status().at("exploration");
  v1::EvaluateModelRequest whole = request;
  whole.set_model(exploration->spec().model());
  whole.set_dataset(exploration->spec().dataset());
  *whole.mutable_platforms() = exploration->spec().platforms();
  whole.set_batch(exploration->spec().batch());
  return whole;
}

// A configuration's network as the exploration would have built and measured it.
Result<EvaluationSource> source_like(Backend& backend, const v1::EvaluateModelRequest& request, StoredModel model,
                                     const StoredDataset& dataset, const CancelToken* cancel) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.exploration(), "exploration"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  RS_ASSIGN(const Configured wanted, configured_at(model.network(), request.configuration()));
  RS_ASSIGN(DataChoice choice, exploration_data(backend, exploration.spec(), dataset, model.preparation));
  auto network =
      wanted.first ? build_configured(backend, model, choice, wanted, cancel)
                   : build_candidate(backend, model, choice, wanted.recipe, exploration.spec().search().seed(), cancel);
  if (!network.ok()) return network.status();
  return EvaluationSource{std::move(model), *std::move(network), to_message(wanted), std::move(choice)};
}

// The network that is to be measured, and the images for it.
Result<EvaluationSource> requested_source(Backend& backend, const v1::EvaluateModelRequest& request,
                                          const CancelToken* cancel) {
  RS_ASSIGN(StoredModel model, find_weighted_model(backend, request.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, request.dataset()));
  if (!request.evaluation().empty()) {
    if (request.has_configuration() || request.has_calibration())
      return invalid_argument(
                 "an evaluation brings its own configuration and calibration; leave out either it or the {}",
                 request.has_configuration() ? "configuration" : "calibration")
          .at("evaluation");
    return find_evaluation(
        backend, {request.evaluation(), "evaluation", request.model(), request.dataset(), request.image_limit()},
        cancel);
  }
  if (!request.exploration().empty()) return source_like(backend, request, std::move(model), dataset, cancel);
  RS_ASSIGN(const Configured wanted, configured_at(model.network(), request.configuration()));
  const auto need = request.has_configuration() ? CalibrationNeed::kNeeded : CalibrationNeed::kNone;
  RS_ASSIGN(DataChoice choice, choose_data(backend.datasets, dataset, request.calibration(), need,
                                           request.image_limit(), "image_limit", model.preparation));
  RS_ASSIGN(Network network, build_configured(backend, model, choice, wanted, cancel));
  return EvaluationSource{std::move(model), std::move(network), to_message(wanted), std::move(choice)};
}

Result<Network> in_one_format(const Network& network, const v1::EstimateModelRequest& request) {
  if (request.has_configuration())
    return invalid_argument("a format prices the whole network in it; leave out either it or the configuration")
        .at("format");
  auto formats = cost::parse_formats(request.format());
  if (!formats.ok()) return formats.status().at("format");
  auto formatted = cost::with_formats(network, *formats);
  if (!formatted.ok()) return formatted.status().at("format");
  return formatted;
}

Result<Network> network_of_evaluation(Backend& backend, const v1::EstimateModelRequest& request,
                                      const CancelToken* cancel) {
  const std::string_view twice = request.has_configuration()  ? "configuration"
                                 : !request.format().empty()  ? "format"
                                 : !request.dataset().empty() ? "dataset"
                                                              : "";
  if (!twice.empty())
    return invalid_argument("an evaluation brings its own configuration and data; leave out either it or the {}", twice)
        .at("evaluation");
  RS_ASSIGN(EvaluationSource source,
            find_evaluation(backend, {request.evaluation(), "evaluation", request.model(), "", 0}, cancel));
  return std::move(source.network);
}

// The network that EstimateModel prices.
Result<Network> network_to_price(Backend& backend, const StoredModel& model, const v1::EstimateModelRequest& request,
                                 const Configured& wanted, const CancelToken* cancel) {
  if (!request.evaluation().empty()) return network_of_evaluation(backend, request, cancel);
  if (!request.format().empty()) return in_one_format(model.network(), request);
  if (request.dataset().empty()) return build_assumed(model.network(), wanted);
  if (wanted.empty()) return model.network();
  if (Status status = model.check_values(); !status.ok()) return std::move(status).at("dataset");
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, request.dataset()));
  RS_ASSIGN(const DataChoice choice,
            choose_data(backend.datasets, dataset, {}, CalibrationNeed::kNeeded, 0, "", model.preparation));
  return build_configured(backend, model, choice, wanted, cancel);
}

Result<v1::Platform> platform_to_price_on(Backend& backend, const std::string& id) {
  auto platform = backend.platforms.get(id);
  if (platform.ok()) return platform;
  if (platform.status().code() != Code::kNotFound) return platform.status().at("platform");
  RS_ASSIGN(const std::vector<std::string> known, backend.platforms.ids());
  return not_found("there is no platform '{}'{}", printable(id), platform_suggestion(id, known)).at("platform");
}

std::vector<std::string> kernel_lines(const std::vector<engine::KernelUse>& uses) {
  std::vector<std::string> lines;
  for (const engine::KernelUse& use : uses) lines.push_back(fmt::format("{}: {}", use.layer, use.kernel));
  return lines;
}

}  // namespace

Result<std::int64_t> checked_batch(std::int64_t batch) {
  if (batch < 0 || batch > kLargestBatch)
    return out_of_range("batch is {}; use 1 to {}", batch, kLargestBatch).at("batch");
  return batch == 0 ? std::int64_t{1} : batch;
}

Result<StoredModel> find_model(Backend& backend, const std::string& name, std::string_view field) {
  RS_ASSIGN(const std::string id, parse_name(kModels, name, field));
  auto model = backend.models.get(id);
  if (!model.ok()) return model.status().at(std::string(field));
  return model;
}

Result<StoredModel> find_weighted_model(Backend& backend, const std::string& name, std::string_view field) {
  RS_ASSIGN(StoredModel model, find_model(backend, name, field));
  if (Status status = model.check_values(); !status.ok()) return std::move(status).at(std::string(field));
  return model;
}

Result<StoredDataset> find_dataset(Backend& backend, const std::string& name, std::string_view field) {
  RS_ASSIGN(const std::string id, parse_name(kDatasets, name, field));
  auto dataset = backend.datasets.get(id);
  if (!dataset.ok()) return dataset.status().at(std::string(field));
  return dataset;
}

void set_design(const Network& network, v1::Evaluation* evaluation) {
  const Work work = network_work(network);
  evaluation->set_mac_count(work.macs);
  evaluation->set_needed_mac_count(needed_macs(network));
  evaluation->set_bit_operations(bit_operations(network));
  evaluation->set_weight_bytes((work.stored_weight_bits + 7) / 8);
}

void set_measured(const Digest& network_key, const engine::Counts& counts, v1::Evaluation* evaluation) {
  evaluation->set_network_key(network_key.hex());
  *evaluation->mutable_counts() = to_message(counts);
  *evaluation->mutable_accuracy() = accuracy_message(counts);
  evaluation->set_label("post-training");
}

Status add_estimates(const Network& network, const std::vector<explore::NamedPlatform>& platforms,
                     const cost::EstimateOptions& options, v1::Evaluation* evaluation) {
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    auto estimate = cost::estimate(network, *platforms[i].platform, options);
    if (!estimate.ok())
      return estimate.status().in(fmt::format("platform '{}'", platforms[i].id)).at(fmt::format("platforms[{}]", i));
    *evaluation->add_estimates() = to_message(*estimate, platforms[i].id, options.batch, Layers::kKeep);
  }
  return {};
}

Result<PriceOn> price_of(Backend& backend, const v1::EstimateModelRequest& request, const CancelToken* cancel) {
  if (request.has_totals()) return price_of_totals(request);
  RS_ASSIGN(const std::int64_t batch, checked_batch(request.batch()));
  RS_ASSIGN(const StoredModel model, find_model(backend, request.model()));
  RS_ASSIGN(const Configured wanted, configured_at(model.network(), request.configuration()));
  RS_ASSIGN(Network network, network_to_price(backend, model, request, wanted, cancel));
  const cost::EstimateOptions options{.batch = batch};
  return PriceOn([network = std::move(network), options,
                  format = request.format()](const v1::Platform& platform) -> Result<cost::Estimate> {
    RS_ASSIGN(cost::Estimate estimate, cost::estimate(network, platform, options));
    if (!format.empty())
      estimate.notes.push_back(
          fmt::format("priced as if every layer were computed and every value kept in {}; its "
                      "accuracy there is not known",
                      format));
    return estimate;
  });
}

Result<v1::Estimate> priced_on(const PriceOn& price, const v1::Platform& platform, std::int64_t batch, Layers layers,
                               bool with_ceilings_only) {
  RS_ASSIGN(const cost::Estimate estimate, price(platform));
  v1::Estimate message = to_message(estimate, platform.id(), batch, layers);
  if (!with_ceilings_only) return message;
  v1::Platform as_described = platform;
  as_described.clear_calibration();
  as_described.clear_energy_calibration();
  RS_ASSIGN(const cost::Estimate by_ceilings, price(as_described));
  *message.mutable_ceilings_only() = to_message(by_ceilings, platform.id(), batch, layers);
  return message;
}

Result<v1::Estimate> estimate_model(Backend& backend, const v1::EstimateModelRequest& request,
                                    const CancelToken* cancel) {
  RS_ASSIGN(const std::int64_t batch, checked_batch(request.batch()));
  RS_ASSIGN(const std::string platform_id, parse_name(kPlatforms, request.platform(), "platform"));
  RS_ASSIGN(const v1::Platform platform, platform_to_price_on(backend, platform_id));
  RS_ASSIGN(const PriceOn price, price_of(backend, request, cancel));
  auto estimate = priced_on(price, platform, batch, Layers::kKeep, request.with_ceilings_only());
  if (!estimate.ok() && request.has_totals()) return estimate.status().at("platform");
  if (!estimate.ok()) return estimate.status().in(fmt::format("platform '{}'", platform_id)).at("platform");
  return estimate;
}

Result<Evaluated> evaluate_model(Backend& backend, const v1::EvaluateModelRequest& given, const MeasureWatch& watch) {
  RS_ASSIGN(const v1::EvaluateModelRequest request, completed(backend, given));
  RS_ASSIGN(const std::int64_t batch, checked_batch(request.batch()));
  RS_ASSIGN(const auto platforms, named_platforms(backend.platforms, request.platforms()));
  RS_ASSIGN(const EvaluationSource source, requested_source(backend, request, watch.cancel));
  if (request.predictions()) RS_TRY(check_predictable(*source.choice));
  Evaluated result;
  *result.evaluation.mutable_recipe() = source.recipe;
  set_design(source.network, &result.evaluation);
  // Prices first: a platform that cannot be priced must not cost a measurement.
  RS_TRY(add_estimates(source.network, platforms, {.batch = batch}, &result.evaluation));
  Predictions predictions;
  MeasureWatch observed = watch;
  if (request.predictions()) observed.predictions = &predictions;
  RS_ASSIGN(const engine::Counts counts,
            measure_shared(backend, source.model, source.network, *source.choice, observed));
  set_measured(source.network.key(), counts, &result.evaluation);
  RS_ASSIGN(const auto exits, engine::exit_shares(source.network, *source.choice->evaluation, source.model.preparation,
                                                  backend.engine_options(), watch.cancel));
  for (const engine::ExitShare& exit : exits) *result.evaluation.add_exits() = to_message(exit);
  if (request.predictions()) result.predictions = prediction_messages(predictions, *source.choice);
  RS_ASSIGN(const auto kernels, engine::Engine(backend.engine_options()).kernels(source.network));
  result.kernels = kernel_lines(kernels);
  return result;
}

}  // namespace roofscape::server
