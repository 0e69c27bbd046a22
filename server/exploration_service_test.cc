// Explorations over gRPC, from creation to export, with everything that a person may do to them on the way.
#include <algorithm>
#include <atomic>
#include <thread>

#include "analytics/base/status_matchers.h"
#include "proto/packed_frame.h"
#include "server/test_support.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TestServer;

using Explorations = v1::ExplorationService::Stub;

template <typename Request>
Request named(const std::string& id) {
  Request request;
  request.set_name("explorations/" + id);
  return request;
}
Result<v1::Exploration> pause(TestServer& server, const std::string& id) {
  return server.call(*server.explorations, &Explorations::PauseExploration, named<v1::PauseExplorationRequest>(id));
}
Result<v1::Exploration> resume(TestServer& server, const std::string& id) {
  return server.call(*server.explorations, &Explorations::ResumeExploration, named<v1::ResumeExplorationRequest>(id));
}
Result<v1::Exploration> cancel(TestServer& server, const std::string& id) {
  return server.call(*server.explorations, &Explorations::CancelExploration, named<v1::CancelExplorationRequest>(id));
}
Result<v1::Exploration> extend(TestServer& server, const std::string& id, std::int64_t evaluations) {
  auto request = named<v1::ExtendExplorationRequest>(id);
  request.set_evaluations(evaluations);
  return server.call(*server.explorations, &Explorations::ExtendExploration, request);
}
Result<google::protobuf::Empty> remove(TestServer& server, const std::string& id) {
  return server.call(*server.explorations, &Explorations::DeleteExploration, named<v1::DeleteExplorationRequest>(id));
}

// Fronts without the exploration's name, to compare two of them.
std::string front_text(TestServer& server, const std::string& id) {
  auto fronts = server.fronts(id);
  EXPECT_TRUE(fronts.ok()) << fronts.status().message();
  if (!fronts.ok()) return "";
  for (v1::ParetoFront& front : *fronts->mutable_fronts()) {
    front.mutable_base()->clear_name();
    for (v1::Evaluation& evaluation : *front.mutable_evaluations()) evaluation.clear_name();
  }
  return fronts->DebugString();
}

// The ONNX file of an evaluation, or its packed weights.
std::string exported(TestServer& server, const std::string& name, v1::WeightIntegers weights = {},
                     v1::ExportForm form = v1::ONNX_FILE, v1::OnnxDialect dialect = {}) {
  grpc::ClientContext context;
  v1::ExportEvaluationRequest request;
  request.set_name(name);
  request.set_weights(weights);
  request.set_form(form);
  request.set_dialect(dialect);
  const auto reader = server.explorations->ExportEvaluation(&context, request);
  std::string file;
  v1::FileChunk chunk;
  while (reader->Read(&chunk)) file += chunk.data();
  const Status status = from_grpc(reader->Finish());
  EXPECT_TRUE(status.ok()) << status.message();
  return file;
}

constexpr std::int64_t kEndless = 100'000;  // more than any test waits for

TEST(ExplorationService, FromCreationToExport) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration created, server.create(server.spec(30)));
  EXPECT_EQ(created.name(), "explorations/e1");
  EXPECT_EQ(created.evaluations_wanted(), 30);
  EXPECT_GT(created.space_size(), 1e4);
  const v1::Exploration done = server.wait_for("e1", v1::SUCCEEDED);
  EXPECT_EQ(done.evaluation_count(), 30);
  EXPECT_GT(done.hypervolume(), 0);
  EXPECT_TRUE(done.has_best_top1());

  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  ASSERT_EQ(fronts.fronts_size(), 2);
  for (const v1::ParetoFront& front : fronts.fronts()) {
    ASSERT_GT(front.evaluations_size(), 0);
    EXPECT_EQ(front.base().index(), 0);
    EXPECT_GT(front.hypervolume(), 0);
    for (int i = 1; i < front.evaluations_size(); ++i)
      EXPECT_GE(front.evaluations(i - 1).accuracy().top1(), front.evaluations(i).accuracy().top1());
  }

  v1::GetEvaluationRequest get;
  get.set_name("explorations/e1/evaluations/5");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Evaluation full,
                          server.call(*server.explorations, &Explorations::GetEvaluation, get));
  ASSERT_EQ(full.estimates_size(), 2);
  EXPECT_GT(full.estimates(0).layers_size(), 5);
  double sum = 0;
  for (const auto& layer : full.estimates(0).layers()) sum += layer.latency_seconds();
  EXPECT_NEAR(sum, full.estimates(0).latency_seconds(), 1e-9 * sum);

  const std::string onnx = exported(server, "explorations/e1/evaluations/5");
  EXPECT_THAT(onnx, HasSubstr("QuantizeLinear"));
  EXPECT_EQ(exported(server, "explorations/e1/evaluations/5", v1::UINT8_WEIGHTS), onnx);
  EXPECT_NE(exported(server, "explorations/e1/evaluations/5", v1::INT8_WEIGHTS), onnx);
  const std::string qonnx = exported(server, "explorations/e1/evaluations/5", {}, v1::ONNX_FILE, v1::QONNX);
  EXPECT_THAT(qonnx, HasSubstr("qonnx.custom_op.general"));
  v1::Model quantised;
  EXPECT_THAT(server.import_model("quantised", qonnx, &quantised), IsOk());
  v1::Model again;
  EXPECT_THAT(server.import_model("again", exported(server, "explorations/e1/evaluations/0"), &again), IsOk());
  EXPECT_EQ(again.class_count(), 4);

  const std::string packed = exported(server, "explorations/e1/evaluations/5", {}, v1::PACKED_WEIGHTS_FILE);
  RS_ASSERT_OK_AND_ASSIGN(const PackedFrame frame, read_packed_frame(packed));
  EXPECT_EQ(frame.manifest.bit_count(), static_cast<std::int64_t>(8 * full.estimates(0).weight_bytes()));
  EXPECT_THAT(frame.manifest.model(), HasSubstr("-e1-5"));
}

