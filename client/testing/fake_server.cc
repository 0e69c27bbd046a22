#include "client/testing/fake_server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "proto/grpc_status.h"
#include "roofscape/v1/service.grpc.pb.h"

namespace roofscape::client {
namespace {

using grpc::ServerContext;
using Lock = std::lock_guard<std::mutex>;

// Copies the canned answer, or fails as the test wants.
template <typename T>
grpc::Status answer(FakeState& state, const T& canned, T* response) {
  const Lock lock(state.mutex);
  if (!state.failure.ok()) return to_grpc(state.failure);
  *response = canned;
  return grpc::Status::OK;
}

class Models final : public v1::ModelService::Service {
 public:
  explicit Models(FakeState& state) : state_(state) {}
  grpc::Status ImportModel(ServerContext*, grpc::ServerReader<v1::ImportModelRequest>* reader,
                           v1::Model* model) override {
    for (v1::ImportModelRequest request; reader->Read(&request);) {
      const Lock lock(state_.mutex);
      if (!state_.failure.ok()) return to_grpc(state_.failure);
      if (request.has_metadata())
        state_.model_metadata = request.metadata();
      else
        state_.uploaded += request.data();
    }
    return answer(state_, state_.model, model);
  }
  grpc::Status GetModel(ServerContext*, const v1::GetModelRequest*, v1::Model* model) override {
    return answer(state_, state_.model, model);
  }
  // One model a page, so that paging is tried.
  grpc::Status ListModels(ServerContext*, const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override {
    const Lock lock(state_.mutex);
    if (!state_.failure.ok()) return to_grpc(state_.failure);
    state_.model_filter = request->filter();
    *response->add_models() = state_.model;
    response->mutable_models(0)->clear_layers();
    if (request->page_token().empty())
      response->set_next_page_token("2");
    else
      response->mutable_models(0)->set_name("models/resnet8");
    return grpc::Status::OK;
  }
  grpc::Status DeleteModel(ServerContext*, const v1::DeleteModelRequest* request, google::protobuf::Empty*) override {
    const Lock lock(state_.mutex);
    state_.deleted = request->name();
    return to_grpc(state_.failure);
  }

 private:
  FakeState& state_;
};

class Datasets final : public v1::DatasetService::Service {
 public:
  explicit Datasets(FakeState& state) : state_(state) {}
  grpc::Status ImportDataset(ServerContext*, grpc::ServerReader<v1::ImportDatasetRequest>* reader,
                             v1::Dataset* dataset) override {
    for (v1::ImportDatasetRequest request; reader->Read(&request);) {
      const Lock lock(state_.mutex);
      if (request.has_metadata()) state_.dataset_metadata = request.metadata();
      state_.uploaded += request.images();
      state_.uploaded_labels += request.labels();
    }
    return answer(state_, state_.dataset, dataset);
  }
  grpc::Status GetDataset(ServerContext*, const v1::GetDatasetRequest*, v1::Dataset* dataset) override {
    return answer(state_, state_.dataset, dataset);
  }
  grpc::Status ListDatasets(ServerContext*, const v1::ListDatasetsRequest*,
                            v1::ListDatasetsResponse* response) override {
    v1::ListDatasetsResponse all;
    *all.add_datasets() = state_.dataset;
    return answer(state_, all, response);
  }

 private:
  FakeState& state_;
};

class Platforms final : public v1::PlatformService::Service {
 public:
  explicit Platforms(FakeState& state) : state_(state) {}
  grpc::Status GetPlatform(ServerContext*, const v1::GetPlatformRequest*, v1::Platform* platform) override {
    return answer(state_, state_.platform, platform);
  }
  grpc::Status ListPlatforms(ServerContext*, const v1::ListPlatformsRequest*,
                             v1::ListPlatformsResponse* response) override {
    v1::ListPlatformsResponse all;
    *all.add_platforms() = state_.platform;
    return answer(state_, all, response);
  }
  grpc::Status ImportPlatform(ServerContext*, const v1::ImportPlatformRequest* request,
                              v1::Platform* platform) override {
    v1::Platform stored = request->platform();
    stored.set_name("platforms/" + stored.id());
    return answer(state_, stored, platform);
  }
  grpc::Status ProbeHost(ServerContext*, const v1::ProbeHostRequest*, v1::Platform* platform) override {
    return answer(state_, state_.platform, platform);
  }

