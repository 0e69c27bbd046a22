#include "server/address.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

TEST(Address, FormsAreRead) {
  RS_ASSERT_OK_AND_ASSIGN(const Address tcp, parse_address("127.0.0.1:7070"));
  EXPECT_EQ(tcp.host, "127.0.0.1");
  EXPECT_EQ(tcp.port, 7070);
  EXPECT_EQ(tcp.text(), "127.0.0.1:7070");
  RS_ASSERT_OK_AND_ASSIGN(const Address socket, parse_address("unix:/tmp/x"));
  EXPECT_EQ(socket.text(), "unix:/tmp/x");
  RS_ASSERT_OK_AND_ASSIGN(const Address six, parse_address("[::1]:0"));
  EXPECT_EQ(six.host, "[::1]");
}

TEST(Address, OnlyThisMachineIsLocal) {
  for (const char* local : {"127.0.0.1:1", "127.3.2.1:1", "localhost:1", "[::1]:1", "unix:/x"})
    EXPECT_TRUE(parse_address(local)->is_local()) << local;
  for (const char* remote : {"0.0.0.0:1", "192.168.0.1:1", "[::]:1", "example.org:1", "127.0.0.1.example.org:1"})
    EXPECT_FALSE(parse_address(remote)->is_local()) << remote;
}

TEST(Address, WrongFormsSayWhatIsRight) {
  for (const char* wrong :
       {"", "127.0.0.1", ":7070", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1", "unix:", "::1:70", "a b:1"})
    EXPECT_THAT(parse_address(wrong), StatusIs(Code::kInvalidArgument, HasSubstr("use HOST:PORT"))) << wrong;
  EXPECT_THAT(parse_address("unix:/" + std::string(200, 'x')),
              StatusIs(Code::kInvalidArgument, HasSubstr("the system allows 107")));
}

class SocketFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "addressXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/s";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // A bound Unix socket; listening if asked.
  int bound(bool listening) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path_.data(), path_.size());
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    if (listening) {
      EXPECT_EQ(::listen(fd, 1), 0);
    }
    return fd;
  }
  Status check() { return check_free(*parse_address("unix:" + path_)); }

  std::string folder_, path_;
};

TEST_F(SocketFile, ALiveSocketIsNotTakenOver) {
  const int fd = bound(true);
  EXPECT_THAT(check(), StatusIs(Code::kAlreadyExists, HasSubstr("listens on")));
  EXPECT_TRUE(std::filesystem::exists(path_));
  ::close(fd);
}

TEST_F(SocketFile, TheSocketOfADeadDaemonIsRemoved) {
  ::close(bound(true));
  EXPECT_THAT(check(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_THAT(check(), IsOk());
}

TEST_F(SocketFile, AnOrdinaryFileIsLeftAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_THAT(check(), StatusIs(Code::kAlreadyExists, HasSubstr("is not a socket")));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace roofscape::server