TEST(ExplorationService, ARuleMayRequireItsMethod) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(20);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration free, server.create(spec));
  spec.mutable_space(0)->set_required(true);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration created, server.create(spec));
  EXPECT_LT(created.space_size(), free.space_size());
  EXPECT_TRUE(created.spec().space(0).required());
  const std::string id = created.name().substr(created.name().find('/') + 1);
  EXPECT_EQ(server.wait_for(id, v1::SUCCEEDED).evaluation_count(), 20);
  v1::ListEvaluationsRequest list;
  list.set_parent(created.name());
  RS_ASSERT_OK_AND_ASSIGN(const auto all, server.call(*server.explorations, &Explorations::ListEvaluations, list));
  ASSERT_EQ(all.evaluations_size(), 20);
  EXPECT_EQ(all.evaluations(0).violation(), 1) << "the base network is no candidate";
  const int layers = all.evaluations(1).recipe().steps_size();
  for (int i = 1; i < all.evaluations_size(); ++i) EXPECT_EQ(all.evaluations(i).recipe().steps_size(), layers);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts(id));
  for (const v1::ParetoFront& front : fronts.fronts()) {
    EXPECT_EQ(front.base().index(), 0);
    ASSERT_GT(front.evaluations_size(), 0);
    for (const v1::Evaluation& evaluation : front.evaluations()) EXPECT_GT(evaluation.index(), 0);
  }
  auto& knobs = *(*spec.mutable_space(0)->mutable_methods())["prune"].mutable_knobs();
  knobs["fraction"].add_values()->set_number_value(0);
  EXPECT_THAT(server.create(spec), StatusIs(Code::kInvalidArgument, HasSubstr("leaves a layer as it is")));
  EXPECT_EQ(server.create(spec).status().field(), "space[0].prune.fraction[0]");
}

// The mean over the fronts of their hypervolume.
double mean_of_fronts(TestServer& server, const std::string& id) {
  const auto fronts = server.fronts(id);
  EXPECT_TRUE(fronts.ok()) << fronts.status().message();
  double sum = 0;
  for (const v1::ParetoFront& front : fronts->fronts()) sum += front.hypervolume();
  return sum / fronts->fronts_size();
}

TEST(ExplorationService, ProgressAndFrontsTellTheSameHypervolume) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(400);
  spec.add_objectives("minimise energy");
  spec.add_objectives("minimise lut");  // concerns the FPGA alone
  spec.add_constraints("top1 >= 0.2");
  spec.add_constraints("weight_bytes <= 1 KiB");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for_evaluations("e1", 20);
  ASSERT_THAT(pause(server, "e1"), IsOk());
  server.restart();  // whatever ran is over
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration paused, server.get("e1"));
  EXPECT_DOUBLE_EQ(paused.hypervolume(), mean_of_fronts(server, "e1")) << paused.evaluation_count();
  ASSERT_THAT(resume(server, "e1"), IsOk());

  grpc::ClientContext context;
  const auto reader = server.explorations->WatchExploration(&context, named<v1::WatchExplorationRequest>("e1"));
  v1::ExplorationEvent event;
  while (reader->Read(&event)) ASSERT_NE(event.state(), v1::FAILED) << event.error_message();
  ASSERT_EQ(event.state(), v1::SUCCEEDED);
  EXPECT_GT(event.hypervolume(), 0);
  EXPECT_DOUBLE_EQ(event.hypervolume(), mean_of_fronts(server, "e1"));
  EXPECT_EQ(event.hypervolume(), server.get("e1")->hypervolume());
}

TEST(ExplorationService, AFrontsBoxEndsAtTheLimits) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(20);
  spec.add_constraints("top1 >= 0.2");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  for (const v1::ParetoFront& front : fronts.fronts()) {
    ASSERT_EQ(front.box().sides_size(), 3);
    EXPECT_EQ(front.box().platform(), front.platform());
    EXPECT_EQ(front.box().sides(0).objective(), "maximise top1");
    EXPECT_DOUBLE_EQ(front.box().sides(0).reference(), 0.2);
    EXPECT_GT(front.box().sides(0).ideal(), front.base().accuracy().top1());
    EXPECT_EQ(front.box().sides(1).objective(), "minimise latency");
    EXPECT_EQ(front.box().sides(1).ideal(), 0);
    for (const v1::Estimate& estimate : front.evaluations(0).estimates()) {
      if (estimate.platform() != front.platform()) continue;
      EXPECT_GE(front.box().sides(1).reference(), estimate.latency_seconds());
    }
  }
  // Of fewer points it is less, in the same box.
  auto request = named<v1::GetParetoFrontRequest>("e1");
  request.add_where("weight_bytes <= 600 B");
  RS_ASSERT_OK_AND_ASSIGN(const auto small, server.call(*server.explorations, &Explorations::GetParetoFront, request));
  for (int p = 0; p < 2; ++p) {
    EXPECT_EQ(small.fronts(p).box().DebugString(), fronts.fronts(p).box().DebugString());
    EXPECT_LT(small.fronts(p).hypervolume(), fronts.fronts(p).hypervolume());
  }
}

TEST(ExplorationService, WatchersSeeEveryEvaluationOnce) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const auto created, server.create(server.spec(60)));
  auto request = named<v1::WatchExplorationRequest>("e1");
  request.set_include_evaluations(true);
  request.set_after_sequence(1);
  std::vector<std::int64_t> seen;
  v1::ExplorationEvent event;
  // The watch breaks after every third event, and goes on where it stopped.
  while (event.state() != v1::SUCCEEDED) {
    grpc::ClientContext context;
    const auto reader = server.explorations->WatchExploration(&context, request);
    for (int i = 0; i < 3 && reader->Read(&event); ++i) {
      EXPECT_EQ(event.sequence(), request.after_sequence() + 1);
      request.set_after_sequence(event.sequence());
      for (const v1::Evaluation& evaluation : event.evaluations()) seen.push_back(evaluation.index());
    }
    context.TryCancel();
    ASSERT_NE(event.state(), v1::FAILED) << event.error_message();
  }
  ASSERT_EQ(seen.size(), 60u);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<std::int64_t>(i));
}

