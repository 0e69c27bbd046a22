// Models, data sets and platforms over gRPC: what is stored, listed, refused.
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>

#include "analytics/base/status_matchers.h"
#include "server/test_support.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using testing::dots_images;
using testing::dots_labels;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::TestServer;
using testing::tiny_onnx;

using Models = v1::ModelService::Stub;
using Datasets = v1::DatasetService::Stub;
using Platforms = v1::PlatformService::Stub;

template <typename Request>
Request named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

// The list of those that were imported.
v1::ListModelsRequest imported_ones() {
  v1::ListModelsRequest request;
  request.set_filter("built_in=false");
  return request;
}

TEST(ModelService, ImportShowListDelete) {
  TestServer server;
  v1::Model model;
  ASSERT_THAT(server.import_model("tiny", tiny_onnx(), &model), IsOk());
  EXPECT_EQ(model.name(), "models/tiny");
  EXPECT_EQ(model.class_count(), 4);
  EXPECT_GT(model.layers_size(), 5);
  EXPECT_GT(model.mac_count(), 0);
  EXPECT_TRUE(model.has_create_time());

  RS_ASSERT_OK_AND_ASSIGN(const v1::Model shown,
                          server.call(*server.models, &Models::GetModel, named<v1::GetModelRequest>("models/tiny")));
  EXPECT_EQ(shown.layers_size(), model.layers_size());
  std::int64_t macs = 0;
  for (const v1::LayerInfo& layer : shown.layers()) macs += layer.mac_count();
  EXPECT_EQ(macs, shown.mac_count());

  RS_ASSERT_OK_AND_ASSIGN(const auto listed, server.call(*server.models, &Models::ListModels, imported_ones()));
  ASSERT_EQ(listed.models_size(), 1);
  EXPECT_EQ(listed.models(0).name(), "models/tiny");
  EXPECT_EQ(listed.models(0).layers_size(), 0);

  EXPECT_THAT(server.call(*server.models, &Models::DeleteModel, named<v1::DeleteModelRequest>("tiny")), IsOk());
  EXPECT_THAT(server.call(*server.models, &Models::GetModel, named<v1::GetModelRequest>("models/tiny")),
              StatusIs(Code::kNotFound, HasSubstr("tiny")));
}

TEST(ModelService, TheSameContentAgainIsFineOtherContentIsNot) {
  TestServer server;
  ASSERT_THAT(server.import_model("tiny", tiny_onnx()), IsOk());
  EXPECT_THAT(server.import_model("tiny", tiny_onnx()), IsOk());
  EXPECT_THAT(server.import_model("tiny", tiny_onnx(2)),
              StatusIs(Code::kAlreadyExists, AllOf(HasSubstr("'tiny'"), HasSubstr("other content"))));
}

TEST(ModelService, DamagedFilesAreRefusedAndNotStored) {
  TestServer server;
  const std::string onnx = tiny_onnx();
  EXPECT_THAT(server.import_model("cut", onnx.substr(0, onnx.size() / 2)), Not(IsOk()));
  EXPECT_THAT(server.import_model("text", "this is no network"), Not(IsOk()));
  RS_ASSERT_OK_AND_ASSIGN(const auto listed, server.call(*server.models, &Models::ListModels, imported_ones()));
  EXPECT_EQ(listed.models_size(), 0);
}

TEST(ModelService, NamesAreChecked) {
  TestServer server;
  const Status bad = server.import_model("Tiny Net", tiny_onnx());
  EXPECT_THAT(bad, StatusIs(Code::kInvalidArgument, HasSubstr("'Tiny Net'")));
  EXPECT_EQ(bad.field(), "metadata.id");
  EXPECT_THAT(server.call(*server.models, &Models::GetModel, named<v1::GetModelRequest>("datasets/x")),
              StatusIs(Code::kInvalidArgument, HasSubstr("models/ID")));
}

