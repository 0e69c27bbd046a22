#include "server/test_daemon.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

extern char** environ;

namespace roofscape::server::testing {

DaemonProcess::DaemonProcess(const std::string& folder, const std::vector<std::string>& flags) : folder_(folder) {
  std::vector<std::string> words{ROOFSCAPE_BINARY_DIR "/server/roofscaped", "--data-dir", folder + "/data", "--listen",
                                 "unix:" + folder + "/s"};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipe";
    return;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
    ADD_FAILURE() << "cannot start " << argv[0];
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  stdout_ = ends[0];
}

DaemonProcess::~DaemonProcess() {
  kill_now();
  if (stdout_ >= 0) ::close(stdout_);
}

bool DaemonProcess::read_more() {
  char buffer[4096];
  const ssize_t size = ::read(stdout_, buffer, sizeof buffer);
  if (size <= 0) return false;
  output_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

std::string DaemonProcess::wait_until_listening() {
  const std::string mark = "listening on ";
  for (;;) {
    const std::size_t at = output_.find(mark), end = output_.find('\n', at);
    if (at != std::string::npos && end != std::string::npos)
      return output_.substr(at + mark.size(), end - at - mark.size());
    if (!read_more()) return "";
  }
}

void DaemonProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

int DaemonProcess::wait() {
  if (pid_ <= 0) return -1;
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void DaemonProcess::kill_now() {
  signal(SIGKILL);
  if (pid_ > 0) wait();
}

std::string DaemonProcess::log() const {
  std::ifstream file(folder_ + "/log");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace roofscape::server::testing
