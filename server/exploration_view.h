// What people ask of an exploration's evaluations: lists by filter and order, fronts, one of them in full.
#pragma once

#include "analytics/base/cancel.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

Result<v1::ListEvaluationsResponse> list_evaluations(Backend& backend, const v1::ListEvaluationsRequest& request);
Result<v1::GetParetoFrontResponse> pareto_fronts(Backend& backend, const v1::GetParetoFrontRequest& request);
Result<v1::CompareFrontsResponse> compare_fronts(Backend& backend, const v1::CompareFrontsRequest& request);
// All of an exploration's, by index.
Result<std::vector<v1::Evaluation>> all_evaluations(Backend& backend, const std::string& id);
// The same for fronts: fails where evaluations are stored without the boxes that fronts need.
Result<std::vector<v1::Evaluation>> evaluations_with_boxes(Backend& backend, const v1::Exploration& exploration);
// With estimates per layer, computed again from the recipe.
Result<v1::Evaluation> evaluation_in_full(Backend& backend, const v1::GetEvaluationRequest& request,
                                          const CancelToken* cancel);
// The approximated network as an ONNX file, or its packed weights (read back and compared).
Result<std::string> export_evaluation(Backend& backend, const v1::ExportEvaluationRequest& request,
                                      const CancelToken* cancel);

}  // namespace roofscape::server