TEST(ModelService, UploadsAreBoundedBeforeTheyAreSent) {
  Settings settings;
  settings.model_bytes = 1000;
  TestServer server(settings);
  EXPECT_THAT(server.import_model("tiny", tiny_onnx()),
              StatusIs(Code::kResourceExhausted, AllOf(HasSubstr("at most 1000"), HasSubstr("model_bytes"))));
}

TEST(ModelService, AllUploadsTogetherAreBounded) {
  Settings settings;
  settings.upload_bytes = 1000;
  TestServer server(settings);
  EXPECT_THAT(server.import_model("tiny", tiny_onnx()), StatusIs(Code::kResourceExhausted, HasSubstr("upload_bytes")));
}

// Sends these parts and tells how the upload ends.
Status upload(TestServer& server, const std::vector<v1::ImportModelRequest>& parts) {
  grpc::ClientContext context;
  v1::Model reply;
  const auto writer = server.models->ImportModel(&context, &reply);
  for (const auto& part : parts)
    if (!writer->Write(part)) break;
  writer->WritesDone();
  return from_grpc(writer->Finish());
}

TEST(ModelService, PartsComeInOrderAndAsAnnounced) {
  TestServer server;
  v1::ImportModelRequest metadata, data, large;
  metadata.mutable_metadata()->set_id("m");
  metadata.mutable_metadata()->set_file_bytes(3);
  data.set_data("ab");
  large.set_data(std::string((1 << 20) + 1, 'x'));
  EXPECT_THAT(upload(server, {}), StatusIs(Code::kInvalidArgument, HasSubstr("the upload is empty")));
  EXPECT_THAT(upload(server, {data}),
              StatusIs(Code::kInvalidArgument, HasSubstr("first message must be the metadata")));
  EXPECT_THAT(upload(server, {metadata, metadata}), StatusIs(Code::kInvalidArgument, HasSubstr("twice")));
  EXPECT_THAT(upload(server, {metadata, data}), StatusIs(Code::kInvalidArgument, HasSubstr("2 of the 3 bytes")));
  EXPECT_THAT(upload(server, {metadata, data, data}),
              StatusIs(Code::kInvalidArgument, HasSubstr("more data came than the 3")));
  metadata.mutable_metadata()->set_file_bytes(2 << 20);
  EXPECT_THAT(upload(server, {metadata, large}), StatusIs(Code::kInvalidArgument, HasSubstr("at most 1048576")));
}

TEST(ModelService, AnUploadThatSendsNothingIsDropped) {
  Settings settings;
  settings.upload_idle_seconds = 0.05;
  TestServer server(settings);
  grpc::ClientContext context;
  v1::Model reply;
  const auto writer = server.models->ImportModel(&context, &reply);
  EXPECT_THAT(from_grpc(writer->Finish()), StatusIs(Code::kDeadlineExceeded, HasSubstr("upload_idle_seconds")));
}

TEST(ModelService, PagesGoThroughAllModels) {
  TestServer server;
  for (const char* id : {"c", "a", "b", "e", "d"}) ASSERT_THAT(server.import_model(id, tiny_onnx()), IsOk());
  std::string seen;
  v1::ListModelsRequest request = imported_ones();
  request.set_page_size(2);
  do {
    RS_ASSERT_OK_AND_ASSIGN(const auto page, server.call(*server.models, &Models::ListModels, request));
    EXPECT_LE(page.models_size(), 2);
    for (const v1::Model& model : page.models()) seen += model.name().substr(7);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, "abcde");
  request.set_page_token("x");
  EXPECT_THAT(server.call(*server.models, &Models::ListModels, request),
              StatusIs(Code::kInvalidArgument, HasSubstr("page_token 'x'")));
}

