// The queue of explorations without gRPC around it, so that the thread sanitizer sees all of it.
#include "server/exploration_queue.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "server/confirmation.h"
#include "server/exploration_view.h"
#include "server/test_data.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using testing::dots_images;
using testing::dots_labels;
using testing::tiny_onnx;
using testing::tiny_spec;

constexpr std::int64_t kEndless = 100'000;

v1::CreateExplorationRequest request_for(std::int64_t evaluations) {
  v1::CreateExplorationRequest request;
  *request.mutable_spec() = tiny_spec(evaluations);
  return request;
}

// What a daemon holds, without its sockets; `restart` ends and opens it again.
class Queue : public ::testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_level(spdlog::level::off);
    folder_ = testing::new_folder();
    settings_.workers = 2;
    settings_.turn_milliseconds = 0;
    settings_.data_dir = folder_;
    open();
    const std::string onnx = tiny_onnx(), images = dots_images(200), labels = dots_labels(200);
    ASSERT_THAT(backend_->models.import("tiny", {}, std::as_bytes(std::span(onnx))), IsOk());
    DatasetFiles files{"images", "labels", std::as_bytes(std::span(images)), std::as_bytes(std::span(labels)), 0};
    ASSERT_THAT(backend_->datasets.import("dots", files), IsOk());
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    auto store = db::open_store(folder_);
    ASSERT_THAT(store, IsOk());
    backend_ = std::make_unique<Backend>(settings_, *std::move(store));
    hub_ = std::make_unique<EventHub>(settings_.kept_events);
    queue_ = std::make_unique<ExplorationQueue>(*backend_, *hub_);
    ASSERT_THAT(queue_->recover(), IsOk());
    queue_->start();
  }
  void close() {
    queue_.reset();
    hub_.reset();
    backend_.reset();
  }

  // Follows the events of an exploration until one is as wanted.
  template <typename Wanted>
  void follow(const std::string& id, const Wanted& wanted) {
    for (std::int64_t after = 0;;) {
      const auto event = hub_->next(id, after);
      if (!event) {
        std::this_thread::yield();
        continue;
      }
      after = event->sequence();
      ASSERT_NE(event->state(), v1::FAILED) << event->error_message();
      if (wanted(*event)) return;
    }
  }
  void follow_to(const std::string& id, v1::ExplorationState state) {
    follow(id, [&](const v1::ExplorationEvent& event) { return event.state() == state; });
  }
  std::string front_text(const std::string& id) {
    v1::GetParetoFrontRequest request;
    request.set_name("explorations/" + id);
    auto fronts = pareto_fronts(*backend_, request);
    EXPECT_THAT(fronts, IsOk());
    if (!fronts.ok()) return "";
    for (v1::ParetoFront& front : *fronts->mutable_fronts()) {
      front.mutable_base()->clear_name();
      for (v1::Evaluation& evaluation : *front.mutable_evaluations()) evaluation.clear_name();
    }
    return fronts->DebugString();
  }

  std::string folder_;
  Settings settings_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<EventHub> hub_;
  std::unique_ptr<ExplorationQueue> queue_;
};

TEST_F(Queue, SeveralRunSideBySideToTheSameEnd) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(queue_->create(request_for(60)), IsOk());
  for (const char* id : {"e1", "e2", "e3"}) follow_to(id, v1::SUCCEEDED);
  EXPECT_EQ(front_text("e1"), front_text("e2"));
  EXPECT_EQ(front_text("e1"), front_text("e3"));
}

// What was measured enters the search of the next one, unless it is the same again or wants a fresh start; it is kept
// with the exploration, so that nothing that happens to the earlier one changes it.
TEST_F(Queue, LaterExplorationsLearnFromEarlierOnes) {
  ASSERT_THAT(queue_->create(request_for(40)), IsOk());
  follow_to("e1", v1::SUCCEEDED);
  v1::CreateExplorationRequest other = request_for(40);
  other.mutable_spec()->mutable_search()->set_searcher("surrogate");
  other.mutable_spec()->mutable_search()->set_seed(other.spec().search().seed() + 1);
  v1::CreateExplorationRequest fresh = other;
  fresh.mutable_spec()->mutable_search()->set_fresh(true);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration learning, queue_->create(other));
  EXPECT_GT(learning.known_size(), 10);
  follow_to("e2", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration forgetful, queue_->create(fresh));
  EXPECT_EQ(forgetful.known_size(), 0);
  follow_to("e3", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration again, queue_->create(fresh));
  follow_to("e4", v1::SUCCEEDED);
  EXPECT_EQ(front_text("e3"), front_text("e4"));
  ASSERT_THAT(queue_->remove("e1"), IsOk());
  ASSERT_THAT(queue_->extend("e2", 20), IsOk());
  follow("e2", [](const v1::ExplorationEvent& event) { return event.evaluation_count() >= 60; });
  follow_to("e2", v1::SUCCEEDED);
}

