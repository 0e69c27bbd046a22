// What is particular to the store in a folder: its lock, its damage, its versions.
#include "db/sqlite_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "db/connection.h"
#include "db/migrations.h"
#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT: the samples of test_support.h

TEST(SqliteStore, FolderInUseNamesFolderAndProcess) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(std::unique_ptr<Store> first, open_store(folder.path()));
  EXPECT_THAT(open_store(folder.path()),
              StatusIs(Code::kUnavailable, AllOf(HasSubstr(fmt::format("data folder {} is in use", folder.path())),
                                                 HasSubstr(fmt::format("process {}", ::getpid())))));
  first.reset();
  EXPECT_THAT(open_store(folder.path()), IsOk());
}

TEST(SqliteStore, CreatesTheFolderAndItsParents) {
  TemporaryFolder folder;
  EXPECT_THAT(open_store(folder / "a/b/c/"), IsOk());
  EXPECT_TRUE(std::filesystem::exists(folder / "a/b/c/roofscape.db"));
}

TEST(SqliteStore, FolderThatCannotBeIsAnError) {
  TemporaryFolder folder;
  write_text(folder / "file", "x");
  EXPECT_THAT(open_store(folder / "file"), StatusIs(Code::kFailedPrecondition, HasSubstr("/file is not possible")));
  EXPECT_THAT(open_store(folder / "file/data"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("/file is not possible")));
  EXPECT_THAT(open_store(""), StatusIs(Code::kInvalidArgument, HasSubstr("''")));
}

TEST(SqliteStore, NewerDatabaseIsRefusedUntouched) {
  TemporaryFolder folder;
  ASSERT_THAT(open_store(folder.path()), IsOk());
  const int next = migrations().back().version + 1;
  {
    RS_ASSERT_OK_AND_ASSIGN(const auto connection, Connection::open(folder / "roofscape.db", {}));
    ASSERT_THAT(
        connection->execute("INSERT INTO schema_version (version, name) VALUES ($1, 'later')", std::int64_t{next}),
        IsOk());
  }
  EXPECT_THAT(open_store(folder.path()),
              StatusIs(Code::kFailedPrecondition,
                       AllOf(HasSubstr(folder / "roofscape.db"), HasSubstr(fmt::format("schema version {}", next)),
                             HasSubstr(fmt::format("up to {}", next - 1)))));
}

TEST(SqliteStore, DatabaseLockedByAnotherProgram) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store,
                          open_store(folder.path(), {.vfs = "", .files = nullptr, .busy_seconds = 0.01}));
  RS_ASSERT_OK_AND_ASSIGN(const auto other, Connection::open(folder / "roofscape.db", {}));
  ASSERT_THAT(other->run_script("BEGIN IMMEDIATE"), IsOk());
  EXPECT_THAT(store->put_platform(sample_platform("mine", "x")),
              StatusIs(Code::kUnavailable, HasSubstr("roofscape.db is locked by another program")));
  EXPECT_THAT(store->get_platform("mine"), StatusIs(Code::kNotFound, HasSubstr("mine")));  // readers do not wait
  ASSERT_THAT(other->run_script("ROLLBACK"), IsOk());
  EXPECT_THAT(store->put_platform(sample_platform("mine", "x")), IsOk());
}

TEST(SqliteStore, CommitsWithFullSync) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto connection, Connection::open(folder / "x.db", {}));
  RS_ASSERT_OK_AND_ASSIGN(Statement synchronous, connection->prepare("PRAGMA synchronous"));
  ASSERT_TRUE(*synchronous.step());
  EXPECT_EQ(synchronous.integer(0), 2);  // FULL
  RS_ASSERT_OK_AND_ASSIGN(Statement journal, connection->prepare("PRAGMA journal_mode"));
  ASSERT_TRUE(*journal.step());
  EXPECT_EQ(journal.text(0), "wal");
}

TEST(SqliteStore, MissingBlobOfAModelIsDataLoss) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  put_prerequisites(*store);
  const std::string hex = sha256("onnx").hex();
  std::filesystem::remove(folder / fmt::format("blobs/{}/{}", hex.substr(0, 2), hex.substr(2)));
  EXPECT_THAT(store->get_blob(sha256("onnx")),
              StatusIs(Code::kDataLoss, AllOf(HasSubstr(hex.substr(2)), HasSubstr("model 'lenet5' rests on it"))));
}

// --- migrations ---

TEST(Migrations, RunOnceAndInOrder) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto connection, Connection::open(folder / "x.db", {}));
  const Migration steps[] = {{1, "first", "CREATE TABLE a (x BIGINT)"}, {2, "second", "INSERT INTO a (x) VALUES (7)"}};
  ASSERT_THAT(migrate(*connection, std::span(steps, 1)), IsOk());
  ASSERT_THAT(migrate(*connection, steps), IsOk());
  ASSERT_THAT(migrate(*connection, steps), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(Statement rows, connection->prepare("SELECT COUNT(*), SUM(x) FROM a"));
  ASSERT_TRUE(*rows.step());
  EXPECT_EQ(rows.integer(0), 1);
  EXPECT_EQ(rows.integer(1), 7);
}

TEST(Migrations, FailedStepIsUndoneAndNamed) {
  TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(const auto connection, Connection::open(folder / "x.db", {}));
  const Migration steps[] = {{1, "first", "CREATE TABLE a (x BIGINT); INSERT INTO nowhere VALUES (1)"}};
  EXPECT_THAT(migrate(*connection, steps), StatusIs(Code::kInternal, HasSubstr("migration 0001 (first)")));
  EXPECT_THAT(connection->prepare("SELECT x FROM a"), StatusIs(Code::kDataLoss, HasSubstr("no such table")));
  EXPECT_FALSE(connection->in_transaction());
}

TEST(Migrations, ADatabaseOfTheFirstVersionIsBroughtForward) {
  TemporaryFolder folder;
  {
    RS_ASSERT_OK_AND_ASSIGN(const auto old, Connection::open(folder / "roofscape.db", {}));
    ASSERT_THAT(migrate(*old, migrations().first(1)), IsOk());
    const std::string body = seal("platforms", "mine", sample_platform("mine", "kept"));
    ASSERT_THAT(old->execute("INSERT INTO platforms (id, body) VALUES ($1, $2)", "mine", Blob{body}), IsOk());
  }
  RS_ASSERT_OK_AND_ASSIGN(const auto store, open_store(folder.path()));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform kept, store->get_platform("mine"));
  EXPECT_EQ(kept.title(), "kept");
  EXPECT_THAT(store->get_calibration("user"), StatusIs(Code::kNotFound, HasSubstr("calibration 'user'")));
  EXPECT_THAT(store->put_calibration("user", v1::Calibration()), IsOk());
}

TEST(Migrations, AreNumberedWithoutGaps) {
  int expected = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.version, expected++);
  EXPECT_GT(expected, 1);
}

}  // namespace
}  // namespace roofscape::db
