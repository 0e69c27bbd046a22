// The daemon as a value: everything from the store to the listening socket.
//
//   RS_ASSIGN(auto server, Server::start(settings));
//   server->address();        // "127.0.0.1:43211" or "unix:/run/roofscape"
//   …
//   server->stop(grace);      // drains: explorations are queued again, watchers get UNAVAILABLE
//
// Listens on this machine only, unless the setting allow_remote says otherwise.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "analytics/base/status.h"
#include "server/settings.h"

namespace grpc {
class Channel;
}

namespace roofscape::server {

// Why a server did not start, for exit codes.
enum class StartFailure { kAddress, kDataFolder, kDataFolderInUse };
struct StartError {
  Status status;
  StartFailure kind = StartFailure::kAddress;
};

class Server {
 public:
  // On failure null, and `error` says why.
  static std::unique_ptr<Server> start(const Settings& settings, StartError* error);
  virtual ~Server() = default;

  virtual const std::string& address() const = 0;
  // A channel to itself without a socket: for tests.
  virtual std::shared_ptr<grpc::Channel> in_process_channel() = 0;
  // How long there has been neither a call nor a job.
  virtual std::chrono::duration<double> idle_time() const = 0;
  // Refuses new work, stops explorations between their steps, ends calls; those still open after `grace` are cut.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace roofscape::server
