// A roofscaped of one's own: on a Unix socket, for one data folder, started by the first command that needs it and
// ending by itself once it has neither a client nor a running job.
//
//   RS_ASSIGN(PrivateServer server, PrivateServer::in("/home/ada/.local/share/roofscape"));
//   RS_TRY(server.start(console));          // nothing to do where it runs already
//   server.socket_path()                    // ".../roofscaped.sock"
//
// Two commands that start at once share one server: the starter holds a lock on DIR/start.lock meanwhile. The server's
// output goes to DIR/roofscaped.log; its last lines are in the error when it does not come up.
#pragma once

#include <string>

#include "analytics/base/status.h"
#include "client/console/console.h"

namespace roofscape::client::rpc {

class PrivateServer {
 public:
  // Makes the folder (0700) unless `create` is false.
  static Result<PrivateServer> in(const std::string& folder, bool create = true);

  // Starts it unless it runs; returns when it accepts connections.
  Status start(const Console& console) const;
  bool is_running() const;
  const std::string& folder() const { return folder_; }
  const std::string& socket_path() const { return socket_path_; }
  std::string log_path() const { return folder_ + "/roofscaped.log"; }

 private:
  PrivateServer(std::string folder, std::string socket_path)
      : folder_(std::move(folder)), socket_path_(std::move(socket_path)) {}
  Result<int> spawn() const;
  Status wait_until_ready(int process, long log_start) const;
  Status not_started(const std::string& what, long log_start) const;

  std::string folder_;
  std::string socket_path_;
};

// The roofscaped to start: $ROOFSCAPED, beside this program, ../server of a build tree, or on $PATH.
Result<std::string> find_daemon_program();

}  // namespace roofscape::client::rpc