TEST(ExplorationService, TheSameSeedGivesTheSameFront) {
  TestServer server;
  server.import_all();
  Settings one;
  one.workers = 1;
  TestServer other(one);
  other.import_all();
  v1::ExplorationSpec spec = server.spec(40);
  spec.mutable_search()->set_searcher("surrogate");
  ASSERT_THAT(server.create(spec), IsOk());
  ASSERT_THAT(other.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  other.wait_for("e1", v1::SUCCEEDED);
  EXPECT_EQ(front_text(server, "e1"), front_text(other, "e1"));
}

TEST(ExplorationService, WhatCannotWorkIsRefusedBeforeItIsAccepted) {
  TestServer server;
  server.import_all();
  const auto refusal = [&](const std::function<void(v1::ExplorationSpec&)>& spoil) {
    v1::ExplorationSpec spec = server.spec(20);
    spoil(spec);
    return server.create(spec).status();
  };
  Status status = refusal([](auto& spec) { spec.set_model("none"); });
  EXPECT_THAT(status, StatusIs(Code::kNotFound, HasSubstr("none")));
  EXPECT_EQ(status.field(), "model");
  status = refusal([](auto& spec) { spec.set_platforms(1, "nvidia-*"); });
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("estimate --platform 'nvidia-*'` ranks those")));
  EXPECT_EQ(status.field(), "platforms[1]");
  status = refusal([](auto& spec) { spec.set_platforms(1, "zcu1104"); });
  EXPECT_THAT(status, StatusIs(Code::kNotFound, HasSubstr("zcu104")));
  EXPECT_EQ(status.field(), "platforms[1]");
  status = refusal([](auto& spec) {
    (*(*spec.mutable_space(0)->mutable_methods())["integer"].mutable_knobs())["weight_bits"]
        .mutable_values(2)
        ->set_number_value(17);
  });
  EXPECT_THAT(status, StatusIs(Code::kOutOfRange, HasSubstr("2 to 16")));
  EXPECT_EQ(status.field(), "space[0].integer.weight_bits[2]");
  status = refusal([](auto& spec) { spec.set_objectives(0, "maximise fame"); });
  EXPECT_EQ(status.field(), "objectives[0]");
  status = refusal([](auto& spec) { spec.add_constraints("latency@zcu104 <= 2 fortnights"); });
  EXPECT_EQ(status.field(), "constraints[0]");
  status = refusal([](auto& spec) { spec.mutable_search()->set_searcher("oracle"); });
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("oracle"), HasSubstr("surrogate"))));
  status = refusal([](auto& spec) { spec.mutable_search()->set_evaluations(-1); });
  EXPECT_EQ(status.field(), "search.evaluations");
  status = refusal([](auto& spec) { spec.clear_space(); });
  EXPECT_EQ(status.field(), "space");
  status = refusal([](auto& spec) { spec.set_id("No Id"); });
  EXPECT_EQ(status.field(), "id");
  // The same images with half as many rows.
  std::string halves = testing::dots_images(200).substr(0, 16 + 200 * 32);
  halves[11] = 4;
  ASSERT_THAT(server.import_dataset("halves", halves, testing::dots_labels(200)), IsOk());
  status = refusal([](auto& spec) { spec.set_dataset("halves"); });
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("[1, 8, 8]")));
  EXPECT_EQ(status.field(), "dataset");
  status = refusal([](auto& spec) { spec.add_constraints("weight_bytes <= 1 B"); });
  EXPECT_FALSE(status.ok());
  RS_ASSERT_OK_AND_ASSIGN(const auto listed, server.call(*server.explorations, &Explorations::ListExplorations,
                                                         v1::ListExplorationsRequest()));
  EXPECT_EQ(listed.explorations_size(), 0);
}

TEST(ExplorationService, ARequestIdMakesCreationSafeToRepeat) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const auto first, server.create(server.spec(20), "request-1"));
  RS_ASSERT_OK_AND_ASSIGN(const auto again, server.create(server.spec(20), "request-1"));
  EXPECT_EQ(again.name(), first.name());
  RS_ASSERT_OK_AND_ASSIGN(const auto other, server.create(server.spec(20), "request-2"));
  EXPECT_NE(other.name(), first.name());
  v1::ExplorationSpec spec = server.spec(20);
  spec.set_id("e1");
  EXPECT_THAT(server.create(spec), StatusIs(Code::kAlreadyExists, HasSubstr("e1")));
}

TEST(ExplorationService, PauseResumeExtendCancelDelete) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  server.wait_for_evaluations("e1", 10);
  RS_ASSERT_OK_AND_ASSIGN(const auto paused, pause(server, "e1"));
  EXPECT_EQ(paused.state(), v1::PAUSED);
  EXPECT_THAT(pause(server, "e1"), IsOk());
  EXPECT_THAT(remove(server, "e1"), StatusIs(Code::kFailedPrecondition, HasSubstr("PAUSED")));
  RS_ASSERT_OK_AND_ASSIGN(const auto resumed, resume(server, "e1"));
  EXPECT_EQ(resumed.state(), v1::QUEUED);
  server.wait_for_evaluations("e1", paused.evaluation_count() + 10);
  RS_ASSERT_OK_AND_ASSIGN(const auto cancelled, cancel(server, "e1"));
  EXPECT_EQ(cancelled.state(), v1::CANCELLED);
  EXPECT_THAT(cancel(server, "e1"), IsOk());
  EXPECT_THAT(resume(server, "e1"), StatusIs(Code::kFailedPrecondition, HasSubstr("for good")));
  EXPECT_THAT(extend(server, "e1", 5), StatusIs(Code::kFailedPrecondition, HasSubstr("for good")));
  EXPECT_THAT(remove(server, "e1"), IsOk());
  EXPECT_THAT(server.get("e1"), StatusIs(Code::kNotFound, HasSubstr("e1")));

  ASSERT_THAT(server.create(server.spec(15)), IsOk());
  EXPECT_EQ(server.wait_for("e2", v1::SUCCEEDED).evaluation_count(), 15);
  EXPECT_THAT(pause(server, "e2"), StatusIs(Code::kFailedPrecondition, HasSubstr("SUCCEEDED")));
  EXPECT_THAT(extend(server, "e2", 0), StatusIs(Code::kOutOfRange, HasSubstr("evaluations is 0")));
  ASSERT_THAT(extend(server, "e2", 10), IsOk());
  EXPECT_EQ(server.wait_for("e2", v1::SUCCEEDED).evaluation_count(), 25);
}

TEST(ExplorationService, ExtendedAfterAPlateauItMeasuresMore) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(200);
  spec.mutable_search()->set_plateau(0.9);
  ASSERT_THAT(server.create(spec), IsOk());
  const std::int64_t stopped = server.wait_for("e1", v1::SUCCEEDED).evaluation_count();
  EXPECT_GE(stopped, 40);
  EXPECT_LT(stopped, 80);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration extended, extend(server, "e1", 10));
  EXPECT_EQ(extended.evaluations_wanted(), 210);
  EXPECT_EQ(extended.extended_at(), stopped);
  server.restart();
  const v1::Exploration done = server.wait_for("e1", v1::SUCCEEDED);
  EXPECT_GE(done.evaluation_count(), stopped + 40);
  EXPECT_LT(done.evaluation_count(), stopped + 80);
}

