// The services of roofscaped as plain functions: messages in, Result out. gRPC stays behind this header.
//
//   Daemon daemon("127.0.0.1:7070");
//   RS_ASSIGN(v1::Model model, daemon.get_model("models/lenet5"));
//
// Errors are the server's own, code, message and field; a server that cannot be reached is UNAVAILABLE, and the message
// names its address. Not safe for use from several threads.
#pragma once

#include <climits>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client::rpc {

// Gives the next piece of a file, at most `most` bytes; an empty one ends it.
using ReadChunk = std::function<Result<std::string>(std::size_t most)>;
using TakeChunk = std::function<Status(const std::string&)>;

class Daemon {
 public:
  // `revive` brings a server that went away back (a private one is started again); without it, gone is gone.
  explicit Daemon(std::string address, std::function<Status()> revive = nullptr);
  ~Daemon();

  const std::string& address() const { return address_; }
  // Whether a server accepts connections within `seconds`; the error says how to get one.
  Status reach(double seconds);
  // Starts a server that went away again, where that is ours to do, and connects anew.
  Status reconnect();

  Result<v1::Model> import_model(const v1::ImportModelRequest::Metadata& metadata, const ReadChunk& file);
  Result<v1::Model> get_model(const std::string& name);
  // Those that `filter` lets through, as ListModelsRequest has it.
  Result<v1::ListModelsResponse> list_models(const std::string& filter = "");
  Status delete_model(const std::string& name);

  Result<v1::Dataset> import_dataset(const v1::ImportDatasetRequest::Metadata& metadata, const ReadChunk& images,
                                     const ReadChunk& labels);
  Result<v1::Dataset> get_dataset(const std::string& name);
  Result<v1::ListDatasetsResponse> list_datasets();
  Status delete_dataset(const std::string& name);

  Result<v1::Platform> get_platform(const std::string& name);
  Result<v1::ListPlatformsResponse> list_platforms();
  Result<v1::Platform> import_platform(const v1::Platform& platform);
  Status delete_platform(const std::string& name);
  Result<v1::Platform> probe_host(const v1::ProbeHostRequest& request);

  Result<v1::Validation> validate_measurements(const v1::ValidateMeasurementsRequest& request);
  // The last message of the stream, which holds the result; those before it pass by `progress`. CANCELLED once `cancel`
  // is set.
  Result<v1::ValidateHostResponse> validate_host(const v1::ValidateHostRequest& request,
                                                 const std::function<void(const v1::ValidateHostResponse&)>& progress,
                                                 const CancelToken& cancel);
  Result<v1::Calibration> calibrate_platforms(const v1::CalibratePlatformsRequest& request);
  Status delete_calibration();

  Result<v1::Estimate> estimate_model(const v1::EstimateModelRequest& request);
  Result<v1::EstimateOnPlatformsResponse> estimate_on_platforms(const v1::EstimateOnPlatformsRequest& request);
  // The last message of the stream, which holds the result; every message passes by `progress`.
  Result<v1::EvaluateModelResponse> evaluate_model(
      const v1::EvaluateModelRequest& request, const std::function<void(const v1::EvaluateModelResponse&)>& progress);
  // Likewise.
  Result<v1::MeasureSensitivityResponse> measure_sensitivity(
      const v1::MeasureSensitivityRequest& request,
      const std::function<void(const v1::MeasureSensitivityResponse&)>& progress);
  Result<v1::CheckModelResponse> check_model(const v1::CheckModelRequest& request);
  Result<v1::ListMethodsResponse> list_methods();

  Result<v1::Exploration> create_exploration(const v1::CreateExplorationRequest& request);
  Result<v1::Exploration> get_exploration(const std::string& name);
  Result<v1::ListExplorationsResponse> list_explorations();
  Result<v1::Exploration> pause_exploration(const std::string& name);
  Result<v1::Exploration> resume_exploration(const std::string& name);
  Result<v1::Exploration> cancel_exploration(const std::string& name);
  Result<v1::Exploration> extend_exploration(const v1::ExtendExplorationRequest& request);
  Status delete_exploration(const std::string& name);
  // Calls `take` for every event until the server ends the stream or `cancel` is set (CANCELLED).
  Status watch_exploration(const v1::WatchExplorationRequest& request,
                           const std::function<void(const v1::ExplorationEvent&)>& take, const CancelToken& cancel);
  Result<v1::GetParetoFrontResponse> get_pareto_front(const v1::GetParetoFrontRequest& request);
  Result<v1::CompareFrontsResponse> compare_fronts(const v1::CompareFrontsRequest& request);
  Result<v1::Evaluation> get_evaluation(const std::string& name);
  // All pages, or the first `most` of them with the token of the next page.
  Result<v1::ListEvaluationsResponse> list_evaluations(v1::ListEvaluationsRequest request, int most = INT_MAX);
  Status export_evaluation(const v1::ExportEvaluationRequest& request, const TakeChunk& take);

 private:
  struct Stubs;
  template <typename Request, typename Response, typename Stub, typename Method>
  Result<Response> call(Stub stub, Method method, const Request& request, int seconds);
  template <typename Request, typename Response, typename Stub, typename Method>
  Result<Response> all_pages(Stub stub, Method method, Request request);

  void open();
  Status named(Status status) const;

  std::string address_;
  std::function<Status()> revive_;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace roofscape::client::rpc
