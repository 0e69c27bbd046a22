// Threads that write and read at once: each sees whole transactions, and none loses anything. Run under the thread
// sanitizer (preset tsan).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using namespace testing;  // NOLINT: the samples of test_support.h

constexpr int kBatches = 60;
constexpr int kBatch = 3;

// Stores batches in exploration `id`, counting them in its message.
void write_batches(Store& store, const std::string& id) {
  for (int first = 0; first < kBatches * kBatch; first += kBatch) {
    std::vector<v1::Evaluation> evaluations;
    for (int i = 0; i < kBatch; ++i) evaluations.push_back(sample_evaluation(first + i));
    std::vector<Store::MeasuredEvaluation> batch;
    for (const v1::Evaluation& evaluation : evaluations)
      batch.push_back({sample_key(static_cast<int>(evaluation.index())), &evaluation});
    const auto count = [&](v1::Exploration& exploration) {
      exploration.set_evaluation_count(exploration.evaluation_count() + kBatch);
      return Status();
    };
    EXPECT_THAT(store.put_evaluations(id, batch, count), IsOk());
  }
}

// Reads `id` until it is complete; a counter never goes ahead of the rows that it counts.
void watch(Store& store, const std::string& id) {
  for (std::int64_t counted = 0; counted < kBatches * kBatch;) {
    const auto exploration = store.get_exploration(id);
    ASSERT_THAT(exploration, IsOk());
    counted = exploration->evaluation_count();
    const auto evaluations = store.list_evaluations(id, 0, 1 << 20);
    ASSERT_THAT(evaluations, IsOk());
    EXPECT_GE(static_cast<std::int64_t>(evaluations->size()), counted);
    EXPECT_EQ(evaluations->size() % kBatch, 0u);
    for (std::int64_t i = 0; i < counted; i += 7) {
      const auto counts = store.find_measurement(sample_key(static_cast<int>(i)));
      ASSERT_THAT(counts, IsOk());
      EXPECT_TRUE(counts->has_value());
    }
  }
}

TEST(StoreThreads, WritersAndReadersSeeWholeTransactions) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  put_prerequisites(*store);
  const std::vector<std::string> ids = {"e0", "e1"};
  for (const std::string& id : ids) ASSERT_THAT(store->create_exploration(sample_exploration(id), id), IsOk());
  std::vector<std::thread> threads;
  for (const std::string& id : ids) {
    threads.emplace_back([&] { write_batches(*store, id); });
    threads.emplace_back([&] { watch(*store, id); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(StoreThreads, IncrementsAreNotLost) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  put_prerequisites(*store);
  ASSERT_THAT(store->create_exploration(sample_exploration("e1"), ""), IsOk());
  const auto increment = [](v1::Exploration& exploration) {
    exploration.set_rejected_count(exploration.rejected_count() + 1);
    return Status();
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_THAT(store->update_exploration("e1", increment), IsOk());
    });
  for (std::thread& thread : threads) thread.join();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration exploration, store->get_exploration("e1"));
  EXPECT_EQ(exploration.rejected_count(), 200);
}

// One imports and deletes what another imports under another name: nobody's blob goes missing under a row.
TEST(StoreThreads, BlobsAreNotDeletedUnderTheirRows) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread)
    threads.emplace_back([&, thread] {
      const std::string id = fmt::format("m{}", thread);
      for (int i = 0; i < 30; ++i) {
        EXPECT_THAT(store->put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
        EXPECT_THAT(store->put_model(sample_model(id, "onnx")), IsOk());
        EXPECT_THAT(store->get_blob(sha256("onnx")), IsOk());
        EXPECT_THAT(store->delete_model(id), IsOk());
      }
    });
  for (std::thread& thread : threads) thread.join();
}

// The same request sent twice at once creates one exploration.
TEST(StoreThreads, RepeatedRequestCreatesOnce) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  put_prerequisites(*store);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i)
        EXPECT_THAT(
            store->create_exploration(sample_exploration(fmt::format("e{}-{}", i, thread)), fmt::format("r{}", i)),
            IsOk());
    });
  for (std::thread& thread : threads) thread.join();
  RS_ASSERT_OK_AND_ASSIGN(const auto listed, store->list_explorations({}, 0));
  EXPECT_EQ(listed.rows.size(), 20u);
}

}  // namespace
}  // namespace roofscape::db