TEST(ExplorationService, AModelInUseStays) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(5)), IsOk());
  v1::DeleteModelRequest request;
  request.set_name("models/tiny");
  EXPECT_THAT(server.call(*server.models, &v1::ModelService::Stub::DeleteModel, request),
              StatusIs(Code::kFailedPrecondition, HasSubstr("e1")));
}

TEST(ExplorationService, ARestartGoesOnWhereItStopped) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(200)), IsOk());
  server.wait_for_evaluations("e1", 20);
  server.restart();
  const v1::Exploration done = server.wait_for("e1", v1::SUCCEEDED);
  EXPECT_EQ(done.evaluation_count(), 200);

  ASSERT_THAT(server.create(server.spec(200)), IsOk());
  server.wait_for("e2", v1::SUCCEEDED);
  EXPECT_EQ(front_text(server, "e1"), front_text(server, "e2"));
}

TEST(ExplorationService, AWatcherLearnsThatTheDaemonStops) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  server.wait_for_evaluations("e1", 5);
  grpc::ClientContext context;
  const auto reader = server.explorations->WatchExploration(&context, named<v1::WatchExplorationRequest>("e1"));
  v1::ExplorationEvent event;
  ASSERT_TRUE(reader->Read(&event));
  std::thread stopping([&] { server.stop(); });
  while (reader->Read(&event)) {
  }
  EXPECT_THAT(from_grpc(reader->Finish()), StatusIs(Code::kUnavailable, HasSubstr("after_sequence")));
  stopping.join();
}

TEST(ExplorationService, AReplacedPlatformFailsTheResume) {
  TestServer server;
  server.import_all();
  v1::GetPlatformRequest get;
  get.set_name("platforms/zcu104");
  RS_ASSERT_OK_AND_ASSIGN(v1::Platform platform,
                          server.call(*server.platforms, &v1::PlatformService::Stub::GetPlatform, get));
  v1::ImportPlatformRequest import;
  *import.mutable_platform() = platform;
  import.mutable_platform()->set_id("mine");
  ASSERT_THAT(server.call(*server.platforms, &v1::PlatformService::Stub::ImportPlatform, import), IsOk());
  v1::ExplorationSpec spec = server.spec(kEndless);
  spec.set_platforms(1, "mine");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for_evaluations("e1", 5);
  ASSERT_THAT(pause(server, "e1"), IsOk());
  import.mutable_platform()->set_title("Another board");
  ASSERT_THAT(server.call(*server.platforms, &v1::PlatformService::Stub::ImportPlatform, import), IsOk());
  ASSERT_THAT(resume(server, "e1"), IsOk());
  const v1::Exploration failed = server.wait_for("e1", v1::FAILED);
  EXPECT_THAT(failed.error_message(), HasSubstr("platforms/mine"));
}

TEST(ExplorationService, ListsHaveFiltersOrdersAndPages) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(40)), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  const auto list = [&](const std::string& filter, const std::string& order) {
    std::vector<v1::Evaluation> all;
    v1::ListEvaluationsRequest request;
    request.set_parent("explorations/e1");
    request.set_filter(filter);
    request.set_order_by(order);
    request.set_page_size(7);
    do {
      const auto page = server.call(*server.explorations, &Explorations::ListEvaluations, request);
      EXPECT_TRUE(page.ok()) << page.status().message();
      if (!page.ok()) return all;
      EXPECT_LE(page->evaluations_size(), 7);
      all.insert(all.end(), page->evaluations().begin(), page->evaluations().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  };
  const auto by_index = list("", "");
  ASSERT_EQ(by_index.size(), 40u);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(by_index[i].index(), static_cast<std::int64_t>(i));
  EXPECT_EQ(by_index[3].estimates(0).layers_size(), 0);

  const auto by_latency = list("", "latency@zcu104");
  ASSERT_EQ(by_latency.size(), 40u);
  for (std::size_t i = 1; i < 40; ++i)
    EXPECT_LE(by_latency[i - 1].estimates(1).latency_seconds(), by_latency[i].estimates(1).latency_seconds());
  const auto by_top1 = list("", "top1 desc");
  ASSERT_EQ(by_top1.size(), 40u);
  for (std::size_t i = 1; i < 40; ++i) EXPECT_GE(by_top1[i - 1].accuracy().top1(), by_top1[i].accuracy().top1());

  const double middle = by_top1[20].accuracy().top1();
  const auto good = list(fmt::format("top1 >= {} AND weight_bytes <= 1 MiB", middle), "");
  std::size_t expected = 0;
  for (const auto& evaluation : by_index) expected += evaluation.accuracy().top1() >= middle ? 1 : 0;
  EXPECT_EQ(good.size(), expected);
  EXPECT_LT(good.size(), 40u);

  v1::ListEvaluationsRequest request;
  request.set_parent("explorations/e1");
  request.set_filter("fame >= 1");
  EXPECT_EQ(server.call(*server.explorations, &Explorations::ListEvaluations, request).status().field(), "filter");
  request.set_filter("");
  request.set_order_by("latency");
  EXPECT_THAT(server.call(*server.explorations, &Explorations::ListEvaluations, request),
              StatusIs(Code::kInvalidArgument, HasSubstr("latency@ID")));
  request.set_order_by("top1");
  request.set_page_size(5);
  RS_ASSERT_OK_AND_ASSIGN(const auto page, server.call(*server.explorations, &Explorations::ListEvaluations, request));
  request.set_order_by("loss");
  request.set_page_token(page.next_page_token());
  EXPECT_EQ(server.call(*server.explorations, &Explorations::ListEvaluations, request).status().field(), "page_token");
}

TEST(ExplorationService, APlatformThatCannotRunTheBaseHasItsFrontAllTheSame) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(40);
  spec.set_platforms(1, "tpu-v1");
  RS_ASSERT_OK_AND_ASSIGN(const auto created, server.create(spec));
  server.wait_for("e1", v1::SUCCEEDED);
  v1::GetEvaluationRequest get;
  get.set_name("explorations/e1/evaluations/0");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Evaluation base,
                          server.call(*server.explorations, &Explorations::GetEvaluation, get));
  ASSERT_EQ(base.estimates_size(), 2);
  EXPECT_TRUE(base.estimates(0).fits());
  EXPECT_FALSE(base.estimates(1).fits());
  EXPECT_THAT(base.estimates(1).does_not_fit(), HasSubstr("fp32"));
  EXPECT_GT(base.estimates(1).layers_size(), 5);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  for (const auto& evaluation : fronts.fronts(1).evaluations()) EXPECT_NE(evaluation.index(), 0);
}

