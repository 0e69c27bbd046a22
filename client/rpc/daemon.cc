#include "client/rpc/daemon.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "proto/grpc_status.h"
#include "roofscape/v1/service.grpc.pb.h"

namespace roofscape::client::rpc {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr int kLargestAnswer = 256 << 20;
// Deadlines in seconds: a look into the store, and what may have to compute first.
constexpr int kQuick = 120;
constexpr int kSlow = 3600;
constexpr int kConnectMilliseconds = 10'000;
// As many rows as the server gives at once.
constexpr int kPage = 1000;

std::chrono::system_clock::time_point after(double seconds) {
  return std::chrono::system_clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// Cancels a call from another thread once the token is set, which a signal handler may do.
class CancelWatch {
 public:
  CancelWatch(grpc::ClientContext& context, const CancelToken& token)
      : thread_([&context, &token](const std::stop_token& stop) {
          while (!stop.stop_requested() && !token.cancelled())
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          if (token.cancelled()) context.TryCancel();
        }) {}

 private:
  std::jthread thread_;
};

// Sends the pieces of one file; false when the server stopped listening (its status says why).
template <typename Request>
Result<bool> send_file(grpc::ClientWriter<Request>& writer, const ReadChunk& read,
                       const std::function<void(Request&, std::string)>& fill) {
  for (;;) {
    RS_ASSIGN(std::string piece, read(kChunk));
    if (piece.empty()) return true;
    Request request;
    fill(request, std::move(piece));
    if (!writer.Write(request)) return false;
  }
}

}  // namespace

struct Daemon::Stubs {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ModelService::Stub> models;
  std::unique_ptr<v1::DatasetService::Stub> datasets;
  std::unique_ptr<v1::PlatformService::Stub> platforms;
  std::unique_ptr<v1::CalibrationService::Stub> calibrations;
  std::unique_ptr<v1::EvaluationService::Stub> evaluations;
  std::unique_ptr<v1::ExplorationService::Stub> explorations;
};

Daemon::Daemon(std::string address, std::function<Status()> revive)
    : address_(std::move(address)), revive_(std::move(revive)) {
  open();
}
Daemon::~Daemon() = default;

void Daemon::open() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestAnswer);
  // A proxy from the environment is for the web, not for a daemon on this machine or the next one.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // Despite its name this is how long one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMilliseconds);
  // Unix sockets get a plain authority: their path is no host name.
  if (address_.starts_with("unix:")) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  const auto channel = grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
  stubs_ =
      std::make_unique<Stubs>(Stubs{channel, v1::ModelService::NewStub(channel), v1::DatasetService::NewStub(channel),
                                    v1::PlatformService::NewStub(channel), v1::CalibrationService::NewStub(channel),
                                    v1::EvaluationService::NewStub(channel), v1::ExplorationService::NewStub(channel)});
}

Status Daemon::reach(double seconds) {
  const auto deadline = after(seconds);
  for (grpc_connectivity_state state = stubs_->channel->GetState(true); state != GRPC_CHANNEL_READY;
       state = stubs_->channel->GetState(true)) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN ||
        !stubs_->channel->WaitForStateChange(state, deadline))
      return unavailable(
          "no server answers at '{}'; start one with 'roofscaped --listen {}', or leave --server and $ROOFSCAPE_SERVER "
          "out for a private one",
          address_, address_);
  }
  return {};
}

Status Daemon::reconnect() {
  if (revive_) RS_TRY(revive_());
  open();
  return reach(kConnectMilliseconds / 1000.0);
}

Status Daemon::named(Status status) const {
  if (status.code() != Code::kUnavailable || status.message().find(address_) != std::string::npos) return status;
  return unavailable("the server at '{}' went away or is not ready: {}", address_, status.message());
}

template <typename Request, typename Response, typename Stub, typename Method>
Result<Response> Daemon::call(Stub stub, Method method, const Request& request, int seconds) {
  for (bool again = false;; again = true) {
    grpc::ClientContext context;
    context.set_deadline(after(seconds));
    Response response;
    const grpc::Status answer = ((*(*stubs_.*stub)).*method)(&context, request, &response);
    if (answer.ok()) return response;
    const Status status = from_grpc(answer);
    // A private server may have ended between connecting and asking: start it again, once.
    if (status.code() != Code::kUnavailable || !revive_ || again) return named(status);
    RS_TRY(reconnect());
  }
}

