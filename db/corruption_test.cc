// Damaged databases: whatever bytes are flipped, the store answers as before or says that the database is damaged. It
// never answers something else, and never crashes.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "analytics/base/rng.h"
#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT: the samples of test_support.h

// Everything in the store, as text; a kDataLoss anywhere comes out as the error.
Result<std::map<std::string, std::string>> read_all(Store& store) {
  std::map<std::string, std::string> all;
  RS_ASSIGN(const v1::Model model, store.get_model("lenet5"));
  all["model"] = serialise(model);
  RS_ASSIGN(const auto models, store.list_models({}));
  for (const v1::Model& row : models.rows) all["models " + row.name()] = serialise(row);
  RS_ASSIGN(const v1::Dataset dataset, store.get_dataset("fashion"));
  all["dataset"] = serialise(dataset);
  RS_ASSIGN(const Digest blob, store.get_dataset_blob("fashion"));
  all["blob"] = blob.hex();
  RS_ASSIGN(const auto platforms, store.list_platforms({}));
  for (const v1::Platform& row : platforms.rows) all["platforms " + row.id()] = serialise(row);
  for (const int state : {0, static_cast<int>(v1::QUEUED), static_cast<int>(v1::PAUSED)}) {
    RS_ASSIGN(const auto explorations, store.list_explorations({}, state));
    for (const v1::Exploration& row : explorations.rows)
      all[fmt::format("explorations {} {}", state, row.name())] = serialise(row);
  }
  RS_ASSIGN(const auto evaluations, store.list_evaluations("e1", 0, 1000));
  for (const v1::Evaluation& row : evaluations) all[fmt::format("evaluation {}", row.index())] = serialise(row);
  for (int number = 0; number < 40; ++number) {
    RS_ASSIGN(const auto counts, store.find_measurement(sample_key(number)));
    if (counts.has_value()) all[fmt::format("measurement {}", number)] = serialise(*counts);
  }
  return all;
}

void fill(Store& store) {
  put_prerequisites(store);
  ASSERT_THAT(store.put_platform(sample_platform("mine", "Mine")), IsOk());
  ASSERT_THAT(store.create_exploration(sample_exploration("e1"), "r1"), IsOk());
  v1::Exploration paused = sample_exploration("e2");
  paused.set_state(v1::PAUSED);
  ASSERT_THAT(store.create_exploration(paused, "r2"), IsOk());
  for (int number = 0; number < 30; ++number) {
    const v1::Evaluation evaluation = sample_evaluation(number);
    const Store::MeasuredEvaluation batch[] = {{sample_key(number), &evaluation}};
    ASSERT_THAT(store.put_evaluations("e1", batch, {}), IsOk());
  }
}

class Corruption : public ::testing::Test {
 protected:
  void SetUp() override {
    RS_ASSERT_OK_AND_ASSIGN(std::unique_ptr<Store> store, open_store(folder_.path()));
    fill(*store);
    RS_ASSERT_OK_AND_ASSIGN(truth_, read_all(*store));
    store.reset();
    bytes_ = read_text(database());
    ASSERT_FALSE(std::filesystem::exists(database() + "-wal"));  // all of it is in the database
  }
  std::string database() const { return folder_ / "roofscape.db"; }
  // What the store says when the database holds `bytes`.
  Result<std::map<std::string, std::string>> read_with(const std::string& bytes) {
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(database() + suffix);
    write_text(database(), bytes);
    RS_ASSIGN(const std::unique_ptr<Store> store, open_store(folder_.path()));
    return read_all(*store);
  }

  TemporaryFolder folder_;
  std::map<std::string, std::string> truth_;
  std::string bytes_;
};

TEST_F(Corruption, FlippedBytesNeverChangeAnAnswer) {
  Rng rng(11);
  int noticed = 0;
  constexpr int kTrials = 400;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string damaged = bytes_;
    const std::size_t at = rng.below(damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + rng.below(255)));
    const auto answer = read_with(damaged);
    if (answer.ok()) {
      EXPECT_EQ(*answer, truth_) << "byte " << at;
      continue;
    }
    ++noticed;
    const Status status = answer.status();
    const bool newer = status.code() == Code::kFailedPrecondition;  // the flipped byte was the version itself
    EXPECT_TRUE(status.code() == Code::kDataLoss || newer) << "byte " << at << ": " << status.message();
    EXPECT_THAT(status.message(), AnyOf(HasSubstr(database()), HasSubstr("row '"))) << "byte " << at;
  }
  EXPECT_GT(noticed, kTrials / 20);  // most of a small database is free room
}

TEST_F(Corruption, GarbageAndTruncationAreDataLossNamingTheFile) {
  const auto damaged = StatusIs(Code::kDataLoss, AllOf(HasSubstr(database()), HasSubstr("is damaged")));
  EXPECT_THAT(read_with("This is not a database, however long one looks at it. " + std::string(5000, 'x')), damaged);
  EXPECT_THAT(read_with(bytes_.substr(0, bytes_.size() / 2)), damaged);
  std::string zeros = bytes_;
  zeros.replace(4096 * 3, 4096 * 2, std::string(4096 * 2, '\0'));
  EXPECT_THAT(read_with(zeros), damaged);
}

// Bodies lie in the file as they were sealed: a flipped bit in one is what only the checksum can notice.
TEST_F(Corruption, DamagedRowIsNamed) {
  const std::size_t at = bytes_.find("Mine");
  ASSERT_NE(at, std::string::npos);
  std::string damaged = bytes_;
  damaged[at] = 'F';
  EXPECT_THAT(read_with(damaged), StatusIs(Code::kDataLoss, HasSubstr("row 'mine' of table platforms is damaged")));
}

}  // namespace
}  // namespace roofscape::db
