#include "server/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace roofscape::server {
namespace {

using std::chrono::milliseconds;

TEST(Turns, OneAloneNeverWaits) {
  Turns turns(milliseconds(0));
  const CancelToken cancel;
  Turns::Seat seat(turns);
  EXPECT_TRUE(seat.take(cancel));
  EXPECT_TRUE(seat.take(cancel));  // it has it already
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seat.pass(cancel));
}

TEST(Turns, OnlyOneHasTheTurnAndAllGetTheirShare) {
  Turns turns(milliseconds(0));  // gives way at every pass
  const CancelToken cancel;
  constexpr int kJobs = 4, kSteps = 50;
  std::atomic<int> inside{0}, waiting{0};
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> jobs;
  for (int job = 0; job < kJobs; ++job)
    jobs.emplace_back([&, job] {
      Turns::Seat seat(turns);
      ++waiting;
      while (waiting.load() < kJobs) std::this_thread::yield();
      EXPECT_TRUE(seat.take(cancel));
      for (int step = 0; step < kSteps; ++step) {
        EXPECT_EQ(inside.fetch_add(1), 0);
        {
          const std::lock_guard lock(mutex);
          order.push_back(job);
        }
        --inside;
        EXPECT_TRUE(seat.pass(cancel));
      }
    });
  for (std::thread& job : jobs) job.join();
  // Once a job waits, no other comes twice before it: round and round, whatever the order of arrival.
  std::vector<int> first(kJobs, -1), last(kJobs, -1);
  for (int i = 0; i < static_cast<int>(order.size()); ++i) {
    auto& begin = first[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
    if (begin < 0) begin = i;
    last[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = i;
  }
  const int all_there = *std::max_element(first.begin(), first.end());
  const int one_gone = *std::min_element(last.begin(), last.end());
  for (int i = all_there; i + kJobs < one_gone; ++i)
    EXPECT_EQ(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(i + kJobs)]) << i;
}

TEST(Turns, ACancelledOneStopsWaitingAndLetsTheNextOn) {
  Turns turns(milliseconds(1'000'000));
  const CancelToken go_on;
  CancelToken cancel;
  Turns::Seat holder(turns);
  ASSERT_TRUE(holder.take(go_on));
  std::atomic<bool> got{true};
  std::thread waiting([&] {
    Turns::Seat seat(turns);
    got = seat.take(cancel);
  });
  cancel.cancel();
  turns.wake();
  waiting.join();
  EXPECT_FALSE(got);
  holder.leave();
  Turns::Seat next(turns);
  EXPECT_TRUE(next.take(go_on));
}

TEST(Turns, LeavingGivesTheTurnToWhoWaits) {
  Turns turns(milliseconds(1'000'000));
  const CancelToken cancel;
  Turns::Seat first(turns);
  ASSERT_TRUE(first.take(cancel));
  std::thread other([&] {
    Turns::Seat second(turns);
    EXPECT_TRUE(second.take(cancel));
  });
  first.leave();
  other.join();
  EXPECT_TRUE(first.take(cancel));
}

}  // namespace
}  // namespace roofscape::server