TEST(ExplorationService, EveryKindOfMetricCanBeAnObjective) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(30);
  v1::Rule& rule = *spec.add_space();
  rule.set_op("Conv");
  (*(*rule.mutable_methods())["prune_filters"].mutable_knobs())["fraction"].add_values()->set_number_value(0.5);
  spec.clear_objectives();
  for (const char* objective :
       {"minimise loss", "minimise macs", "minimise energy", "maximise throughput", "minimise lut"})
    spec.add_objectives(objective);
  RS_ASSERT_OK_AND_ASSIGN(const auto created, server.create(spec));
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  for (const v1::ParetoFront& front : fronts.fronts()) {
    EXPECT_GT(front.evaluations_size(), 0) << front.platform();
    bool fewer = false;
    for (const auto& evaluation : front.evaluations())
      fewer = fewer || evaluation.mac_count() < front.base().mac_count();
    EXPECT_TRUE(fewer) << front.platform();
  }
}

TEST(ExplorationService, FrontsTakeLimitsAndOnePlatform) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(40)), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  auto request = named<v1::GetParetoFrontRequest>("e1");
  request.set_platform("zcu104");
  request.add_where("top1 >= 0.2");
  RS_ASSERT_OK_AND_ASSIGN(const auto one, server.call(*server.explorations, &Explorations::GetParetoFront, request));
  ASSERT_EQ(one.fronts_size(), 1);
  EXPECT_EQ(one.fronts(0).platform(), "platforms/zcu104");
  for (const auto& evaluation : one.fronts(0).evaluations()) EXPECT_GE(evaluation.accuracy().top1(), 0.2);
  request.set_platform("nvidia-t4");
  EXPECT_EQ(server.call(*server.explorations, &Explorations::GetParetoFront, request).status().field(), "platform");
  request.set_platform("");
  request.add_where("latency <=");
  EXPECT_EQ(server.call(*server.explorations, &Explorations::GetParetoFront, request).status().field(), "where[1]");
}

// What holds on a fast platform need not on a slow one: a price without a platform is that of the front's own.
TEST(ExplorationService, ALimitOfAPriceIsThatOnTheFrontsOwnPlatform) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(40)), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  ASSERT_GE(fronts.fronts_size(), 2);
  for (const v1::ParetoFront& front : fronts.fronts()) {
    const auto latency_of = [&](const v1::Evaluation& evaluation) {
      for (const v1::Estimate& estimate : evaluation.estimates())
        if (estimate.platform() == front.platform()) return estimate.latency_seconds();
      return 0.0;
    };
    auto request = named<v1::GetParetoFrontRequest>("e1");
    request.set_platform(front.platform().substr(front.platform().find('/') + 1));
    const double limit = latency_of(front.base());
    request.add_where(fmt::format("latency <= {:.17g} s", limit));
    RS_ASSERT_OK_AND_ASSIGN(const auto held, server.call(*server.explorations, &Explorations::GetParetoFront, request));
    ASSERT_GT(held.fronts(0).evaluations_size(), 0) << front.platform();
    for (const v1::Evaluation& evaluation : held.fronts(0).evaluations()) EXPECT_LE(latency_of(evaluation), limit);
  }
}

// Every point of a front, sorted: those listed, what they stand for, and what was left out.
std::vector<std::int64_t> all_points(const v1::ParetoFront& front) {
  std::vector<std::int64_t> all(front.left_out().begin(), front.left_out().end());
  for (const v1::Evaluation& evaluation : front.evaluations()) all.push_back(evaluation.index());
  for (const v1::FrontPoint& point : front.points())
    all.insert(all.end(), point.stands_for().begin(), point.stands_for().end());
  std::sort(all.begin(), all.end());
  return all;
}

TEST(ExplorationService, AFrontIsChosenFrom) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(60)), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  auto request = named<v1::GetParetoFrontRequest>("e1");
  const auto fronts = [&] { return server.call(*server.explorations, &Explorations::GetParetoFront, request); };
  request.set_show_all(true);
  RS_ASSERT_OK_AND_ASSIGN(const auto whole, fronts());
  request.set_show_all(false);
  RS_ASSERT_OK_AND_ASSIGN(const auto folded, fronts());
  request.set_pick(1);
  RS_ASSERT_OK_AND_ASSIGN(const auto one, fronts());
  for (int p = 0; p < whole.fronts_size(); ++p) {
    const v1::ParetoFront& all = whole.fronts(p);
    ASSERT_GE(all.evaluations_size(), 2);
    EXPECT_DOUBLE_EQ(all.listed_hypervolume(), all.hypervolume());
    EXPECT_EQ(one.fronts(p).evaluations_size(), 1);
    for (const auto* front : {&all, &folded.fronts(p), &one.fronts(p)}) {
      EXPECT_EQ(all_points(*front), all_points(all)) << front->platform();
      EXPECT_EQ(front->point_count(), all.evaluations_size());
      EXPECT_EQ(front->points_size(), front->evaluations_size());
      EXPECT_DOUBLE_EQ(front->hypervolume(), all.hypervolume());
      EXPECT_LE(front->listed_hypervolume(), front->hypervolume());
      EXPECT_GT(front->listed_hypervolume(), 0);
      bool listed = false;
      for (const auto& evaluation : front->evaluations()) listed |= evaluation.index() == front->recommended().index();
      EXPECT_TRUE(listed);
      EXPECT_THAT(front->recommended().reason(), HasSubstr(" than "));
    }
  }
  request.set_pick(-1);
  EXPECT_EQ(fronts().status().field(), "pick");
}

// Measures a configuration as an exploration would.
Result<v1::Evaluation> evaluated_like(TestServer& server, const std::string& exploration, int bits) {
  v1::EvaluateModelRequest request;
  request.set_exploration("explorations/" + exploration);
  v1::Rule& rule = *request.mutable_configuration()->add_space();
  rule.set_layers("*");
  (*(*rule.mutable_methods())["integer"].mutable_knobs())["weight_bits"].add_values()->set_number_value(bits);
  grpc::ClientContext context;
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse response;
  while (reader->Read(&response)) continue;
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return from_grpc(status);
  return response.evaluation();
}

