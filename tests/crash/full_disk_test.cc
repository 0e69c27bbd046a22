// A disk without room: every write is refused with a clear error and changes nothing; once there is room all goes on.
#include <gtest/gtest.h>

#include <memory>

#include "db/test_support.h"
#include "tests/crash/lossy_disk.h"
#include "tests/crash/lossy_files.h"
#include "tests/crash/lossy_vfs.h"
#include "tests/crash/store_history.h"

namespace roofscape::crash {
namespace {

using db::testing::as_blob;
using db::testing::put_prerequisites;
using db::testing::sample_platform;
using db::testing::TemporaryFolder;
using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    RS_ASSERT_OK_AND_ASSIGN(store_, db::open_store(folder_.path(), {.vfs = "lossy", .files = &files_}));
  }
  TemporaryFolder folder_;
  LossyDisk disk_{1};
  LossyVfs vfs_{"lossy", disk_};
  LossyFiles files_{disk_};
  std::unique_ptr<db::Store> store_;
};

TEST_F(FullDisk, SaysSoAndNamesTheFile) {
  disk_.set_full(true);
  EXPECT_THAT(store_->put_platform(sample_platform("mine", "x")),
              StatusIs(Code::kResourceExhausted, AllOf(HasSubstr("disk full"), HasSubstr("roofscape.db"))));
  EXPECT_THAT(store_->put_blob(sha256("onnx"), as_blob("onnx")),
              StatusIs(Code::kResourceExhausted, AllOf(HasSubstr("disk full"), HasSubstr("/blobs/"))));
  EXPECT_THAT(store_->get_platform("mine"), StatusIs(Code::kNotFound, HasSubstr("mine")));
  disk_.set_full(false);
  EXPECT_THAT(store_->put_platform(sample_platform("mine", "x")), IsOk());
  EXPECT_THAT(store_->put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  EXPECT_THAT(store_->get_platform("mine"), IsOk());
}

TEST_F(FullDisk, RefusedBlobLeavesNoFileBehind) {
  disk_.set_full(true);
  EXPECT_THAT(store_->put_blob(sha256("onnx"), as_blob("onnx")),
              StatusIs(Code::kResourceExhausted, HasSubstr("disk full")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "blobs/tmp"));
}

TEST_F(FullDisk, RefusedOperationsChangeNothing) {
  Rng rng(7);
  Facts facts;
  ASSERT_THAT(store_->put_blob(sha256("base"), as_blob("base")), IsOk());
  ASSERT_THAT(store_->put_model(db::testing::sample_model("base", "base")), IsOk());
  ASSERT_THAT(store_->put_dataset(db::testing::sample_dataset("base", "base"), sha256("base")), IsOk());
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    disk_.set_full(rng.below(3) == 0);
    Operation operation = do_something(*store_, facts, rng);
    if (operation.status.ok()) facts = std::move(operation.after);
    if (operation.status.code() == Code::kResourceExhausted) ++refused;
    RS_ASSERT_OK_AND_ASSIGN(const Facts found, read_facts(*store_));
    ASSERT_EQ(difference(facts, found), "") << operation.text << ": " << operation.status.message();
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace roofscape::crash