TEST(ModelService, BuiltInOnesAreListedAmongTheImportedOnes) {
  TestServer server;
  ASSERT_THAT(server.import_model("tiny", tiny_onnx()), IsOk());
  std::vector<std::string> names;
  v1::ListModelsRequest request;
  request.set_page_size(50);
  do {
    RS_ASSERT_OK_AND_ASSIGN(const auto page, server.call(*server.models, &Models::ListModels, request));
    for (const v1::Model& model : page.models()) {
      names.push_back(model.name());
      EXPECT_EQ(model.built_in(), model.name() != "models/tiny") << model.name();
      EXPECT_EQ(model.layers_size(), 0);
      EXPECT_GT(model.activation_count(), 0) << model.name();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(names, IsSupersetOf({"models/bert-large-384", "models/resnet-50", "models/tiny", "models/vgg-16"}));

  request.set_filter("built_in=true");
  RS_ASSERT_OK_AND_ASSIGN(const auto built_in, server.call(*server.models, &Models::ListModels, request));
  EXPECT_GT(built_in.models_size(), 40);
  request.set_filter("builtin");
  EXPECT_THAT(server.call(*server.models, &Models::ListModels, request),
              StatusIs(Code::kInvalidArgument, HasSubstr("use 'built_in=true' or 'built_in=false'")));
}

TEST(ModelService, ABuiltInOneIsShownWithWhatWasPublished) {
  TestServer server;
  RS_ASSERT_OK_AND_ASSIGN(const v1::Model model,
                          server.call(*server.models, &Models::GetModel, named<v1::GetModelRequest>("models/vgg-16")));
  EXPECT_TRUE(model.built_in());
  EXPECT_TRUE(model.shape_only());
  EXPECT_EQ(model.class_count(), 1000);
  EXPECT_EQ(model.weight_count(), 138357544);
  EXPECT_EQ(model.weight_bytes(), 4 * 138357544);
  EXPECT_NEAR(static_cast<double>(2 * model.mac_count()), 31e9, 0.31e9);
  EXPECT_GT(model.layers_size(), 30);
  ASSERT_GE(model.published_size(), 2);
  EXPECT_THAT(model.published(0).source(), HasSubstr("torchvision"));
  EXPECT_EQ(model.published(0).weight_count(), 138357544);
  EXPECT_FALSE(model.has_create_time());
}

TEST(ModelService, BuiltInOnesAreNeitherReplacedNorDeleted) {
  TestServer server;
  EXPECT_THAT(server.import_model("vgg-16", tiny_onnx()),
              StatusIs(Code::kAlreadyExists, HasSubstr("model 'vgg-16' is built in; give yours another name")));
  EXPECT_THAT(server.call(*server.models, &Models::DeleteModel, named<v1::DeleteModelRequest>("vgg-16")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("'vgg-16' is built in; only imported ones")));
  EXPECT_THAT(server.call(*server.models, &Models::GetModel, named<v1::GetModelRequest>("vgg16")),
              StatusIs(Code::kNotFound, HasSubstr("did you mean 'vgg-16'?")));
}

TEST(DatasetService, ImportShowListDelete) {
  TestServer server;
  v1::Dataset dataset;
  ASSERT_THAT(server.import_dataset("dots", dots_images(50), dots_labels(50), &dataset, 40), IsOk());
  EXPECT_EQ(dataset.image_count(), 40);
  EXPECT_EQ(dataset.element(), "uint8");
  EXPECT_TRUE(dataset.labelled());
  EXPECT_TRUE(dataset.has_create_time());
  EXPECT_THAT(server.import_dataset("dots", dots_images(50), dots_labels(50), nullptr, 30),
              StatusIs(Code::kAlreadyExists, HasSubstr("'dots'")));
  RS_ASSERT_OK_AND_ASSIGN(const auto listed,
                          server.call(*server.datasets, &Datasets::ListDatasets, v1::ListDatasetsRequest()));
  EXPECT_EQ(listed.datasets_size(), 1);
  EXPECT_THAT(server.call(*server.datasets, &Datasets::DeleteDataset, named<v1::DeleteDatasetRequest>("datasets/dots")),
              IsOk());
  EXPECT_THAT(server.call(*server.datasets, &Datasets::GetDataset, named<v1::GetDatasetRequest>("datasets/dots")),
              StatusIs(Code::kNotFound, HasSubstr("dots")));
}

TEST(DatasetService, CountsThatDifferAreRefused) {
  TestServer server;
  EXPECT_THAT(server.import_dataset("dots", dots_images(50), dots_labels(49)),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("50"), HasSubstr("49"))));
}

