// The program roofscaped: what it prints, how it ends.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "analytics/base/status_matchers.h"
#include "server/command_line.h"
#include "server/test_daemon.h"
#include "server/test_support.h"

namespace roofscape::server {
namespace {

using testing::DaemonProcess;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TestClient;

class Daemon : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = testing::new_folder(); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(Daemon, PrintsAFreePortAndEndsOnSigterm) {
  DaemonProcess daemon(folder_, {"--listen", "127.0.0.1:0"});
  const std::string address = daemon.wait_until_listening();
  EXPECT_THAT(address, StartsWith("127.0.0.1:"));
  EXPECT_NE(address, "127.0.0.1:0");
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), kExitDone);
}

TEST_F(Daemon, SigtermQueuesARunningExplorationAgain) {
  TestClient client;
  {
    DaemonProcess daemon(folder_, {"--workers", "1"});
    client.connect(daemon.wait_until_listening());
    client.import_all();
    ASSERT_TRUE(client.create(client.spec(100'000)).ok());
    client.wait_for_evaluations("e1", 5);
    daemon.signal(SIGINT);
    EXPECT_EQ(daemon.wait(), kExitDone);
  }
  DaemonProcess daemon(folder_, {"--workers", "1"});
  client.connect(daemon.wait_until_listening());
  client.wait_for_evaluations("e1", 10);
  // A process that is killed while it serves leaves nothing that the next one trips over.
  daemon.kill_now();
  DaemonProcess again(folder_, {});
  EXPECT_FALSE(again.wait_until_listening().empty());
}

TEST_F(Daemon, EndsByItselfWhenIdle) {
  DaemonProcess daemon(folder_, {"--exit-when-idle", "0.1"});
  EXPECT_FALSE(daemon.wait_until_listening().empty());
  EXPECT_EQ(daemon.wait(), kExitDone);
  EXPECT_THAT(daemon.log(), HasSubstr("idle"));
}

TEST_F(Daemon, AnOpenCallKeepsItFromBeingIdle) {
  DaemonProcess daemon(folder_, {"--exit-when-idle", "0.3", "--workers", "1"});
  TestClient client;
  client.connect(daemon.wait_until_listening());
  client.import_all();
  ASSERT_TRUE(client.create(client.spec(400)).ok());
  // No call is open while it works; it must still be there, and done, when we come back.
  const v1::Exploration done = client.wait_for("e1", v1::SUCCEEDED);
  EXPECT_EQ(done.evaluation_count(), 400);
  EXPECT_EQ(daemon.wait(), kExitDone);
}

TEST_F(Daemon, EveryFailureHasItsExitCodeAndSentence) {
  DaemonProcess first(folder_, {"--listen", "127.0.0.1:0"});
  const std::string address = first.wait_until_listening();

  DaemonProcess same_folder(folder_, {"--listen", "127.0.0.1:0"});
  EXPECT_EQ(same_folder.wait(), kExitDataFolderInUse);
  EXPECT_THAT(same_folder.log(), HasSubstr("in use by process"));

  const std::string other = testing::new_folder();
  DaemonProcess same_port(other, {"--listen", address});
  EXPECT_EQ(same_port.wait(), kExitAddress);
  EXPECT_THAT(same_port.log(), HasSubstr(address + " is in use"));
  DaemonProcess remote(other, {"--listen", "0.0.0.0:0"});
  EXPECT_EQ(remote.wait(), kExitAddress);
  EXPECT_THAT(remote.log(), HasSubstr("--allow-remote"));

  std::ofstream(other + "/file") << "in the way";
  DaemonProcess no_folder(other, {"--data-dir", other + "/file/data"});
  EXPECT_EQ(no_folder.wait(), kExitDataFolder);
  EXPECT_THAT(no_folder.log(), HasSubstr(other + "/file"));

  DaemonProcess usage(other, {"--worker", "1"});
  EXPECT_EQ(usage.wait(), kExitUsage);
  EXPECT_THAT(usage.log(), HasSubstr("--workers"));
  std::filesystem::remove_all(other);
}

TEST_F(Daemon, HelpAndVersionGoToStdout) {
  DaemonProcess help(folder_, {"--help"});
  EXPECT_EQ(help.wait(), kExitDone);
  EXPECT_THAT(help.output(), HasSubstr("--exit-when-idle SECONDS"));
  DaemonProcess version(folder_, {"--version"});
  EXPECT_EQ(version.wait(), kExitDone);
  EXPECT_THAT(version.output(), StartsWith("roofscaped "));
}

TEST_F(Daemon, TheLogCanBeJsonLines) {
  DaemonProcess daemon(folder_, {"--log", "json", "--exit-when-idle", "0.1"});
  EXPECT_EQ(daemon.wait(), kExitDone);
  EXPECT_THAT(daemon.log(), StartsWith("{\"time\":\""));
  EXPECT_THAT(daemon.log(), HasSubstr("\"level\":\"info\",\"message\":\"idle"));
}

}  // namespace
}  // namespace roofscape::server