template <typename Request, typename Response, typename Stub, typename Method>
Result<Response> Daemon::all_pages(Stub stub, Method method, Request request) {
  request.set_page_size(kPage);
  Response all;
  do {
    RS_ASSIGN(Response page, (call<Request, Response>(stub, method, request, kQuick)));
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return all;
}

namespace {
template <typename Request>
Request with_name(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}
}  // namespace

// One line a call: service, method, request and response types follow the schema's own naming.
#define ROOFSCAPE_CALL(Response, stub, Service, Method, request, seconds)                                           \
  call<std::decay_t<decltype(request)>, Response>(                                                                  \
      &Stubs::stub,                                                                                                 \
      static_cast<grpc::Status (v1::Service::Stub::*)(grpc::ClientContext*, const std::decay_t<decltype(request)>&, \
                                                      Response*)>(&v1::Service::Stub::Method),                      \
      request, seconds)
#define ROOFSCAPE_PAGES(Response, stub, Service, Method, request)                                                   \
  all_pages<std::decay_t<decltype(request)>, Response>(                                                             \
      &Stubs::stub,                                                                                                 \
      static_cast<grpc::Status (v1::Service::Stub::*)(grpc::ClientContext*, const std::decay_t<decltype(request)>&, \
                                                      Response*)>(&v1::Service::Stub::Method),                      \
      request)

Result<v1::Model> Daemon::import_model(const v1::ImportModelRequest::Metadata& metadata, const ReadChunk& file) {
  grpc::ClientContext context;
  v1::Model model;
  const auto writer = stubs_->models->ImportModel(&context, &model);
  v1::ImportModelRequest first;
  *first.mutable_metadata() = metadata;
  if (writer->Write(first)) {
    const Result<bool> sent = send_file<v1::ImportModelRequest>(
        *writer, file, [](v1::ImportModelRequest& request, std::string piece) { request.set_data(std::move(piece)); });
    if (!sent.ok()) {
      context.TryCancel();
      static_cast<void>(writer->Finish());
      return sent.status();
    }
    writer->WritesDone();
  }
  if (const grpc::Status answer = writer->Finish(); !answer.ok()) return named(from_grpc(answer));
  return model;
}

Result<v1::Dataset> Daemon::import_dataset(const v1::ImportDatasetRequest::Metadata& metadata, const ReadChunk& images,
                                           const ReadChunk& labels) {
  grpc::ClientContext context;
  v1::Dataset dataset;
  const auto writer = stubs_->datasets->ImportDataset(&context, &dataset);
  v1::ImportDatasetRequest first;
  *first.mutable_metadata() = metadata;
  if (writer->Write(first)) {
    Result<bool> sent = send_file<v1::ImportDatasetRequest>(
        *writer, images,
        [](v1::ImportDatasetRequest& request, std::string piece) { request.set_images(std::move(piece)); });
    if (sent.ok() && *sent && labels)
      sent = send_file<v1::ImportDatasetRequest>(
          *writer, labels,
          [](v1::ImportDatasetRequest& request, std::string piece) { request.set_labels(std::move(piece)); });
    if (!sent.ok()) {
      context.TryCancel();
      static_cast<void>(writer->Finish());
      return sent.status();
    }
    writer->WritesDone();
  }
  if (const grpc::Status answer = writer->Finish(); !answer.ok()) return named(from_grpc(answer));
  return dataset;
}

Result<v1::Model> Daemon::get_model(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Model, models, ModelService, GetModel, with_name<v1::GetModelRequest>(name), kQuick);
}
Result<v1::ListModelsResponse> Daemon::list_models(const std::string& filter) {
  v1::ListModelsRequest request;
  request.set_filter(filter);
  return ROOFSCAPE_PAGES(v1::ListModelsResponse, models, ModelService, ListModels, request);
}
Status Daemon::delete_model(const std::string& name) {
  return ROOFSCAPE_CALL(google::protobuf::Empty, models, ModelService, DeleteModel,
                        with_name<v1::DeleteModelRequest>(name), kQuick)
      .status();
}

Result<v1::Dataset> Daemon::get_dataset(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Dataset, datasets, DatasetService, GetDataset, with_name<v1::GetDatasetRequest>(name),
                        kQuick);
}
Result<v1::ListDatasetsResponse> Daemon::list_datasets() {
  return ROOFSCAPE_PAGES(v1::ListDatasetsResponse, datasets, DatasetService, ListDatasets, v1::ListDatasetsRequest());
}
Status Daemon::delete_dataset(const std::string& name) {
  return ROOFSCAPE_CALL(google::protobuf::Empty, datasets, DatasetService, DeleteDataset,
                        with_name<v1::DeleteDatasetRequest>(name), kQuick)
      .status();
}

