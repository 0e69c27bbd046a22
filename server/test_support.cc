#include "server/test_support.h"

#include <grpc/grpc.h>
#include <spdlog/spdlog.h>

#include <filesystem>

namespace roofscape::server::testing {
namespace {

// Sends a file in chunks of at most `chunk` bytes, each as `set` puts it into a message.
template <typename Request, typename Set>
bool send_file(grpc::ClientWriter<Request>& writer, const std::string& file, const Set& set) {
  constexpr std::size_t kChunk = 1 << 20;
  for (std::size_t at = 0; at < file.size(); at += kChunk) {
    Request part;
    set(part, file.substr(at, kChunk));
    if (!writer.Write(part)) return false;
  }
  return true;
}

}  // namespace

TestServer::TestServer(Settings settings) : settings_(std::move(settings)) {
  spdlog::set_level(spdlog::level::off);
  folder = new_folder();
  settings_.data_dir = folder + "/data";
  settings_.listen = "unix:" + folder + "/s";
  if (settings_.workers == 0) settings_.workers = 2;
  start();
}

TestServer::~TestServer() {
  stop();
  std::filesystem::remove_all(folder);
}

void TestServer::stop() {
  if (server) server->stop(std::chrono::milliseconds(2000));
  server.reset();
}

void TestServer::restart() {
  stop();
  start();
}

void TestServer::start() {
  // gRPC takes itself down with its last user, and up to ten seconds for it; between two tests it stays up.
  static const bool kept_up = (grpc_init(), true);
  (void)kept_up;
  StartError error;
  server = Server::start(settings_, &error);
  if (!server) {
    ADD_FAILURE() << error.status.message();
    std::abort();  // nothing that follows could mean anything
  }
  connect(server->address());
}

void TestClient::connect(const std::string& address) {
  channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  models = v1::ModelService::NewStub(channel);
  datasets = v1::DatasetService::NewStub(channel);
  platforms = v1::PlatformService::NewStub(channel);
  evaluations = v1::EvaluationService::NewStub(channel);
  explorations = v1::ExplorationService::NewStub(channel);
}

Status TestClient::import_model(const std::string& id, const std::string& onnx, v1::Model* model) {
  grpc::ClientContext context;
  v1::Model reply;
  const auto writer = models->ImportModel(&context, &reply);
  v1::ImportModelRequest first;
  first.mutable_metadata()->set_id(id);
  first.mutable_metadata()->set_file_bytes(static_cast<std::int64_t>(onnx.size()));
  first.mutable_metadata()->mutable_preparation()->set_scale(1.0 / 255);
  if (writer->Write(first))
    send_file(*writer, onnx, [](v1::ImportModelRequest& part, std::string data) { part.set_data(std::move(data)); });
  writer->WritesDone();
  const Status status = from_grpc(writer->Finish());
  if (model != nullptr) *model = reply;
  return status;
}

Status TestClient::import_dataset(const std::string& id, const std::string& images, const std::string& labels,
                                  v1::Dataset* dataset, std::int64_t limit) {
  grpc::ClientContext context;
  v1::Dataset reply;
  const auto writer = datasets->ImportDataset(&context, &reply);
  v1::ImportDatasetRequest first;
  first.mutable_metadata()->set_id(id);
  first.mutable_metadata()->set_images_name("images.idx");
  first.mutable_metadata()->set_labels_name("labels.idx");
  first.mutable_metadata()->set_images_bytes(static_cast<std::int64_t>(images.size()));
  first.mutable_metadata()->set_labels_bytes(static_cast<std::int64_t>(labels.size()));
  first.mutable_metadata()->set_limit(limit);
  if (writer->Write(first) &&
      send_file(*writer, images, [](auto& part, std::string data) { part.set_images(std::move(data)); }))
    send_file(*writer, labels, [](auto& part, std::string data) { part.set_labels(std::move(data)); });
  writer->WritesDone();
  const Status status = from_grpc(writer->Finish());
  if (dataset != nullptr) *dataset = reply;
  return status;
}

void TestClient::import_all() {
  const Status model = import_model("tiny", tiny_onnx());
  EXPECT_TRUE(model.ok()) << model.message();
  const Status dataset = import_dataset("dots", dots_images(200), dots_labels(200));
  EXPECT_TRUE(dataset.ok()) << dataset.message();
}

Result<v1::Exploration> TestClient::create(const v1::ExplorationSpec& spec, const std::string& request_id) {
  v1::CreateExplorationRequest request;
  *request.mutable_spec() = spec;
  request.set_request_id(request_id);
  return call(*explorations, &v1::ExplorationService::Stub::CreateExploration, request);
}

Result<v1::Exploration> TestClient::get(const std::string& id) {
  v1::GetExplorationRequest request;
  request.set_name("explorations/" + id);
  return call(*explorations, &v1::ExplorationService::Stub::GetExploration, request);
}

v1::Exploration TestClient::wait_for(const std::string& id, v1::ExplorationState state) {
  grpc::ClientContext context;
  v1::WatchExplorationRequest request;
  request.set_name("explorations/" + id);
  const auto reader = explorations->WatchExploration(&context, request);
  v1::ExplorationEvent event;
  while (reader->Read(&event) && event.state() != state) {
  }
  EXPECT_EQ(event.state(), state) << v1::ExplorationState_Name(event.state()) << ": " << event.error_message();
  context.TryCancel();
  const auto exploration = get(id);
  EXPECT_TRUE(exploration.ok()) << exploration.status().message();
  return exploration.ok() ? *exploration : v1::Exploration();
}

void TestClient::wait_for_evaluations(const std::string& id, std::int64_t count) {
  grpc::ClientContext context;
  v1::WatchExplorationRequest request;
  request.set_name("explorations/" + id);
  const auto reader = explorations->WatchExploration(&context, request);
  v1::ExplorationEvent event;
  while (reader->Read(&event) && event.evaluation_count() < count) {
  }
  EXPECT_GE(event.evaluation_count(), count) << event.error_message();
  context.TryCancel();
}

Result<v1::GetParetoFrontResponse> TestClient::fronts(const std::string& id) {
  v1::GetParetoFrontRequest request;
  request.set_name("explorations/" + id);
  return call(*explorations, &v1::ExplorationService::Stub::GetParetoFront, request);
}

}  // namespace roofscape::server::testing