TEST(ExplorationService, TwoFrontsAreComparedInACommonBox) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(40)), IsOk());
  v1::ExplorationSpec other = server.spec(10);
  other.mutable_search()->set_seed(8);
  other.set_platforms(0, "tpu-v1");
  other.add_objectives("minimise energy");
  other.set_batch(4);
  ASSERT_THAT(server.create(other), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  server.wait_for("e2", v1::SUCCEEDED);
  auto request = named<v1::CompareFrontsRequest>("e1");
  const auto compare = [&] { return server.call(*server.explorations, &Explorations::CompareFronts, request); };
  EXPECT_EQ(compare().status().field(), "other");
  request.set_other("e2");
  RS_ASSERT_OK_AND_ASSIGN(const auto response, compare());
  EXPECT_THAT(response.notes(),
              ::testing::ElementsAre("the batch of 'e1' is 1 and of 'e2' is 4: latencies are of different batches",
                                     "platform 'raspberry-pi-4' is explored by 'e1' alone",
                                     "platform 'tpu-v1' is explored by 'e2' alone",
                                     "energy is an objective of 'e2' alone, and left out"));
  ASSERT_EQ(response.comparisons_size(), 1);
  const v1::FrontComparison& one = response.comparisons(0);
  EXPECT_EQ(one.platform(), "platforms/zcu104");
  ASSERT_EQ(one.box().sides_size(), 3);
  EXPECT_EQ(one.box().sides(0).objective(), "maximise top1");
  EXPECT_EQ(one.first().name(), "explorations/e1");
  EXPECT_GE(one.joint_hypervolume() + 1e-12, std::max(one.first().hypervolume(), one.second().hypervolume()));
  std::int64_t dominated = 0, dominating = 0;
  for (const v1::ComparedPoint& point : one.second().points()) {
    dominated += point.standing() == v1::DOMINATED;
    EXPECT_EQ(point.has_beaten_by(), point.standing() != v1::EXTENDS);
    EXPECT_EQ(point.hypervolume_gain() > 0, point.standing() == v1::EXTENDS);
  }
  EXPECT_EQ(one.second().dominated_count(), dominated);
  for (const v1::ComparedPoint& point : one.first().points()) dominating += point.dominated_count();
  EXPECT_GE(dominating, dominated);
  EXPECT_GT(dominated + one.second().equal_count() + one.first().dominated_count(), 0);

  // Against itself, everything is equal and nothing is gained.
  request.set_other("explorations/e1");
  RS_ASSERT_OK_AND_ASSIGN(const auto itself, compare());
  ASSERT_EQ(itself.comparisons_size(), 2);
  for (const v1::FrontComparison& comparison : itself.comparisons()) {
    EXPECT_EQ(comparison.first().equal_count(), comparison.first().points_size());
    EXPECT_DOUBLE_EQ(comparison.joint_hypervolume(), comparison.first().hypervolume());
  }
  EXPECT_EQ(itself.notes_size(), 0);
  request.set_platform("nvidia-t4");
  EXPECT_EQ(compare().status().field(), "platform");
  request.set_other("e9");
  EXPECT_THAT(compare(), StatusIs(Code::kNotFound, HasSubstr("e9")));
}

TEST(ExplorationService, ConfigurationsAreHeldAgainstAFront) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(60);
  spec.add_constraints("weight_bytes <= 4 KiB");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));

  auto request = named<v1::CompareFrontsRequest>("e1");
  request.set_platform("zcu104");
  const auto add = [&](const std::string& label, const v1::Evaluation& evaluation) {
    v1::Contender* contender = request.add_contenders();
    contender->set_label(label);
    *contender->mutable_evaluation() = evaluation;
  };
  const v1::Evaluation own = fronts.fronts(1).evaluations(0);
  add("own", own);
  v1::Evaluation worse = own, better = own, wrong = own;
  worse.mutable_counts()->set_top1_count(own.counts().top1_count() - 1);
  add("worse", worse);
  for (v1::Estimate& estimate : *better.mutable_estimates())
    estimate.set_latency_seconds(estimate.latency_seconds() / 1000);
  add("better", better);
  for (v1::Estimate& estimate : *wrong.mutable_estimates()) estimate.set_weight_bytes(1e6);
  add("too large", wrong);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Evaluation int8, evaluated_like(server, "e1", 8));
  EXPECT_EQ(int8.counts().image_count(), own.counts().image_count());
  EXPECT_EQ(int8.estimates_size(), 2);
  add("int8.yaml", int8);
  RS_ASSERT_OK_AND_ASSIGN(const auto response,
                          server.call(*server.explorations, &Explorations::CompareFronts, request));
  ASSERT_EQ(response.comparisons_size(), 1);
  const v1::FrontComparison& one = response.comparisons(0);
  EXPECT_FALSE(one.has_second());
  ASSERT_EQ(one.contenders_size(), 5);
  EXPECT_EQ(one.contenders(0).standing(), v1::EQUALS);
  EXPECT_EQ(one.contenders(0).beaten_by(), own.index());
  EXPECT_EQ(one.contenders(1).standing(), v1::DOMINATED);
  EXPECT_EQ(one.contenders(1).beaten_by(), own.index());
  EXPECT_FALSE(one.contenders(1).told_apart()) << "one image of some hundred is no difference";
  EXPECT_THAT(one.contenders(1).message(), HasSubstr("by less than the intervals can tell"));
  EXPECT_EQ(one.contenders(2).standing(), v1::EXTENDS);
  EXPECT_GT(one.contenders(2).hypervolume_gain(), 0);
  EXPECT_GE(one.contenders(2).dominated_count(), 1);
  EXPECT_EQ(one.contenders(3).standing(), v1::NOT_FEASIBLE);
  EXPECT_EQ(one.contenders(3).message(), "breaks the constraint 'weight_bytes <= 4 KiB'");
  EXPECT_NE(one.contenders(4).standing(), v1::STANDING_UNSPECIFIED);
  EXPECT_EQ(one.contenders(4).evaluation().estimates(0).layers_size(), 0);

  request.mutable_contenders(1)->mutable_evaluation()->mutable_counts()->set_image_count(0);
  EXPECT_EQ(server.call(*server.explorations, &Explorations::CompareFronts, request).status().field(),
            "contenders[1].evaluation.counts");
}