Result<v1::Platform> Daemon::get_platform(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Platform, platforms, PlatformService, GetPlatform, with_name<v1::GetPlatformRequest>(name),
                        kQuick);
}
Result<v1::ListPlatformsResponse> Daemon::list_platforms() {
  return ROOFSCAPE_PAGES(v1::ListPlatformsResponse, platforms, PlatformService, ListPlatforms,
                         v1::ListPlatformsRequest());
}
Result<v1::Platform> Daemon::import_platform(const v1::Platform& platform) {
  v1::ImportPlatformRequest request;
  *request.mutable_platform() = platform;
  return ROOFSCAPE_CALL(v1::Platform, platforms, PlatformService, ImportPlatform, request, kQuick);
}
Status Daemon::delete_platform(const std::string& name) {
  return ROOFSCAPE_CALL(google::protobuf::Empty, platforms, PlatformService, DeletePlatform,
                        with_name<v1::DeletePlatformRequest>(name), kQuick)
      .status();
}
Result<v1::Platform> Daemon::probe_host(const v1::ProbeHostRequest& request) {
  return ROOFSCAPE_CALL(v1::Platform, platforms, PlatformService, ProbeHost, request, kSlow);
}

Result<v1::Validation> Daemon::validate_measurements(const v1::ValidateMeasurementsRequest& request) {
  return ROOFSCAPE_CALL(v1::Validation, calibrations, CalibrationService, ValidateMeasurements, request, kSlow);
}
Result<v1::ValidateHostResponse> Daemon::validate_host(
    const v1::ValidateHostRequest& request, const std::function<void(const v1::ValidateHostResponse&)>& progress,
    const CancelToken& cancel) {
  grpc::ClientContext context;
  const auto reader = stubs_->calibrations->ValidateHost(&context, request);
  const CancelWatch watch(context, cancel);
  v1::ValidateHostResponse last;
  for (v1::ValidateHostResponse response; !cancel.cancelled() && reader->Read(&response); last = response)
    if (!response.has_validation()) progress(response);
  if (cancel.cancelled()) context.TryCancel();
  const grpc::Status answer = reader->Finish();
  if (cancel.cancelled()) return cancelled("the measurement was interrupted");
  if (!answer.ok()) return named(from_grpc(answer));
  if (!last.has_validation()) return internal_error("the server at '{}' ended a validation without result", address_);
  return last;
}
Result<v1::Calibration> Daemon::calibrate_platforms(const v1::CalibratePlatformsRequest& request) {
  return ROOFSCAPE_CALL(v1::Calibration, calibrations, CalibrationService, CalibratePlatforms, request, kSlow);
}
Status Daemon::delete_calibration() {
  return ROOFSCAPE_CALL(google::protobuf::Empty, calibrations, CalibrationService, DeleteCalibration,
                        v1::DeleteCalibrationRequest(), kQuick)
      .status();
}

Result<v1::Estimate> Daemon::estimate_model(const v1::EstimateModelRequest& request) {
  return ROOFSCAPE_CALL(v1::Estimate, evaluations, EvaluationService, EstimateModel, request, kSlow);
}
Result<v1::EstimateOnPlatformsResponse> Daemon::estimate_on_platforms(const v1::EstimateOnPlatformsRequest& request) {
  return ROOFSCAPE_CALL(v1::EstimateOnPlatformsResponse, evaluations, EvaluationService, EstimateOnPlatforms, request,
                        kSlow);
}
Result<v1::CheckModelResponse> Daemon::check_model(const v1::CheckModelRequest& request) {
  return ROOFSCAPE_CALL(v1::CheckModelResponse, evaluations, EvaluationService, CheckModel, request, kSlow);
}
Result<v1::ListMethodsResponse> Daemon::list_methods() {
  return ROOFSCAPE_CALL(v1::ListMethodsResponse, evaluations, EvaluationService, ListMethods, v1::ListMethodsRequest(),
                        kQuick);
}
Result<v1::EvaluateModelResponse> Daemon::evaluate_model(
    const v1::EvaluateModelRequest& request, const std::function<void(const v1::EvaluateModelResponse&)>& progress) {
  grpc::ClientContext context;
  const auto reader = stubs_->evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse last;
  for (v1::EvaluateModelResponse response; reader->Read(&response); last = response) progress(response);
  if (const grpc::Status answer = reader->Finish(); !answer.ok()) return named(from_grpc(answer));
  if (!last.has_evaluation()) return internal_error("the server at '{}' ended an evaluation without result", address_);
  return last;
}
Result<v1::MeasureSensitivityResponse> Daemon::measure_sensitivity(
    const v1::MeasureSensitivityRequest& request,
    const std::function<void(const v1::MeasureSensitivityResponse&)>& progress) {
  grpc::ClientContext context;
  const auto reader = stubs_->evaluations->MeasureSensitivity(&context, request);
  v1::MeasureSensitivityResponse last;
  for (v1::MeasureSensitivityResponse response; reader->Read(&response); last = response) progress(response);
  if (const grpc::Status answer = reader->Finish(); !answer.ok()) return named(from_grpc(answer));
  return last;
}

