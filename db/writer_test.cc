#include "db/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RS_ASSERT_OK_AND_ASSIGN(std::unique_ptr<Connection> connection, Connection::open(path(), {}));
    ASSERT_THAT(connection->run_script("CREATE TABLE numbers (number BIGINT NOT NULL PRIMARY KEY)"), IsOk());
    RS_ASSERT_OK_AND_ASSIGN(reader_, Connection::open(path(), {.vfs = "", .busy_seconds = 1, .read_only = true}));
    writer_ = std::make_unique<Writer>(std::move(connection));
  }
  std::string path() const { return folder_ / "numbers.db"; }
  static Status insert(Connection& connection, std::int64_t number) {
    return connection.execute("INSERT INTO numbers (number) VALUES ($1)", number);
  }
  // As another connection sees them.
  std::vector<std::int64_t> stored() {
    std::vector<std::int64_t> numbers;
    auto rows = reader_->prepare("SELECT number FROM numbers ORDER BY number");
    while (*rows->step()) numbers.push_back(rows->integer(0));
    return numbers;
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Connection> reader_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, WorkIsVisibleWhenWriteReturns) {
  EXPECT_THAT(writer_->write([](Connection& connection) { return insert(connection, 1); }), IsOk());
  EXPECT_THAT(stored(), ElementsAre(1));
}

TEST_F(WriterTest, FailedWorkLeavesNothing) {
  const auto work = [](Connection& connection) {
    RS_TRY(insert(connection, 1));
    return aborted("no");
  };
  EXPECT_THAT(writer_->write(work), StatusIs(Code::kAborted, "no"));
  EXPECT_THAT(writer_->write([](Connection& connection) { return insert(connection, 2); }), IsOk());
  EXPECT_THAT(stored(), ElementsAre(2));
}

TEST_F(WriterTest, ExceptionReachesTheCallerAndLeavesNothing) {
  const auto work = [](Connection& connection) -> Status {
    RS_TRY(insert(connection, 1));
    throw std::runtime_error("boom");
  };
  EXPECT_THROW(static_cast<void>(writer_->write(work)), std::runtime_error);
  EXPECT_THAT(writer_->write([](Connection& connection) { return insert(connection, 2); }), IsOk());
  EXPECT_THAT(stored(), ElementsAre(2));
}

TEST_F(WriterTest, WritingInsideAWriteIsRefused) {
  Status inner;
  const auto work = [&](Connection&) {
    inner = writer_->write([](Connection&) { return Status(); });
    return Status();
  };
  EXPECT_THAT(writer_->write(work), IsOk());
  EXPECT_THAT(inner, StatusIs(Code::kInternal, HasSubstr("inside another")));
}

// While the first work runs others arrive; they land together in the next transaction, which nobody sees in part, and
// one that fails among them takes no other with it.
TEST_F(WriterTest, ThoseWhoWaitShareACommit) {
  std::atomic<int> started = 0;
  std::atomic<int> seen_early = 0;
  std::vector<std::thread> followers;
  const auto first = [&](Connection& connection) {
    for (int number = 1; number <= 8; ++number)
      followers.emplace_back([&, number] {
        ++started;
        const Status status = writer_->write([&](Connection& inner) {
          RS_TRY(insert(inner, number));
          return number == 5 ? aborted("not this one") : Status();
        });
        EXPECT_EQ(status.ok(), number != 5) << status.message();
      });
    while (started < 8) std::this_thread::yield();
    seen_early = static_cast<int>(stored().size());
    return insert(connection, 0);
  };
  EXPECT_THAT(writer_->write(first), IsOk());
  for (std::thread& follower : followers) follower.join();
  EXPECT_EQ(seen_early, 0);
  EXPECT_THAT(stored(), ElementsAre(0, 1, 2, 3, 4, 6, 7, 8));
}

TEST_F(WriterTest, LockedDatabaseIsUnavailableAndNamed) {
  RS_ASSERT_OK_AND_ASSIGN(std::unique_ptr<Connection> impatient,
                          Connection::open(path(), {.vfs = "", .busy_seconds = 0.01}));
  RS_ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Connection> other, Connection::open(path(), {}));
  Writer writer(std::move(impatient));
  ASSERT_THAT(other->run_script("BEGIN IMMEDIATE"), IsOk());
  const auto work = [](Connection& connection) { return insert(connection, 1); };
  EXPECT_THAT(writer.write(work),
              StatusIs(Code::kUnavailable, ::testing::AllOf(HasSubstr("numbers.db is locked by another"))));
  ASSERT_THAT(other->run_script("ROLLBACK"), IsOk());
  EXPECT_THAT(writer.write(work), IsOk());
  EXPECT_THAT(stored(), ElementsAre(1));
}

// The limit on pages makes SQLite report a full disk in the midst of a transaction.
TEST_F(WriterTest, FullDatabaseIsResourceExhausted) {
  const auto fill = [](Connection& connection) {
    RS_TRY(connection.run_script("PRAGMA max_page_count = 4"));
    for (int number = 0; number < 5000; ++number) RS_TRY(insert(connection, number));
    return Status();
  };
  EXPECT_THAT(writer_->write(fill), StatusIs(Code::kResourceExhausted, HasSubstr("disk full")));
  EXPECT_THAT(stored(), ElementsAre());
  EXPECT_THAT(writer_->write([](Connection& connection) { return insert(connection, 7); }), IsOk());
  EXPECT_THAT(stored(), ElementsAre(7));
}

}  // namespace
}  // namespace roofscape::db
