// A server for tests: the real services over a real socket, with canned answers, so that whole commands run against it.
//
//   FakeServer server;
//   server.state.model = sample_model();
//   run({"model", "show", "lenet5", "--server", server.address()}, console);
//
// `state.failure` makes every call fail; stop() and start() play a server that goes away and comes back.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

struct FakeState {
  std::mutex mutex;
  std::condition_variable changed;
  Status failure;

  // Answers.
  v1::Model model;
  v1::Dataset dataset;
  v1::Platform platform;
  v1::Validation validation;
  std::vector<v1::ValidateHostResponse> host_validation;
  v1::Calibration calibration;
  v1::Estimate estimate;
  v1::EstimateOnPlatformsResponse platform_estimates;
  std::vector<v1::EvaluateModelResponse> evaluation;
  std::vector<v1::MeasureSensitivityResponse> sensitivities;
  v1::CheckModelResponse check;
  v1::ListMethodsResponse methods;
  v1::Exploration exploration;
  std::vector<v1::ExplorationEvent> events;
  v1::GetParetoFrontResponse fronts;
  v1::CompareFrontsResponse comparison;
  v1::ListEvaluationsResponse evaluations;
  std::string onnx;

  // What was asked.
  v1::ImportModelRequest::Metadata model_metadata;
  v1::ImportDatasetRequest::Metadata dataset_metadata;
  std::string uploaded, uploaded_labels;
  std::string deleted;
  v1::ValidateMeasurementsRequest validate_request;
  v1::ValidateHostRequest host_request;
  v1::CalibratePlatformsRequest calibrate_request;
  v1::EstimateModelRequest estimate_request;
  v1::EstimateOnPlatformsRequest platforms_request;
  std::string model_filter;
  v1::EvaluateModelRequest evaluate_request;
  v1::MeasureSensitivityRequest sensitivity_request;
  v1::CheckModelRequest check_request;
  v1::CreateExplorationRequest create_request;
  v1::GetParetoFrontRequest front_request;
  v1::CompareFrontsRequest compare_request;
  v1::ListEvaluationsRequest list_request;  // the last one
  v1::ExportEvaluationRequest export_request;
  std::int64_t extended_by = 0;
  std::vector<std::int64_t> watched_after;  // after_sequence of every watch
  std::int64_t events_sent = 0;
  std::int64_t hold_after = -1;  // a watch waits, cut only by stop(), once so many events were sent
};

class FakeServer {
 public:
  FakeServer();
  ~FakeServer();
  std::string address() const;
  void start();
  // Ends every call at once, as a crash would.
  void stop();
  FakeState state;

 private:
  struct Services;
  std::string path_;
  std::unique_ptr<Services> services_;
};

}  // namespace roofscape::client
