// For tests of the program itself: roofscaped as a process that can be signalled and killed.
//
//   DaemonProcess daemon(folder, {"--workers", "1"});
//   ASSERT_EQ(daemon.wait_until_listening(), "unix:…");
//   daemon.kill_now();                       // as a power cut to the process: SIGKILL
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace roofscape::server::testing {

class DaemonProcess {
 public:
  // Its stderr is appended to FOLDER/log. The flags given come last, so they win.
  DaemonProcess(const std::string& folder, const std::vector<std::string>& flags);
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // The address that it prints; empty if it ended without.
  std::string wait_until_listening();
  void signal(int number);
  // Exit status: the code, or 128 + the signal that ended it.
  int wait();
  void kill_now();
  // What it printed on stdout so far, and all that processes on this folder logged.
  const std::string& output() const { return output_; }
  std::string log() const;

 private:
  bool read_more();

  std::string folder_;
  pid_t pid_ = -1;
  int stdout_ = -1;
  std::string output_;
};

}  // namespace roofscape::server::testing