 private:
  FakeState& state_;
};

class Calibrations final : public v1::CalibrationService::Service {
 public:
  explicit Calibrations(FakeState& state) : state_(state) {}
  grpc::Status ValidateMeasurements(ServerContext*, const v1::ValidateMeasurementsRequest* request,
                                    v1::Validation* validation) override {
    state_.validate_request = *request;
    return answer(state_, state_.validation, validation);
  }
  grpc::Status ValidateHost(ServerContext*, const v1::ValidateHostRequest* request,
                            grpc::ServerWriter<v1::ValidateHostResponse>* writer) override {
    const Lock lock(state_.mutex);
    state_.host_request = *request;
    for (const v1::ValidateHostResponse& response : state_.host_validation) writer->Write(response);
    return to_grpc(state_.failure);
  }
  grpc::Status CalibratePlatforms(ServerContext*, const v1::CalibratePlatformsRequest* request,
                                  v1::Calibration* calibration) override {
    state_.calibrate_request = *request;
    return answer(state_, state_.calibration, calibration);
  }
  grpc::Status DeleteCalibration(ServerContext*, const v1::DeleteCalibrationRequest*,
                                 google::protobuf::Empty*) override {
    const Lock lock(state_.mutex);
    state_.deleted = "calibration";
    return to_grpc(state_.failure);
  }

 private:
  FakeState& state_;
};

class Evaluations final : public v1::EvaluationService::Service {
 public:
  explicit Evaluations(FakeState& state) : state_(state) {}
  grpc::Status EstimateModel(ServerContext*, const v1::EstimateModelRequest* request, v1::Estimate* estimate) override {
    state_.estimate_request = *request;
    const grpc::Status status = answer(state_, state_.estimate, estimate);
    estimate->set_batch(request->batch());
    return status;
  }
  grpc::Status EstimateOnPlatforms(ServerContext*, const v1::EstimateOnPlatformsRequest* request,
                                   v1::EstimateOnPlatformsResponse* response) override {
    state_.platforms_request = *request;
    return answer(state_, state_.platform_estimates, response);
  }
  grpc::Status EvaluateModel(ServerContext*, const v1::EvaluateModelRequest* request,
                             grpc::ServerWriter<v1::EvaluateModelResponse>* writer) override {
    const Lock lock(state_.mutex);
    state_.evaluate_request = *request;
    for (const v1::EvaluateModelResponse& response : state_.evaluation) writer->Write(response);
    return to_grpc(state_.failure);
  }
  grpc::Status MeasureSensitivity(ServerContext*, const v1::MeasureSensitivityRequest* request,
                                  grpc::ServerWriter<v1::MeasureSensitivityResponse>* writer) override {
    const Lock lock(state_.mutex);
    state_.sensitivity_request = *request;
    for (const v1::MeasureSensitivityResponse& response : state_.sensitivities) writer->Write(response);
    return to_grpc(state_.failure);
  }
  grpc::Status CheckModel(ServerContext*, const v1::CheckModelRequest* request,
                          v1::CheckModelResponse* response) override {
    state_.check_request = *request;
    return answer(state_, state_.check, response);
  }
  grpc::Status ListMethods(ServerContext*, const v1::ListMethodsRequest*, v1::ListMethodsResponse* response) override {
    return answer(state_, state_.methods, response);
  }

