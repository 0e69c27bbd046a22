#include "server/pool.h"

#include <atomic>
#include <future>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(Pool, WhatWaitsIsBounded) {
  Pool pool(1, 2);
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> done{0};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.post([&] { open.wait(), ++done; }).ok());
  EXPECT_THAT(pool.post([] {}), StatusIs(Code::kResourceExhausted, HasSubstr("queued_calls")));
  gate.set_value();
  pool.stop();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(pool.busy(), 0);
}

TEST(Pool, AThrowingTaskDoesNotEndIt) {
  Pool pool(1, 10);
  std::atomic<bool> ran{false};
  ASSERT_TRUE(pool.post([] { throw std::runtime_error("fault"); }).ok());
  ASSERT_TRUE(pool.post([&] { ran = true; }).ok());
  pool.stop();
  EXPECT_TRUE(ran);
}

TEST(Pool, AfterStopNothingIsAccepted) {
  Pool pool(1, 10);
  pool.stop();
  EXPECT_THAT(pool.post([] {}), StatusIs(Code::kUnavailable, HasSubstr("shutting down")));
}

}  // namespace
}  // namespace roofscape::server
