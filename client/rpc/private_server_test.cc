#include "client/rpc/private_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "analytics/base/status_matchers.h"
#include "client/testing/console.h"

namespace roofscape::client::rpc {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class PrivateServerTest : public ::testing::Test {
 protected:
  PrivateServerTest() : folder_("/tmp/roofscape-private-test-" + std::to_string(getpid())) {
    std::filesystem::remove_all(folder_);
    setenv("ROOFSCAPED", FAKE_ROOFSCAPED_PATH, 1);
    unsetenv("FAKE_ROOFSCAPED");
  }
  // The fake server sees its folder vanish, and ends.
  ~PrivateServerTest() override { std::filesystem::remove_all(folder_); }

  static std::size_t starts(const PrivateServer& server) {
    std::ifstream file(server.folder() + "/started");
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    return lines;
  }

  std::string folder_;
  TestConsole test_;
};

TEST_F(PrivateServerTest, StartsOnceAndIsFoundAgain) {
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer server, PrivateServer::in(folder_ + "/data"));
  EXPECT_FALSE(server.is_running());
  ASSERT_THAT(server.start(test_.console), IsOk());
  EXPECT_TRUE(server.is_running());
  ASSERT_THAT(server.start(test_.console), IsOk());
  EXPECT_EQ(starts(server), 1u);
  struct stat info {};
  ASSERT_EQ(stat(server.folder().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u) << "the data is the user's own";
}

TEST_F(PrivateServerTest, IsSharedByThoseWhoStartAtOnce) {
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer server, PrivateServer::in(folder_));
  std::vector<std::thread> starters;
  std::atomic<int> ok{0};
  for (int i = 0; i < 6; ++i)
    starters.emplace_back([&] {
      TestConsole own;
      if (server.start(own.console).ok()) ++ok;
    });
  for (std::thread& starter : starters) starter.join();
  EXPECT_EQ(ok, 6);
  EXPECT_EQ(starts(server), 1u);
}

TEST_F(PrivateServerTest, ReplacesASocketThatAKilledServerLeft) {
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer server, PrivateServer::in(folder_));
  ASSERT_THAT(server.start(test_.console), IsOk());
  std::ofstream(folder_ + "/stop") << "";
  while (server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::filesystem::remove(folder_ + "/stop");
  std::ofstream(server.socket_path()) << "stale";
  ASSERT_THAT(server.start(test_.console), IsOk());
  EXPECT_EQ(starts(server), 2u);
}

TEST_F(PrivateServerTest, SaysWhyItDoesNotStart) {
  setenv("FAKE_ROOFSCAPED", "fail", 1);
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer server, PrivateServer::in(folder_));
  std::ofstream(server.log_path()) << "an older line\n";
  EXPECT_THAT(server.start(test_.console),
              StatusIs(Code::kUnavailable, AllOf(HasSubstr("ended with status 4"), HasSubstr("the database is locked"),
                                                 HasSubstr("roofscaped.log"), ::testing::Not(HasSubstr("older")))));
}

TEST_F(PrivateServerTest, NamesThePlacesWhereItLooked) {
  setenv("ROOFSCAPED", "/no/such/program", 1);
  EXPECT_THAT(find_daemon_program().status(), StatusIs(Code::kUnavailable, HasSubstr("'/no/such/program'")));
}

TEST_F(PrivateServerTest, ShortensAPathTooLongForASocket) {
  const std::string deep = folder_ + "/" + std::string(90, 'd') + "/data";
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer server, PrivateServer::in(deep));
  EXPECT_LT(server.socket_path().size(), 108u);
  EXPECT_EQ(server.folder(), deep);
  ASSERT_THAT(server.start(test_.console), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const PrivateServer again, PrivateServer::in(deep + "/"));
  EXPECT_EQ(again.socket_path(), server.socket_path());
  EXPECT_TRUE(again.is_running());
}

TEST_F(PrivateServerTest, RefusesAFolderThatIsAFile) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/file") << "x";
  EXPECT_THAT(PrivateServer::in(folder_ + "/file").status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("is not a folder")));
  EXPECT_THAT(PrivateServer::in("").status(), StatusIs(Code::kInvalidArgument, HasSubstr("--local needs a folder")));
}

}  // namespace
}  // namespace roofscape::client::rpc