 private:
  FakeState& state_;
};

class Explorations final : public v1::ExplorationService::Service {
 public:
  explicit Explorations(FakeState& state) : state_(state) {}
  grpc::Status CreateExploration(ServerContext*, const v1::CreateExplorationRequest* request,
                                 v1::Exploration* e) override {
    state_.create_request = *request;
    return answer(state_, state_.exploration, e);
  }
  grpc::Status GetExploration(ServerContext*, const v1::GetExplorationRequest*, v1::Exploration* e) override {
    return answer(state_, state_.exploration, e);
  }
  grpc::Status ListExplorations(ServerContext*, const v1::ListExplorationsRequest*,
                                v1::ListExplorationsResponse* response) override {
    v1::ListExplorationsResponse all;
    *all.add_explorations() = state_.exploration;
    return answer(state_, all, response);
  }
  grpc::Status PauseExploration(ServerContext*, const v1::PauseExplorationRequest*, v1::Exploration* e) override {
    return answer(state_, with_state(v1::PAUSED), e);
  }
  grpc::Status ResumeExploration(ServerContext*, const v1::ResumeExplorationRequest*, v1::Exploration* e) override {
    return answer(state_, with_state(v1::QUEUED), e);
  }
  grpc::Status CancelExploration(ServerContext*, const v1::CancelExplorationRequest*, v1::Exploration* e) override {
    return answer(state_, with_state(v1::CANCELLED), e);
  }
  grpc::Status ExtendExploration(ServerContext*, const v1::ExtendExplorationRequest* request,
                                 v1::Exploration* e) override {
    state_.extended_by = request->evaluations();
    return answer(state_, with_state(v1::QUEUED), e);
  }
  grpc::Status DeleteExploration(ServerContext*, const v1::DeleteExplorationRequest* request,
                                 google::protobuf::Empty*) override {
    const Lock lock(state_.mutex);
    state_.deleted = request->name();
    return to_grpc(state_.failure);
  }
  grpc::Status WatchExploration(ServerContext* context, const v1::WatchExplorationRequest* request,
                                grpc::ServerWriter<v1::ExplorationEvent>* writer) override {
    std::unique_lock<std::mutex> lock(state_.mutex);
    if (!state_.failure.ok()) return to_grpc(state_.failure);
    state_.watched_after.push_back(request->after_sequence());
    for (const v1::ExplorationEvent& event : state_.events) {
      if (event.sequence() <= request->after_sequence()) continue;
      while (state_.hold_after >= 0 && state_.events_sent >= state_.hold_after && !context->IsCancelled())
        state_.changed.wait_for(lock, std::chrono::milliseconds(5));
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
      writer->Write(event);
      ++state_.events_sent;
      state_.changed.notify_all();
    }
    return grpc::Status::OK;
  }
  grpc::Status GetParetoFront(ServerContext*, const v1::GetParetoFrontRequest* request,
                              v1::GetParetoFrontResponse* response) override {
    state_.front_request = *request;
    return answer(state_, state_.fronts, response);
  }
  grpc::Status CompareFronts(ServerContext*, const v1::CompareFrontsRequest* request,
                             v1::CompareFrontsResponse* response) override {
    state_.compare_request = *request;
    return answer(state_, state_.comparison, response);
  }
  // Page by page, whatever the filter and the order.
  grpc::Status ListEvaluations(ServerContext*, const v1::ListEvaluationsRequest* request,
                               v1::ListEvaluationsResponse* response) override {
    state_.list_request = *request;
    const auto& all = state_.evaluations.evaluations();
    v1::ListEvaluationsResponse page;
    int at = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    for (; at < all.size() && page.evaluations_size() < request->page_size(); ++at) *page.add_evaluations() = all[at];
    if (at < all.size()) page.set_next_page_token(std::to_string(at));
    page.set_base_image_count(state_.evaluations.base_image_count());
    return answer(state_, page, response);
  }
  grpc::Status ExportEvaluation(ServerContext*, const v1::ExportEvaluationRequest* request,
                                grpc::ServerWriter<v1::FileChunk>* writer) override {
    const Lock lock(state_.mutex);
    state_.export_request = *request;
    if (!state_.failure.ok()) return to_grpc(state_.failure);
    for (std::size_t at = 0; at < state_.onnx.size(); at += 4) {
      v1::FileChunk chunk;
      chunk.set_data(state_.onnx.substr(at, 4));
      writer->Write(chunk);
    }
    return grpc::Status::OK;
  }

 private:
  v1::Exploration with_state(v1::ExplorationState to) const {
    v1::Exploration exploration = state_.exploration;
    exploration.set_state(to);
    return exploration;
  }
  FakeState& state_;
};

std::string new_socket_path() {
  static std::atomic<int> number{0};
  return "/tmp/roofscape-fake-" + std::to_string(getpid()) + "-" + std::to_string(number++) + ".sock";
}

}  // namespace

struct FakeServer::Services {
  explicit Services(FakeState& state)
      : models(state),
        datasets(state),
        platforms(state),
        calibrations(state),
        evaluations(state),
        explorations(state) {}
  Models models;
  Datasets datasets;
  Platforms platforms;
  Calibrations calibrations;
  Evaluations evaluations;
  Explorations explorations;
  std::unique_ptr<grpc::Server> server;
};

FakeServer::FakeServer() : path_(new_socket_path()) { start(); }

FakeServer::~FakeServer() {
  stop();
  unlink(path_.c_str());
}

std::string FakeServer::address() const { return "unix:" + path_; }

void FakeServer::start() {
  services_ = std::make_unique<Services>(state);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&services_->models);
  builder.RegisterService(&services_->datasets);
  builder.RegisterService(&services_->platforms);
  builder.RegisterService(&services_->calibrations);
  builder.RegisterService(&services_->evaluations);
  builder.RegisterService(&services_->explorations);
  services_->server = builder.BuildAndStart();
}

void FakeServer::stop() {
  if (!services_) return;
  services_->server->Shutdown(std::chrono::system_clock::now());
  services_->server->Wait();
  services_.reset();
}

}  // namespace roofscape::client
