#include "analytics/network/onnx_export.h"
#include "analytics/weightfile/weightfile.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/exploration_view.h"
#include "server/names.h"

namespace roofscape::server {

Result<v1::Evaluation> evaluation_in_full(Backend& backend, const v1::GetEvaluationRequest& request,
                                          const CancelToken* cancel) {
  RS_ASSIGN(const EvaluationName name, parse_evaluation_name(request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(name.exploration));
  RS_ASSIGN(v1::Evaluation evaluation, backend.store->get_evaluation(name.exploration, name.index));
  RS_ASSIGN(const EvaluationSource source, rebuild_evaluation(backend, exploration, evaluation, cancel));
  RS_ASSIGN(const std::int64_t batch, checked_batch(exploration.spec().batch()));
  set_design(source.network, &evaluation);
  for (v1::Estimate& estimate : *evaluation.mutable_estimates()) {
    const std::string id = estimate.platform().substr(kPlatforms.size() + 1);
    const auto platform = backend.platforms.get(id);
    const auto then = exploration.content_keys().find(estimate.platform());
    // A platform that was replaced since would price the layers otherwise than the total says.
    if (!platform.ok() || then == exploration.content_keys().end() || then->second != content_key(*platform).hex()) {
      estimate.add_notes(fmt::format("platform '{}' was changed since: its layers cannot be shown", id));
      continue;
    }
    v1::Evaluation priced;
    // As the exploration does: what a platform cannot compute does not fit it.
    const cost::EstimateOptions options{.batch = batch, .unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit};
    RS_TRY(add_estimates(source.network, {{id, std::make_shared<const v1::Platform>(*platform)}}, options, &priced));
    estimate.mutable_layers()->Swap(priced.mutable_estimates(0)->mutable_layers());
  }
  return evaluation;
}

namespace {

Result<OnnxExportOptions::Weights> stored_weights(v1::WeightIntegers asked) {
  switch (asked) {
    case v1::WEIGHT_INTEGERS_UNSPECIFIED:
    case v1::UINT8_WEIGHTS: return OnnxExportOptions::Weights::kUint8;
    case v1::INT8_WEIGHTS: return OnnxExportOptions::Weights::kInt8;
    default: return invalid_argument("weights is {}; use UINT8_WEIGHTS or INT8_WEIGHTS", int{asked}).at("weights");
  }
}

Status check_form(v1::ExportForm asked) {
  if (asked >= v1::EXPORT_FORM_UNSPECIFIED && asked <= v1::PACKED_WEIGHTS_FILE) return {};
  return invalid_argument("form is {}; use ONNX_FILE or PACKED_WEIGHTS_FILE", int{asked}).at("form");
}

Result<OnnxExportOptions::Dialect> dialect_of(v1::OnnxDialect asked) {
  switch (asked) {
    case v1::ONNX_DIALECT_UNSPECIFIED:
    case v1::STANDARD_ONNX: return OnnxExportOptions::Dialect::kOnnx;
    case v1::QONNX: return OnnxExportOptions::Dialect::kQonnx;
    default: return invalid_argument("dialect is {}; use STANDARD_ONNX or QONNX", int{asked}).at("dialect");
  }
}

}  // namespace

Result<std::string> export_evaluation(Backend& backend, const v1::ExportEvaluationRequest& request,
                                      const CancelToken* cancel) {
  RS_ASSIGN(const EvaluationName name, parse_evaluation_name(request.name(), "name"));
  RS_ASSIGN(const auto weights, stored_weights(request.weights()));
  RS_TRY(check_form(request.form()));
  RS_ASSIGN(const auto dialect, dialect_of(request.dialect()));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(name.exploration));
  RS_ASSIGN(const v1::Evaluation evaluation, backend.store->get_evaluation(name.exploration, name.index));
  RS_ASSIGN(const EvaluationSource source, rebuild_evaluation(backend, exploration, evaluation, cancel));
  RS_ASSIGN(const std::string model, parse_name(kModels, exploration.spec().model(), "model"));
  const std::string model_name = fmt::format("{}-{}-{}", model, name.exploration, name.index);
  if (request.form() == v1::PACKED_WEIGHTS_FILE) return write_weights(source.network, model_name);
  return export_onnx(source.network, {.model_name = model_name, .weights = weights, .dialect = dialect});
}

}  // namespace roofscape::server
