// roofscaped: see command_line.h for flags and exit codes.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <thread>

#include "analytics/base/text.h"
#include "server/command_line.h"
#include "server/log.h"
#include "server/server.h"

namespace roofscape::server {
namespace {

constexpr std::chrono::seconds kGrace{5};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

int exit_code(StartFailure failure) {
  switch (failure) {
    case StartFailure::kAddress: return kExitAddress;
    case StartFailure::kDataFolder: return kExitDataFolder;
    case StartFailure::kDataFolderInUse: return kExitDataFolderInUse;
  }
  return kExitInternal;
}

// Returns when a signal asks to stop, or nothing happened for long enough.
void wait_for_end(const Server& server, double exit_when_idle) {
  const sigset_t signals = stop_signals();
  const timespec interval{0, 200'000'000};
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &interval);
    if (signal > 0) {
      spdlog::info("signal {}: draining", signal);
      return;
    }
    if (exit_when_idle > 0 && server.idle_time().count() > exit_when_idle) {
      spdlog::info("idle for {} s: ending", exit_when_idle);
      return;
    }
  }
}

// From here on a signal ends the process at once: the store needs no farewell.
void end_on_second_signal() {
  std::thread([] {
    const sigset_t signals = stop_signals();
    int signal = 0;
    sigwait(&signals, &signal);
    ::_exit(128 + signal);
  }).detach();
}

int serve(const Settings& settings) {
  // Before any thread exists, so that all of them inherit it: signals are waited for, not handled.
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  start_log(settings.log, settings.log_level);

  StartError error;
  const auto server = Server::start(settings, &error);
  if (!server) {
    std::fprintf(stderr, "roofscaped: %s\n", printable(error.status.message(), 1000).c_str());
    return exit_code(error.kind);
  }
  std::printf("listening on %s\n", server->address().c_str());
  std::fflush(stdout);
  wait_for_end(*server, settings.exit_when_idle);
  end_on_second_signal();
  server->stop(kGrace);
  return kExitDone;
}

int run(int argc, const char* const* argv) {
  const auto line = parse_command_line(argc, argv);
  if (!line.ok()) {
    std::fprintf(stderr, "roofscaped: %s\n", printable(line.status().message(), 1000).c_str());
    return kExitUsage;
  }
  if (line->help) {
    std::fputs(help_text().c_str(), stdout);
    return kExitDone;
  }
  if (line->version) {
    std::puts("roofscaped " ROOFSCAPE_VERSION);
    return kExitDone;
  }
  return serve(line->settings);
}

}  // namespace
}  // namespace roofscape::server

int main(int argc, char** argv) {
  try {
    return roofscape::server::run(argc, argv);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "roofscaped: a fault inside Roofscape, please report it: %s\n", fault.what());
    return roofscape::server::kExitInternal;
  }
}