// A board whose energy is peak power × time, or of operations and bytes.
Status import_board(TestServer& server, bool states_energies) {
  v1::GetPlatformRequest get;
  get.set_name("platforms/raspberry-pi-4");
  RS_ASSIGN(v1::Platform board, server.call(*server.platforms, &v1::PlatformService::Stub::GetPlatform, get));
  const auto state = [](v1::Figure* figure, double value) {
    figure->set_value(value);
    figure->set_source("a test");
    figure->set_provenance(v1::DATASHEET);
  };
  board.set_id("mine");
  board.clear_family();
  board.clear_static_watts();
  state(board.mutable_peak_watts(), 5);
  for (v1::ComputeCeiling& ceiling : *board.mutable_compute()) {
    ceiling.clear_energy_joules_per_op();
    if (states_energies) state(ceiling.mutable_energy_joules_per_op(), 1e-12);
  }
  for (v1::MemoryLevel& level : *board.mutable_memory()) {
    level.clear_energy_joules_per_byte();
    if (states_energies) state(level.mutable_energy_joules_per_byte(), 1e-11);
  }
  board.mutable_memory()->DeleteSubrange(0, board.memory_size() - 1);
  board.mutable_memory(0)->clear_capacity_bytes();
  v1::ImportPlatformRequest import;
  *import.mutable_platform() = board;
  return server.call(*server.platforms, &v1::PlatformService::Stub::ImportPlatform, import).status();
}

TEST(ExplorationService, EnergiesOfTwoBasesAreNotCompared) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(20);
  spec.clear_platforms();
  spec.add_platforms("mine");
  spec.add_objectives("minimise energy");
  for (const char* id : {"e1", "e2"}) {
    ASSERT_THAT(import_board(server, id == std::string("e2")), IsOk());
    spec.mutable_search()->set_seed(id[1]);
    ASSERT_THAT(server.create(spec), IsOk());
    server.wait_for(id, v1::SUCCEEDED);
  }
  auto request = named<v1::CompareFrontsRequest>("e1");
  request.set_other("e2");
  RS_ASSERT_OK_AND_ASSIGN(const auto response,
                          server.call(*server.explorations, &Explorations::CompareFronts, request));
  EXPECT_THAT(response.notes(),
              ::testing::Contains("energy on 'mine' is left out: that of 'e1' is of peak power × time, an upper bound, "
                                  "that of 'e2' of operations and bytes alone, a lower bound"));
  ASSERT_EQ(response.comparisons_size(), 1);
  for (const v1::BoxSide& side : response.comparisons(0).box().sides())
    EXPECT_THAT(side.objective(), ::testing::Not(HasSubstr("energy")));

  // Nor is a single configuration that is priced on another basis.
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e2"));
  request.clear_other();
  v1::Contender* contender = request.add_contenders();
  contender->set_label("other");
  *contender->mutable_evaluation() = fronts.fronts(0).evaluations(0);
  RS_ASSERT_OK_AND_ASSIGN(const auto one, server.call(*server.explorations, &Explorations::CompareFronts, request));
  EXPECT_EQ(one.comparisons(0).contenders(0).standing(), v1::NOT_FEASIBLE);
  EXPECT_THAT(one.comparisons(0).contenders(0).message(), HasSubstr("does not compare: its energy is of operations"));
}

// Candidates are not dropped for what is not known, and the front says so once.
TEST(ExplorationService, AFrontSaysWhatItsPricesLeaveOpen) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(import_board(server, true), IsOk());
  v1::ExplorationSpec spec = server.spec(20);
  spec.clear_platforms();
  spec.add_platforms("mine");
  spec.add_objectives("minimise energy");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  const v1::ParetoFront& front = fronts.fronts(0);
  EXPECT_GT(front.evaluations_size(), 0);
  EXPECT_FALSE(front.base().estimates(0).has_fits());
  ASSERT_EQ(front.notes_size(), 2);
  EXPECT_THAT(front.notes(0), HasSubstr("whether points fit mine is not known, and none is left out for it: memory '"));
  EXPECT_EQ(front.notes(1), "energy rests on operations and bytes alone, a lower bound");
}

// Sixty dots that are none of the two hundred of "dots".
Status import_others(TestServer& server) {
  const std::string images = testing::dots_images(60).substr(0, 16) + testing::dots_images(260).substr(16 + 200 * 64);
  const std::string labels = testing::dots_labels(60).substr(0, 8) + testing::dots_labels(260).substr(8 + 200);
  return server.import_dataset("others", images, labels);
}

TEST(ExplorationService, FrontsAreConfirmedOnImagesThatAreSetAside) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(30);
  spec.mutable_confirmation()->set_share(0.25);
  spec.add_constraints("top1 >= 0.2");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  for (const v1::ParetoFront& front : fronts.fronts()) {
    // Of 200 images 25 calibrate; of the other 175 a quarter confirms.
    EXPECT_EQ(front.base().counts().image_count(), 131);
    EXPECT_EQ(front.base().confirmed().image_count(), 44);
    ASSERT_GT(front.evaluations_size(), 0);
    for (const v1::Evaluation& evaluation : front.evaluations()) {
      EXPECT_EQ(evaluation.counts().image_count(), 131);
      EXPECT_EQ(evaluation.confirmed().image_count(), 44) << evaluation.index();
      EXPECT_GT(evaluation.confirmed().top1_interval().high(), evaluation.confirmed().top1_interval().low());
      const bool refuted =
          std::find(front.refuted().begin(), front.refuted().end(), evaluation.index()) != front.refuted().end();
      EXPECT_EQ(refuted, evaluation.confirmed().top1() < 0.2) << evaluation.confirmed().top1();
    }
  }
  v1::ListEvaluationsRequest list;
  list.set_parent("explorations/e1");
  list.set_page_size(1);
  RS_ASSERT_OK_AND_ASSIGN(const auto listed, server.call(*server.explorations, &Explorations::ListEvaluations, list));
  EXPECT_EQ(listed.base_image_count(), 131);
  EXPECT_FALSE(listed.evaluations(0).has_confirmed()) << "only on fronts";

  // It is there after a restart, and more evaluations bring more points, all of them confirmed.
  const std::string before = front_text(server, "e1");
  server.restart();
  EXPECT_EQ(front_text(server, "e1"), before);
  ASSERT_THAT(extend(server, "e1", 40), IsOk());
  EXPECT_EQ(server.wait_for("e1", v1::SUCCEEDED).evaluation_count(), 70);
  RS_ASSERT_OK_AND_ASSIGN(const auto extended, server.fronts("e1"));
  for (const v1::ParetoFront& front : extended.fronts())
    for (const v1::Evaluation& evaluation : front.evaluations())
      EXPECT_EQ(evaluation.confirmed().image_count(), 44) << evaluation.index();
}

