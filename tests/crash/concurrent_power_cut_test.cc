// Power cuts while several threads write and share commits: what each of them was told is there.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "db/test_support.h"
#include "tests/crash/lossy_disk.h"
#include "tests/crash/lossy_files.h"
#include "tests/crash/lossy_vfs.h"

namespace roofscape::crash {
namespace {

using db::testing::sample_evaluation;
using db::testing::sample_key;
using db::testing::TemporaryFolder;
using ::roofscape::testing::IsOk;

constexpr int kThreads = 3;

std::string exploration_of(int thread) { return fmt::format("e{}", thread); }

// Stores evaluations one by one until the power fails; returns how many were acknowledged.
int write_until_the_power_fails(db::Store& store, int thread) {
  for (int index = 0;; ++index) {
    const v1::Evaluation evaluation = sample_evaluation(index);
    const db::Store::MeasuredEvaluation batch[] = {{sample_key(index), &evaluation}};
    const auto count = [&](v1::Exploration& exploration) {
      exploration.set_evaluation_count(index + 1);
      return Status();
    };
    if (!store.put_evaluations(exploration_of(thread), batch, count).ok()) return index;
  }
}

void check(db::Store& store, int thread, int acknowledged) {
  RS_ASSERT_OK_AND_ASSIGN(const auto evaluations, store.list_evaluations(exploration_of(thread), 0, 1 << 20));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration exploration, store.get_exploration(exploration_of(thread)));
  const int stored = static_cast<int>(evaluations.size());
  EXPECT_GE(stored, acknowledged);
  EXPECT_LE(stored, acknowledged + 1);
  EXPECT_EQ(exploration.evaluation_count(), stored);
  for (int index = 0; index < stored; ++index) {
    EXPECT_THAT(evaluations[static_cast<std::size_t>(index)], db::testing::EqualsMessage(sample_evaluation(index)));
    RS_ASSERT_OK_AND_ASSIGN(const auto counts, store.find_measurement(sample_key(index)));
    EXPECT_TRUE(counts.has_value());
  }
}

void live(std::uint64_t seed) {
  TemporaryFolder folder;
  LossyDisk disk(seed);
  const LossyVfs vfs("lossy", disk);
  LossyFiles files(disk);
  const db::StoreOptions options{.vfs = "lossy", .files = &files};
  std::array<int, kThreads> acknowledged{};
  {
    RS_ASSERT_OK_AND_ASSIGN(const std::unique_ptr<db::Store> store, db::open_store(folder.path(), options));
    db::testing::put_prerequisites(*store);
    for (int thread = 0; thread < kThreads; ++thread)
      ASSERT_THAT(store->create_exploration(db::testing::sample_exploration(exploration_of(thread)), ""), IsOk());
    disk.cut_power_after(Rng(seed).below(400));
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([&, thread] {
        acknowledged[static_cast<std::size_t>(thread)] = write_until_the_power_fails(*store, thread);
      });
    for (std::thread& thread : threads) thread.join();
  }
  disk.restart();
  RS_ASSERT_OK_AND_ASSIGN(const std::unique_ptr<db::Store> store, db::open_store(folder.path(), options));
  for (int thread = 0; thread < kThreads; ++thread)
    check(*store, thread, acknowledged[static_cast<std::size_t>(thread)]);
}

TEST(ConcurrentPowerCut, LosesNothingAcknowledged) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    live(seed);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace roofscape::crash