TEST_F(Queue, ADrainAfterEachStepChangesNothing) {
  ASSERT_THAT(queue_->create(request_for(120)), IsOk());
  for (std::int64_t stop = 1; stop < 120; stop += 30) {
    follow("e1", [&](const auto& event) { return event.evaluation_count() >= stop || event.state() == v1::SUCCEEDED; });
    close();
    open();
  }
  follow_to("e1", v1::SUCCEEDED);
  ASSERT_THAT(queue_->create(request_for(120)), IsOk());
  follow_to("e2", v1::SUCCEEDED);
  EXPECT_EQ(front_text("e1"), front_text("e2"));
}

TEST_F(Queue, PeopleMayActAllAtOnce) {
  ASSERT_THAT(queue_->create(request_for(kEndless)), IsOk());
  std::vector<std::thread> people;
  for (int person = 0; person < 4; ++person)
    people.emplace_back([&, person] {
      Rng rng(static_cast<std::uint64_t>(person));
      for (int i = 0; i < 15; ++i) {
        switch (rng.below(4)) {
          case 0: EXPECT_THAT(queue_->pause("e1"), IsOk()); break;
          case 1: EXPECT_THAT(queue_->resume("e1"), IsOk()); break;
          case 2: EXPECT_THAT(queue_->get("e1"), IsOk()); break;
          default: EXPECT_TRUE(hub_->next("e1", 0).has_value()); break;
        }
      }
    });
  for (std::thread& person : people) person.join();
  ASSERT_THAT(queue_->resume("e1"), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration now, queue_->get("e1"));
  follow("e1", [&](const auto& event) { return event.evaluation_count() > now.evaluation_count(); });
  ASSERT_THAT(queue_->cancel("e1"), IsOk());
  ASSERT_THAT(queue_->remove("e1"), IsOk());
  EXPECT_EQ(queue_->busy(), 0);
}

TEST_F(Queue, ExtendingWhileItRunsIsHeard) {
  ASSERT_THAT(queue_->create(request_for(30)), IsOk());
  for (int i = 0; i < 5; ++i) ASSERT_THAT(queue_->extend("e1", 10), IsOk());
  follow("e1", [](const auto& event) { return event.state() == v1::SUCCEEDED && event.evaluation_count() == 80; });
  ASSERT_THAT(queue_->create(request_for(80)), IsOk());
  follow_to("e2", v1::SUCCEEDED);
}

TEST_F(Queue, WhatIsConfirmedIsNotMeasuredAgain) {
  v1::CreateExplorationRequest request = request_for(40);
  request.mutable_spec()->mutable_confirmation()->set_share(0.5);
  ASSERT_THAT(queue_->create(request), IsOk());
  follow_to("e1", v1::SUCCEEDED);
  RS_ASSERT_OK_AND_ASSIGN(v1::Exploration exploration, backend_->store->get_exploration("e1"));
  int sets = 0, ended = 0;
  std::int64_t last = 0, total = 0;
  CancelToken cancel;
  ConfirmationWatch watch;
  watch.begin = [&] { ++sets; };
  watch.end = [&] { ++ended; };
  watch.progress = [&](std::int64_t done, std::int64_t all) { last = done, total = all; };
  watch.cancel = &cancel;
  EXPECT_THAT(confirm_fronts(*backend_, exploration, watch), IsOk());
  EXPECT_EQ(sets, 0) << "all is known";

  // Of other images nothing is known: a stopped confirmation stores nothing, a second one all, a third finds it.
  (*exploration.mutable_content_keys())["confirmation"] = Hasher("other images").finish().hex();
  cancel.cancel();
  EXPECT_THAT(confirm_fronts(*backend_, exploration, watch), StatusIs(Code::kCancelled, ::testing::_));
  CancelToken going;
  watch.cancel = &going;
  sets = ended = 0;
  EXPECT_THAT(confirm_fronts(*backend_, exploration, watch), IsOk());
  EXPECT_GE(sets, 1);
  EXPECT_EQ(sets, ended);
  EXPECT_GT(total, 0);
  EXPECT_EQ(last, total);
  sets = 0;
  EXPECT_THAT(confirm_fronts(*backend_, exploration, watch), IsOk());
  EXPECT_EQ(sets, 0);
}

}  // namespace
}  // namespace roofscape::server
