#include "client/text/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "analytics/base/status_matchers.h"
#include "client/text/spec_file.h"
#include "roofscape/v1/exploration.pb.h"

namespace roofscape::client {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  Files() : folder_(::testing::TempDir() + "/files_test_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::string folder_;
};

TEST_F(Files, ReadInPieces) {
  RS_ASSERT_OK_AND_ASSIGN(InputFile file, InputFile::open(write("a", "abcde")));
  EXPECT_EQ(file.size(), 5);
  EXPECT_EQ(*file.read(3), "abc");
  EXPECT_EQ(*file.read(3), "de");
  EXPECT_EQ(*file.read(3), "");
}

TEST_F(Files, SayWhyTheyCannotBeRead) {
  EXPECT_THAT(InputFile::open(path("none")).status(), StatusIs(Code::kInvalidArgument, HasSubstr("No such file")));
  EXPECT_THAT(InputFile::open(folder_).status(), StatusIs(Code::kInvalidArgument, HasSubstr("is a folder")));
  EXPECT_THAT(read_text_file(write("long", "12345"), 4),
              StatusIs(Code::kInvalidArgument, HasSubstr("longer than 4 bytes")));
}

TEST_F(Files, AreWrittenWholeAndLeaveNothingElse) {
  RS_ASSERT_OK_AND_ASSIGN(const OutputFile file, OutputFile::prepare(path("out.svg")));
  EXPECT_FALSE(std::filesystem::exists(path("out.svg"))) << "preparing leaves no trace";
  ASSERT_THAT(file.write("one"), IsOk());
  ASSERT_THAT(file.write("two"), IsOk());
  EXPECT_EQ(content(path("out.svg")), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()), 1);
}

TEST_F(Files, ReplaceWhatASymbolicLinkNames) {
  std::filesystem::create_symlink(write("target", "old"), path("link"));
  RS_ASSERT_OK_AND_ASSIGN(const OutputFile file, OutputFile::prepare(path("link")));
  ASSERT_THAT(file.write("new"), IsOk());
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(content(path("target")), "new");
}

TEST_F(Files, SayBeforeTheWorkThatTheyCannotBeWritten) {
  EXPECT_THAT(OutputFile::prepare(path("no/such/out")).status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("there is no folder")));
  EXPECT_THAT(OutputFile::prepare(folder_).status(), StatusIs(Code::kInvalidArgument, HasSubstr("is a folder")));
  EXPECT_THAT(OutputFile::prepare("").status(), StatusIs(Code::kInvalidArgument, HasSubstr("empty")));
}

TEST_F(Files, SayThatTheDiskIsFull) {
  RS_ASSERT_OK_AND_ASSIGN(const OutputFile file, OutputFile::prepare("/dev/full"));
  EXPECT_THAT(file.write("x"), StatusIs(Code::kResourceExhausted, HasSubstr("No space left")));
}

constexpr const char* kExploration = R"(model: lenet5
dataset: fashion
platforms: [zcu104]
space:
  - layers: "*"
    integer: {weight_bits: [2, 17]}
objectives: [maximise top1]
)";

TEST_F(Files, SpecsTellWhereTheServersFieldStands) {
  v1::ExplorationSpec spec;
  RS_ASSERT_OK_AND_ASSIGN(const SpecFile file, SpecFile::read(write("e.yaml", kExploration), &spec));
  EXPECT_EQ(spec.model(), "lenet5");
  const Status status = out_of_range("weight_bits is 17; use 2 to 16").at("spec.space[0].integer.weight_bits[1]");
  EXPECT_THAT(file.place(status, {"spec", ""}), StatusIs(Code::kOutOfRange, HasSubstr("e.yaml:6:")));
  const Status elsewhere = not_found("no such thing").at("name");
  EXPECT_EQ(file.place(elsewhere, {"spec"}).message(), "no such thing");
}

TEST_F(Files, SpecsSayWhereTheyAreWrong) {
  v1::ExplorationSpec spec;
  EXPECT_THAT(SpecFile::read(write("e.yaml", "modle: lenet5\n"), &spec).status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("e.yaml:1:1")));
}

}  // namespace
}  // namespace roofscape::client
