#include "analytics/base/lru_cache.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

Result<Sized<std::string>> made(const std::string& value, std::int64_t bytes = 10) {
  return Sized<std::string>{std::make_shared<const std::string>(value), bytes};
}

TEST(LruCache, MakesOnceAndThenFinds) {
  LruCache<int, std::string> cache(100);
  int makes = 0;
  const auto make = [&] {
    ++makes;
    return made("a");
  };
  EXPECT_EQ(**cache.get(1, make), "a");
  EXPECT_EQ(**cache.get(1, make), "a");
  EXPECT_EQ(makes, 1);
}

TEST(LruCache, PushesOutWhatWasUsedLeastRecently) {
  LruCache<int, std::string> cache(30);
  for (const int key : {1, 2, 3}) ASSERT_TRUE(cache.get(key, [] { return made("x"); }).ok());
  ASSERT_TRUE(cache.get(1, [] { return made("x"); }).ok());  // 2 is the oldest now
  ASSERT_TRUE(cache.get(4, [] { return made("x"); }).ok());
  EXPECT_EQ(cache.bytes(), 30);
  EXPECT_EQ(**cache.get(1, [] { return made("again"); }), "x");
  EXPECT_EQ(**cache.get(2, [] { return made("again"); }), "again");
}

TEST(LruCache, WhatIsTooLargeIsGivenButNotKept) {
  LruCache<int, std::string> cache(30);
  EXPECT_EQ(**cache.get(1, [] { return made("big", 31); }), "big");
  EXPECT_EQ(cache.bytes(), 0);
}

TEST(LruCache, FailuresAndExceptionsAreNotKept) {
  LruCache<int, std::string> cache(30);
  EXPECT_THAT(cache.get(1, []() -> Result<Sized<std::string>> { return data_loss("gone"); }),
              StatusIs(Code::kDataLoss, HasSubstr("gone")));
  EXPECT_THROW((void)cache.get(1, []() -> Result<Sized<std::string>> { throw std::runtime_error("fault"); }),
               std::runtime_error);
  EXPECT_EQ(**cache.get(1, [] { return made("a"); }), "a");
}

TEST(LruCache, ManyWhoWantTheSameShareOneMaking) {
  LruCache<int, std::string> cache(1000);
  std::atomic<int> makes{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int key = 0; key < 20; ++key) {
        const auto value = cache.get(key, [&] {
          ++makes;
          return made(std::to_string(key));
        });
        EXPECT_EQ(**value, std::to_string(key));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(makes.load(), 20);
}

}  // namespace
}  // namespace roofscape
