#include "server/test_support.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "analytics/base/rng.h"
#include "server/test_daemon.h"
#include "tests/support/onnx_builder.h"

namespace roofscape::server::testing {
namespace {

std::vector<float> weights(Rng& rng, std::size_t count, float scale) {
  std::vector<float> values(count);
  for (float& value : values) value = scale * static_cast<float>(rng.normal());
  return values;
}

std::string idx_header(std::uint8_t rank, std::initializer_list<int> dims) {
  std::string header{'\0', '\0', '\x08', static_cast<char>(rank)};
  for (const int dim : dims)
    for (const int shift : {24, 16, 8, 0}) header += static_cast<char>((dim >> shift) & 255);
  return header;
}

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

std::string tiny_onnx(std::uint64_t seed) {
  Rng rng(seed);
  roofscape::testing::OnnxBuilder b(13);
  b.input("x", {-1, 1, 8, 8});
  b.weight("w1", {4, 1, 3, 3}, weights(rng, 36, 0.4F));
  b.weight("b1", {4}, weights(rng, 4, 0.1F));
  b.node("Conv", {"x", "w1", "b1"}, {"c1"}).name("conv1").ints("pads", {1, 1, 1, 1});
  b.node("Relu", {"c1"}, {"r1"}).name("relu1");
  b.node("MaxPool", {"r1"}, {"p1"}).name("pool1").ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
  b.weight("w2", {6, 4, 3, 3}, weights(rng, 216, 0.2F));
  b.weight("b2", {6}, weights(rng, 6, 0.1F));
  b.node("Conv", {"p1", "w2", "b2"}, {"c2"}).name("conv2").ints("pads", {1, 1, 1, 1});
  b.node("Relu", {"c2"}, {"r2"}).name("relu2");
  b.node("Flatten", {"r2"}, {"f"}).name("flatten").integer("axis", 1);
  b.weight("w3", {96, 16}, weights(rng, 96 * 16, 0.15F));
  b.weight("b3", {16}, weights(rng, 16, 0.1F));
  b.node("Gemm", {"f", "w3", "b3"}, {"d1"}).name("fc1");
  b.node("Relu", {"d1"}, {"r3"}).name("relu3");
  b.weight("w4", {16, 4}, weights(rng, 64, 0.3F));
  b.weight("b4", {4}, weights(rng, 4, 0.1F));
  b.node("Gemm", {"r3", "w4", "b4"}, {"y"}).name("fc2");
  b.output("y");
  return b.bytes();
}

std::string dots_images(int count) {
  Rng rng(7);
  std::string file = idx_header(3, {count, 8, 8});
  for (int i = 0; i < count * 64; ++i) file += static_cast<char>(rng.below(256));
  return file;
}

std::string dots_labels(int count) {
  Rng rng(8);
  std::string file = idx_header(1, {count});
  for (int i = 0; i < count; ++i) file += static_cast<char>(rng.below(4));
  return file;
}

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

v1::ExplorationSpec TestClient::spec(std::int64_t count) const {
  v1::ExplorationSpec spec;
  spec.set_model("tiny");
  spec.set_dataset("dots");
  spec.add_platforms("raspberry-pi-4");
  spec.add_platforms("zcu104");
  v1::Rule& rule = *spec.add_space();
  rule.set_layers("*");
  auto& knobs = *(*rule.mutable_methods())["integer"].mutable_knobs();
  for (const int bits : {2, 3, 4, 5, 6, 8}) knobs["weight_bits"].add_values()->set_number_value(bits);
  for (const int bits : {4, 6, 8}) knobs["activation_bits"].add_values()->set_number_value(bits);
  spec.add_objectives("maximise top1");
  spec.add_objectives("minimise latency");
  spec.add_objectives("minimise weight_bytes");
  spec.mutable_search()->set_searcher("random");
  spec.mutable_search()->set_evaluations(count);
  spec.mutable_search()->set_seed(3);
  return spec;
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