TEST(ExplorationService, AnotherDataSetConfirmsAsAnEvaluationOnItSays) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(import_others(server), IsOk());
  v1::ExplorationSpec spec = server.spec(30);
  spec.mutable_confirmation()->set_dataset("others");
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  const v1::ParetoFront& front = fronts.fronts(0);
  ASSERT_GT(front.evaluations_size(), 0);
  const v1::Evaluation& point = front.evaluations(front.evaluations_size() - 1);
  EXPECT_EQ(point.counts().image_count(), 175);
  EXPECT_EQ(point.confirmed().image_count(), 60);

  grpc::ClientContext context;
  v1::EvaluateModelRequest request;
  request.set_model("tiny");
  request.set_dataset("others");
  request.set_evaluation(point.name());
  request.set_predictions(true);  // so that the engine runs
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse response;
  v1::Evaluation evaluated;
  while (reader->Read(&response))
    if (response.has_evaluation()) evaluated = response.evaluation();
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(evaluated.accuracy().DebugString(), point.confirmed().DebugString());

  v1::DeleteDatasetRequest remove_dataset;
  remove_dataset.set_name("datasets/others");
  EXPECT_THAT(server.call(*server.datasets, &v1::DatasetService::Stub::DeleteDataset, remove_dataset),
              StatusIs(Code::kFailedPrecondition, HasSubstr("e1")));
}

TEST(ExplorationService, AConfirmationThatIsInterruptedGoesOn) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(60);
  spec.mutable_confirmation()->set_share(0.5);
  ASSERT_THAT(server.create(spec), IsOk());
  bool confirming = false;
  {
    grpc::ClientContext context;
    const auto reader = server.explorations->WatchExploration(&context, named<v1::WatchExplorationRequest>("e1"));
    v1::ExplorationEvent event;
    while (!confirming && reader->Read(&event)) {
      confirming = event.activity() == "confirmation";
      EXPECT_LE(event.images_done(), event.images_total());
    }
    context.TryCancel();
  }
  EXPECT_TRUE(confirming) << "watchers are told";
  server.restart();
  EXPECT_EQ(server.wait_for("e1", v1::SUCCEEDED).evaluation_count(), 60);
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e2", v1::SUCCEEDED);
  EXPECT_EQ(front_text(server, "e1"), front_text(server, "e2"));
  RS_ASSERT_OK_AND_ASSIGN(const auto fronts, server.fronts("e1"));
  for (const v1::ParetoFront& front : fronts.fronts())
    for (const v1::Evaluation& evaluation : front.evaluations()) EXPECT_TRUE(evaluation.has_confirmed());
}

TEST(ExplorationService, AConfirmationThatCannotWorkIsRefused) {
  TestServer server;
  server.import_all();
  const auto refusal = [&](double share, const std::string& dataset) {
    v1::ExplorationSpec spec = server.spec(20);
    spec.mutable_confirmation()->set_share(share);
    spec.mutable_confirmation()->set_dataset(dataset);
    return server.create(spec).status();
  };
  EXPECT_EQ(refusal(0, "").field(), "confirmation");
  EXPECT_EQ(refusal(0.3, "dots").field(), "confirmation.share");
  EXPECT_EQ(refusal(1.5, "").field(), "confirmation.share");
  EXPECT_EQ(refusal(0, "dots").field(), "confirmation.dataset");
  std::string halves = testing::dots_images(200).substr(0, 16 + 200 * 32);
  halves[11] = 4;
  ASSERT_THAT(server.import_dataset("halves", halves, testing::dots_labels(200)), IsOk());
  const Status status = refusal(0, "halves");
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("[1, 8, 8]")));
  EXPECT_EQ(status.field(), "confirmation.dataset");
}

TEST(ExplorationService, ListsExplorationsByState) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.create(server.spec(5)), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  ASSERT_THAT(pause(server, "e2"), IsOk());
  v1::ListExplorationsRequest request;
  RS_ASSERT_OK_AND_ASSIGN(const auto all, server.call(*server.explorations, &Explorations::ListExplorations, request));
  ASSERT_EQ(all.explorations_size(), 2);
  EXPECT_EQ(all.explorations(0).name(), "explorations/e2");
  request.set_filter("state=PAUSED");
  RS_ASSERT_OK_AND_ASSIGN(const auto paused,
                          server.call(*server.explorations, &Explorations::ListExplorations, request));
  ASSERT_EQ(paused.explorations_size(), 1);
  EXPECT_EQ(paused.explorations(0).name(), "explorations/e2");
  request.set_filter("state=SLEEPING");
  EXPECT_EQ(server.call(*server.explorations, &Explorations::ListExplorations, request).status().field(), "filter");
}

TEST(ExplorationService, TwoExplorationsShareTheWorkers) {
  Settings settings;
  settings.turn_milliseconds = 0;
  TestServer server(settings);
  server.import_all();
  v1::ExplorationSpec spec = server.spec(kEndless);
  ASSERT_THAT(server.create(spec), IsOk());
  spec.mutable_search()->set_seed(4);
  ASSERT_THAT(server.create(spec), IsOk());
  // Neither waits for the other's end.
  server.wait_for_evaluations("e1", 60);
  server.wait_for_evaluations("e2", 60);
  RS_ASSERT_OK_AND_ASSIGN(const auto first, server.get("e1"));
  RS_ASSERT_OK_AND_ASSIGN(const auto second, server.get("e2"));
  EXPECT_EQ(first.state(), v1::RUNNING);
  EXPECT_EQ(second.state(), v1::RUNNING);
}

TEST(ExplorationService, AnEvaluationDoesNotWaitBehindExplorations) {
  Settings settings;
  settings.parallel_explorations = 1;
  TestServer server(settings);
  server.import_all();
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  server.wait_for_evaluations("e1", 2);
  grpc::ClientContext context;
  v1::EvaluateModelRequest request;
  request.set_model("tiny");
  request.set_dataset("dots");
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(response.evaluation().counts().image_count(), 200);
  RS_ASSERT_OK_AND_ASSIGN(const auto exploration, server.get("e1"));
  EXPECT_EQ(exploration.state(), v1::RUNNING);
}

TEST(ExplorationService, QueuedExplorationsAreBounded) {
  Settings settings;
  settings.parallel_explorations = 1;
  settings.queued_explorations = 2;
  TestServer server(settings);
  server.import_all();
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  ASSERT_THAT(server.create(server.spec(kEndless)), IsOk());
  EXPECT_THAT(server.create(server.spec(5)), StatusIs(Code::kResourceExhausted, HasSubstr("queued_explorations")));
}

}  // namespace
}  // namespace roofscape::server
