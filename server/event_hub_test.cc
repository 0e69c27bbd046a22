#include "server/event_hub.h"

#include <gtest/gtest.h>

#include <thread>

namespace roofscape::server {
namespace {

v1::Exploration stored(std::int64_t last_sequence = 0) {
  v1::Exploration exploration;
  exploration.set_name("explorations/e1");
  exploration.set_state(v1::QUEUED);
  exploration.set_last_sequence(last_sequence);
  return exploration;
}

v1::ExplorationEvent event(std::int64_t count, v1::ExplorationState state = v1::RUNNING) {
  v1::ExplorationEvent event;
  event.set_state(state);
  event.set_evaluation_count(count);
  event.add_evaluations()->set_index(count);
  return event;
}

struct Counter : Watcher {
  void wake() override { ++wakes; }
  int wakes = 0;
};

TEST(EventHub, EventsAreNumberedWithoutGaps) {
  EventHub hub(100);
  hub.open(stored());
  for (int i = 1; i <= 5; ++i) hub.publish("e1", event(i));
  std::int64_t after = 1;
  for (int i = 1; i <= 5; ++i) {
    const auto next = hub.next("e1", after);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->sequence(), after + 1);
    EXPECT_EQ(next->evaluation_count(), i);
    EXPECT_EQ(next->evaluations_size(), 1);
    after = next->sequence();
  }
  EXPECT_FALSE(hub.next("e1", after));
}

TEST(EventHub, FromZeroComesTheStateAsItIs) {
  EventHub hub(100);
  hub.open(stored());
  EXPECT_EQ(hub.next("e1", 0)->state(), v1::QUEUED);
  hub.publish("e1", event(1));
  hub.publish("e1", event(2));
  const auto now = hub.next("e1", 0);
  EXPECT_EQ(now->evaluation_count(), 2);
  EXPECT_EQ(now->evaluations_size(), 0);
  EXPECT_EQ(now->sequence(), hub.last_sequence("e1"));
}

TEST(EventHub, WhoComesTooLateGetsTheStateInsteadOfAGap) {
  EventHub hub(3);
  hub.open(stored());
  for (int i = 1; i <= 10; ++i) hub.publish("e1", event(i));
  const auto kept = hub.next("e1", hub.last_sequence("e1") - 2);
  EXPECT_EQ(kept->sequence(), hub.last_sequence("e1") - 1);
  const auto lost = hub.next("e1", 2);
  EXPECT_EQ(lost->sequence(), hub.last_sequence("e1"));
  EXPECT_EQ(lost->evaluations_size(), 0);
}

TEST(EventHub, ARestartGivesNoNumberTwice) {
  EventHub hub(10);
  hub.open(stored(/*last_sequence=*/42));
  // A watcher saw number 50 before the crash, though only 42 was stored.
  const auto now = hub.next("e1", 50);
  ASSERT_TRUE(now);
  EXPECT_GT(now->sequence(), 50);
}

TEST(EventHub, WatchersAreWokenUntilTheyAreGone) {
  EventHub hub(10);
  hub.open(stored());
  auto watcher = std::make_shared<Counter>();
  hub.watch("e1", watcher);
  hub.publish("e1", event(1));
  EXPECT_EQ(watcher->wakes, 1);
  hub.shut();
  EXPECT_EQ(watcher->wakes, 2);
  EXPECT_TRUE(hub.is_shut());
  watcher.reset();
  hub.publish("e1", event(2));
}

TEST(EventHub, AFinishedOneKeepsFewEvents) {
  EventHub hub(1000);
  hub.open(stored());
  for (int i = 1; i <= 500; ++i) hub.publish("e1", event(i));
  hub.publish("e1", event(500, v1::SUCCEEDED));
  EXPECT_EQ(hub.next("e1", 2)->sequence(), hub.last_sequence("e1"));
  EXPECT_EQ(hub.next("e1", hub.last_sequence("e1") - 10)->sequence(), hub.last_sequence("e1") - 9);
}

TEST(EventHub, ADeletedOneIsUnknown) {
  EventHub hub(10);
  hub.open(stored());
  hub.close("e1");
  hub.publish("e1", event(1));
  EXPECT_FALSE(hub.next("e1", 0));
  EXPECT_EQ(hub.last_sequence("e1"), 0);
}

TEST(EventHub, PublishersAndWatchersMayMeet) {
  EventHub hub(16);
  hub.open(stored());
  std::thread publisher([&] {
    for (int i = 1; i <= 2000; ++i) hub.publish("e1", event(i));
    hub.publish("e1", event(2000, v1::SUCCEEDED));
  });
  std::int64_t after = 0;
  for (;;) {
    const auto next = hub.next("e1", after);
    if (!next) continue;
    EXPECT_GT(next->sequence(), after);
    after = next->sequence();
    if (is_final(next->state())) break;
  }
  publisher.join();
  EXPECT_EQ(after, 2002);
}

}  // namespace
}  // namespace roofscape::server