TEST(PlatformService, BuiltInsAreListedAndProtected) {
  TestServer server;
  v1::ListPlatformsRequest whole;
  whole.set_page_size(1000);
  RS_ASSERT_OK_AND_ASSIGN(const auto all, server.call(*server.platforms, &Platforms::ListPlatforms, whole));
  ASSERT_GE(all.platforms_size(), 80);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform zcu, server.call(*server.platforms, &Platforms::GetPlatform,
                                                              named<v1::GetPlatformRequest>("platforms/zcu104")));
  EXPECT_TRUE(zcu.built_in());
  EXPECT_EQ(zcu.name(), "platforms/zcu104");
  EXPECT_THAT(
      server.call(*server.platforms, &Platforms::DeletePlatform, named<v1::DeletePlatformRequest>("platforms/zcu104")),
      StatusIs(Code::kFailedPrecondition, HasSubstr("built in")));
  EXPECT_THAT(
      server.call(*server.platforms, &Platforms::GetPlatform, named<v1::GetPlatformRequest>("platforms/zcu1104")),
      StatusIs(Code::kNotFound, HasSubstr("zcu104")));

  v1::ImportPlatformRequest import;
  *import.mutable_platform() = zcu;
  EXPECT_THAT(server.call(*server.platforms, &Platforms::ImportPlatform, import),
              StatusIs(Code::kAlreadyExists, HasSubstr("built in")));
  import.mutable_platform()->set_id("mine");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform mine, server.call(*server.platforms, &Platforms::ImportPlatform, import));
  EXPECT_FALSE(mine.built_in());
  EXPECT_EQ(mine.name(), "platforms/mine");

  v1::ListPlatformsRequest request;
  request.set_page_size(30);
  std::vector<std::string> ids;
  do {
    RS_ASSERT_OK_AND_ASSIGN(const auto page, server.call(*server.platforms, &Platforms::ListPlatforms, request));
    for (const v1::Platform& platform : page.platforms()) ids.push_back(platform.id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(static_cast<int>(ids.size()), all.platforms_size() + 1);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST(PlatformService, AnImportedOneIsCompletedWithWhatItExtends) {
  TestServer server;
  v1::ImportPlatformRequest import;
  import.mutable_platform()->set_id("mine");
  import.mutable_platform()->set_title("Mine");
  import.mutable_platform()->set_extends("zcu104");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform mine, server.call(*server.platforms, &Platforms::ImportPlatform, import));
  EXPECT_EQ(mine.device_class(), v1::FPGA);
  EXPECT_EQ(mine.fpga().lut().value(), 230400);
  EXPECT_EQ(mine.aliases_size(), 0);
}

TEST(PlatformService, AnImportedOneIsValidated) {
  TestServer server;
  v1::ImportPlatformRequest import;
  import.mutable_platform()->set_id("empty");
  EXPECT_THAT(server.call(*server.platforms, &Platforms::ImportPlatform, import), Not(IsOk()));
}

// One call by raw bytes: the services whose schemas ship with gRPC only inside the library.
Result<std::string> raw_call(TestServer& server, const std::string& method, const std::string& request) {
  grpc::GenericStub stub(server.channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context, method, &queue);
  void* tag = nullptr;
  bool ok = false;
  const auto wait = [&] { return queue.Next(&tag, &ok) && ok; };
  stream->StartCall(nullptr);
  if (!wait()) return unavailable("not started");
  const grpc::Slice slice(request);
  stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  if (!wait()) return unavailable("not written");
  grpc::ByteBuffer reply;
  stream->Read(&reply, nullptr);
  std::string bytes;
  if (wait()) {
    std::vector<grpc::Slice> slices;
    if (!reply.Dump(&slices).ok()) return data_loss("no reply");
    for (const grpc::Slice& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  stream->WritesDone(nullptr);
  queue.Next(&tag, &ok);
  grpc::Status status;
  context.TryCancel();
  stream->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  if (bytes.empty()) return from_grpc(status);
  return bytes;
}

TEST(Server, HealthAnswersServing) {
  TestServer server;
  RS_ASSERT_OK_AND_ASSIGN(const std::string reply,
                          raw_call(server, "/grpc.health.v1.Health/Check", std::string("\x0a\x00", 2)));
  EXPECT_EQ(reply, "\x08\x01");  // status: SERVING
}

TEST(Server, ReflectionListsTheServices) {
  TestServer server;
  RS_ASSERT_OK_AND_ASSIGN(
      const std::string reply,
      raw_call(server, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", std::string("\x3a\x00", 2)));
  for (const char* service : {"ModelService", "DatasetService", "PlatformService", "CalibrationService",
                              "EvaluationService", "ExplorationService"})
    EXPECT_THAT(reply, HasSubstr(std::string("roofscape.v1.") + service));
}

TEST(Server, ErrorsCarryTheirReason) {
  TestServer server;
  grpc::ClientContext context;
  v1::Model reply;
  const grpc::Status status = server.models->GetModel(&context, named<v1::GetModelRequest>("models/none"), &reply);
  EXPECT_EQ(reason_of(status), v1::RESOURCE_NOT_FOUND);
}

TEST(Server, ASecondDaemonOnTheSameFolderOrAddressIsRefused) {
  TestServer server;
  Settings settings;
  settings.data_dir = server.folder + "/data";
  settings.listen = "unix:" + server.folder + "/other";
  StartError error;
  EXPECT_EQ(Server::start(settings, &error), nullptr);
  EXPECT_EQ(error.kind, StartFailure::kDataFolderInUse);
  EXPECT_THAT(error.status, StatusIs(Code::kUnavailable, HasSubstr("in use")));

  settings.data_dir = server.folder + "/other-data";
  settings.listen = server.server->address();
  EXPECT_EQ(Server::start(settings, &error), nullptr);
  EXPECT_EQ(error.kind, StartFailure::kAddress);
  EXPECT_THAT(error.status, StatusIs(Code::kAlreadyExists, HasSubstr("listens on")));
}

TEST(Server, AUsedPortIsRefused) {
  TestServer first;
  Settings settings;
  settings.data_dir = first.folder + "/tcp1";
  settings.listen = "127.0.0.1:0";
  StartError error;
  const auto server = Server::start(settings, &error);
  ASSERT_NE(server, nullptr) << error.status.message();
  EXPECT_THAT(server->address(), Not(HasSubstr(":0")));
  settings.data_dir = first.folder + "/tcp2";
  settings.listen = server->address();
  EXPECT_EQ(Server::start(settings, &error), nullptr);
  EXPECT_THAT(error.status, StatusIs(Code::kAlreadyExists, HasSubstr("is in use")));
}

TEST(Server, OtherMachinesAreKeptOutUnlessAllowed) {
  Settings settings;
  settings.data_dir = "/nowhere";
  settings.listen = "0.0.0.0:0";
  StartError error;
  EXPECT_EQ(Server::start(settings, &error), nullptr);
  EXPECT_THAT(error.status, StatusIs(Code::kInvalidArgument, HasSubstr("--allow-remote")));
  EXPECT_EQ(error.kind, StartFailure::kAddress);
}

}  // namespace
}  // namespace roofscape::server
