#include "analytics/engine/stopwatch.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/testing.h"

namespace roofscape::engine {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Stopwatch, TimesABatchOnAnyNumberOfThreads) {
  const Network network = testing::quantised(testing::small_network(1), 8, 8);
  RS_ASSERT_OK_AND_ASSIGN(const auto watch, Stopwatch::create(network, 5));
  for (const int threads : {1, 3}) {
    RS_ASSERT_OK_AND_ASSIGN(const Seconds time, watch->round(threads, 0.001));
    EXPECT_GT(time, Seconds(0));
  }
}

TEST(Stopwatch, RefusesWhatCannotBe) {
  const Network network = testing::small_network(1);
  RS_ASSERT_OK_AND_ASSIGN(const auto watch, Stopwatch::create(network, 1));
  EXPECT_THAT(watch->round(0, 0.001).status(), StatusIs(Code::kInvalidArgument, HasSubstr("0 threads; use 1 or more")));
  EXPECT_THAT(Stopwatch::create(network, 0).status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("batch is 0")));
}

TEST(Stopwatch, StopsWhenCancelled) {
  const Network network = testing::small_network(1);
  RS_ASSERT_OK_AND_ASSIGN(const auto watch, Stopwatch::create(network, 1));
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THAT(watch->round(1, 100, &cancel).status(), StatusIs(Code::kCancelled, HasSubstr("cancelled")));
}

}  // namespace
}  // namespace roofscape::engine