Result<v1::Exploration> Daemon::create_exploration(const v1::CreateExplorationRequest& request) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, CreateExploration, request, kSlow);
}
Result<v1::Exploration> Daemon::get_exploration(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, GetExploration,
                        with_name<v1::GetExplorationRequest>(name), kQuick);
}
Result<v1::ListExplorationsResponse> Daemon::list_explorations() {
  return ROOFSCAPE_PAGES(v1::ListExplorationsResponse, explorations, ExplorationService, ListExplorations,
                         v1::ListExplorationsRequest());
}
Result<v1::Exploration> Daemon::pause_exploration(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, PauseExploration,
                        with_name<v1::PauseExplorationRequest>(name), kQuick);
}
Result<v1::Exploration> Daemon::resume_exploration(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, ResumeExploration,
                        with_name<v1::ResumeExplorationRequest>(name), kQuick);
}
Result<v1::Exploration> Daemon::cancel_exploration(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, CancelExploration,
                        with_name<v1::CancelExplorationRequest>(name), kQuick);
}
Result<v1::Exploration> Daemon::extend_exploration(const v1::ExtendExplorationRequest& request) {
  return ROOFSCAPE_CALL(v1::Exploration, explorations, ExplorationService, ExtendExploration, request, kQuick);
}
Status Daemon::delete_exploration(const std::string& name) {
  return ROOFSCAPE_CALL(google::protobuf::Empty, explorations, ExplorationService, DeleteExploration,
                        with_name<v1::DeleteExplorationRequest>(name), kQuick)
      .status();
}

Status Daemon::watch_exploration(const v1::WatchExplorationRequest& request,
                                 const std::function<void(const v1::ExplorationEvent&)>& take,
                                 const CancelToken& cancel) {
  grpc::ClientContext context;
  const auto reader = stubs_->explorations->WatchExploration(&context, request);
  const CancelWatch watch(context, cancel);
  for (v1::ExplorationEvent event; !cancel.cancelled() && reader->Read(&event);) take(event);
  if (cancel.cancelled()) context.TryCancel();
  const grpc::Status answer = reader->Finish();
  if (cancel.cancelled()) return cancelled("the watch was interrupted");
  return answer.ok() ? Status() : named(from_grpc(answer));
}

Result<v1::GetParetoFrontResponse> Daemon::get_pareto_front(const v1::GetParetoFrontRequest& request) {
  return ROOFSCAPE_CALL(v1::GetParetoFrontResponse, explorations, ExplorationService, GetParetoFront, request, kQuick);
}
Result<v1::CompareFrontsResponse> Daemon::compare_fronts(const v1::CompareFrontsRequest& request) {
  return ROOFSCAPE_CALL(v1::CompareFrontsResponse, explorations, ExplorationService, CompareFronts, request, kSlow);
}
Result<v1::Evaluation> Daemon::get_evaluation(const std::string& name) {
  return ROOFSCAPE_CALL(v1::Evaluation, explorations, ExplorationService, GetEvaluation,
                        with_name<v1::GetEvaluationRequest>(name), kSlow);
}
Result<v1::ListEvaluationsResponse> Daemon::list_evaluations(v1::ListEvaluationsRequest request, int most) {
  v1::ListEvaluationsResponse all;
  do {
    request.set_page_size(std::min(kPage, most - all.evaluations_size()));
    const auto page =
        ROOFSCAPE_CALL(v1::ListEvaluationsResponse, explorations, ExplorationService, ListEvaluations, request, kQuick);
    if (!page.ok()) return page.status();
    request.set_page_token(page->next_page_token());
    all.MergeFrom(*page);
  } while (!request.page_token().empty() && all.evaluations_size() < most);
  all.set_next_page_token(request.page_token());
  return all;
}
Status Daemon::export_evaluation(const v1::ExportEvaluationRequest& request, const TakeChunk& take) {
  grpc::ClientContext context;
  const auto reader = stubs_->explorations->ExportEvaluation(&context, request);
  Status taken;
  for (v1::FileChunk chunk; taken.ok() && reader->Read(&chunk);) taken = take(chunk.data());
  if (!taken.ok()) context.TryCancel();
  const grpc::Status answer = reader->Finish();
  if (!taken.ok()) return taken;
  return answer.ok() ? Status() : named(from_grpc(answer));
}

}  // namespace roofscape::client::rpc
