#include "client/rpc/private_server.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/text.h"

extern char** environ;

namespace roofscape::client::rpc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIdleSeconds = "10";
constexpr int kStartSeconds = 60;

std::string why(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// A folder that only this user may enter, made if it is not there.
Status make_private_folder(const std::string& path) {
  std::error_code error;
  if (fs::path(path).has_parent_path()) fs::create_directories(fs::path(path).parent_path(), error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return invalid_argument("cannot make the data folder '{}': {}", printable(path), why(errno));
  if (!fs::is_directory(path, error)) return invalid_argument("'{}' is not a folder", printable(path));
  return {};
}

// A path for the socket of a folder whose own path is too long for one: in the user's run-time folder, by hash.
Result<std::string> short_socket_path(const std::string& folder) {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string base = runtime != nullptr && runtime[0] == '/' ? std::string(runtime) + "/roofscape" : "";
  if (base.empty() || base.size() > 60) base = "/tmp/roofscape-" + std::to_string(getuid());
  RS_TRY(make_private_folder(base));
  struct stat info {};
  if (lstat(base.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & 077) != 0)
    return Status(Code::kPermissionDenied,
                  "'" + base + "' is not a private folder of this user; remove it or choose a shorter --local DIR");
  return base + "/" + sha256(folder).short_hex() + ".sock";
}

// The last lines of the log from `start` on, in one line of text.
std::string log_tail(const std::string& path, long start) {
  std::ifstream log(path, std::ios::binary);
  log.seekg(start);
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);)
    if (!trim(line).empty()) lines.push_back(printable(trim(line), 300));
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = lines.size() - std::min(kMost, lines.size()); i < lines.size(); ++i)
    text += (text.empty() ? "" : " | ") + lines[i];
  return text;
}

}  // namespace

Result<std::string> find_daemon_program() {
  const char* given = std::getenv("ROOFSCAPED");
  if (given != nullptr && given[0] != '\0') {
    if (access(given, X_OK) == 0) return std::string(given);
    return unavailable("$ROOFSCAPED is '{}', which is no program that can be run", printable(given));
  }
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<fs::path> places = {here / "roofscaped", here.parent_path() / "server" / "roofscaped"};
  const char* search = std::getenv("PATH");
  for (const std::string_view folder : split(search == nullptr ? "" : search, ':'))
    if (!folder.empty()) places.push_back(fs::path(folder) / "roofscaped");
  for (const fs::path& place : places)
    if (access(place.c_str(), X_OK) == 0 && fs::is_regular_file(place, error)) return place.string();
  return unavailable(
      "no server is named and the program roofscaped is neither beside '{}' nor on $PATH; install it, set $ROOFSCAPED "
      "to "
      "it, or name a server with --server ADDRESS",
      here.string());
}

Result<PrivateServer> PrivateServer::in(const std::string& folder, bool create) {
  if (folder.empty()) return invalid_argument("--local needs a folder");
  std::error_code error;
  if (create) RS_TRY(make_private_folder(folder));
  fs::path absolute = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (error) return invalid_argument("cannot resolve the folder '{}': {}", printable(folder), error.message());
  std::string path = absolute.string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  std::string socket_path = path + "/roofscaped.sock";
  constexpr std::size_t kLongestSocketPath = sizeof(sockaddr_un::sun_path) - 1;
  if (socket_path.size() > kLongestSocketPath) {
    RS_ASSIGN(socket_path, short_socket_path(path));
  }
  return PrivateServer(path, socket_path);
}

bool PrivateServer::is_running() const {
  const Descriptor socket_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_path_.c_str(), socket_path_.size() + 1);
  return socket_fd.number() >= 0 &&
         ::connect(socket_fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

Status PrivateServer::start(const Console& console) const {
  if (is_running()) return {};
  const std::string lock_path = folder_ + "/start.lock";
  const Descriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.number() < 0)
    return Status(Code::kPermissionDenied,
                  "cannot write in the data folder '" + printable(folder_) + "': " + why(errno));
  while (flock(lock.number(), LOCK_EX) != 0)
    if (errno != EINTR) return unavailable("cannot lock '{}': {}", printable(lock_path), why(errno));
  if (is_running()) return {};

  std::error_code error;
  const auto log_size = fs::file_size(log_path(), error);
  const long log_start = error ? 0 : static_cast<long>(log_size);
  RS_ASSIGN(const int process, spawn());
  if (console.err_is_terminal) console.note("starting a private server in " + printable(folder_));
  return wait_until_ready(process, log_start);
}

Result<int> PrivateServer::spawn() const {
  RS_ASSIGN(const std::string program, find_daemon_program());
  const std::string listen = "unix:" + socket_path_, log = log_path();
  const std::array<const char*, 8> arguments = {program.c_str(), "--listen",         listen.c_str(), "--data-dir",
                                                folder_.c_str(), "--exit-when-idle", kIdleSeconds,   nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  // Nothing else of ours goes along: a pipe that is read until its end must not wait for the server's.
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A session of its own: Ctrl-C in the terminal is for the client.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t process = 0;
  const int failed =
      posix_spawn(&process, program.c_str(), &files, &attributes, const_cast<char* const*>(arguments.data()), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return unavailable("cannot start '{}': {}", printable(program), why(failed));
  return static_cast<int>(process);
}

Status PrivateServer::not_started(const std::string& what, long log_start) const {
  const std::string tail = log_tail(log_path(), log_start);
  return unavailable("the private server in '{}' {}{} (log: {})", printable(folder_, 1000), what,
                     tail.empty() ? "" : ": " + tail, printable(log_path(), 1000));
}

Status PrivateServer::wait_until_ready(int process, long log_start) const {
  constexpr auto kStep = std::chrono::milliseconds(20);
  for (int waited = 0; waited * kStep < std::chrono::seconds(kStartSeconds); ++waited) {
    if (is_running()) return {};
    int state = 0;
    if (waitpid(process, &state, WNOHANG) == process) {
      // A server that another program started meanwhile is as good.
      if (is_running()) return {};
      const std::string how = WIFSIGNALED(state) ? "was ended by signal " + std::to_string(WTERMSIG(state))
                                                 : "ended with status " + std::to_string(WEXITSTATUS(state));
      return not_started(how + " while starting", log_start);
    }
    std::this_thread::sleep_for(kStep);
  }
  kill(process, SIGTERM);
  return not_started("did not accept connections within " + std::to_string(kStartSeconds) + " s", log_start);
}

}  // namespace roofscape::client::rpc
