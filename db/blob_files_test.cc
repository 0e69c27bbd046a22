#include "db/blob_files.h"

#include <gtest/gtest.h>

#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using testing::as_blob;
using testing::as_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The real file system, with a record of what was asked of it.
class RecordingFiles final : public FileSystem {
 public:
  explicit RecordingFiles(std::string root) : root_(std::move(root)) {}
  Status make_folder(const std::string& path) override { return note("make_folder", path), real().make_folder(path); }
  Status sync_folder(const std::string& path) override { return note("sync_folder", path), real().sync_folder(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return real().list(path); }
  Status write_synced(const std::string& path, std::span<const std::byte> bytes) override {
    return note("write_synced", path), real().write_synced(path, bytes);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return note("rename", to), real().rename(from, to);
  }
  Status remove(const std::string& path) override { return note("remove", path), real().remove(path); }
  Result<std::optional<std::vector<std::byte>>> read(const std::string& path) override { return real().read(path); }
  Result<bool> exists(const std::string& path) override { return real().exists(path); }

  std::vector<std::string> notes;

 private:
  static FileSystem& real() { return *real_file_system(); }
  void note(std::string_view what, std::string_view path) {
    notes.push_back(fmt::format("{} {}", what, path.substr(root_.size())));
  }
  std::string root_;
};

class BlobFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(blobs_.prepare(), IsOk());
    files_.notes.clear();
  }
  const Digest digest_ = sha256("abc");  // ba7816bf 8f01cfea …
  testing::TemporaryFolder folder_;
  RecordingFiles files_{folder_.path()};
  BlobFiles blobs_{folder_ / "blobs", &files_};
};

TEST_F(BlobFilesTest, LiesUnderItsHash) {
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  EXPECT_EQ(testing::read_text(folder_ / "blobs/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            "abc");
}

TEST_F(BlobFilesTest, SyncsTheFileBeforeItsNameAndTheNameBeforeItReturns) {
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  const std::string hex = digest_.hex();
  EXPECT_THAT(files_.notes,
              ElementsAre("make_folder /blobs/ba", "write_synced /blobs/tmp/" + hex,
                          "rename /blobs/ba/" + hex.substr(2), "sync_folder /blobs/ba", "sync_folder /blobs"));
}

TEST_F(BlobFilesTest, SyncsNamesOfAFileThatIsThereAlready) {
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  files_.notes.clear();
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  EXPECT_THAT(files_.notes, ElementsAre("sync_folder /blobs/ba", "sync_folder /blobs"));
}

TEST_F(BlobFilesTest, DamageIsNoticedNamedAndHealedByTheNextPut) {
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  for (const char* damaged : {"abd", "ab", "abcd", ""}) {
    testing::write_text(blobs_.path(digest_), damaged);
    EXPECT_THAT(blobs_.get(digest_), StatusIs(Code::kDataLoss, AllOf(HasSubstr(blobs_.path(digest_)),
                                                                     HasSubstr("does not match its hash"))));
    ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
    RS_ASSERT_OK_AND_ASSIGN(const auto bytes, blobs_.get(digest_));
    EXPECT_EQ(as_text(bytes.value_or(std::vector<std::byte>())), "abc");
  }
}

TEST_F(BlobFilesTest, RemoveForgets) {
  ASSERT_THAT(blobs_.put(digest_, as_blob("abc")), IsOk());
  ASSERT_THAT(blobs_.remove(digest_), IsOk());
  ASSERT_THAT(blobs_.remove(digest_), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const auto bytes, blobs_.get(digest_));
  EXPECT_FALSE(bytes.has_value());
}

TEST_F(BlobFilesTest, PrepareRemovesWhatACrashLeft) {
  testing::write_text(folder_ / "blobs/tmp/half", "half a fi");
  ASSERT_THAT(blobs_.prepare(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "blobs/tmp/half"));
}

TEST_F(BlobFilesTest, FileInTheWayOfAFolderIsAnError) {
  testing::write_text(folder_ / "blobs/ba", "not a folder");
  EXPECT_THAT(blobs_.put(digest_, as_blob("abc")), StatusIs(Code::kFailedPrecondition, HasSubstr("blobs/ba")));
}

}  // namespace
}  // namespace roofscape::db
