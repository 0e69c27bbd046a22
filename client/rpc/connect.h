// Chooses the server for a command: --server, else --local, else $ROOFSCAPE_SERVER, else a private server in the
// user's data folder.
#pragma once

#include <memory>
#include <string>

#include "client/console/console.h"
#include "client/rpc/daemon.h"

namespace roofscape::client::rpc {

// A server that accepts connections, or why there is none (UNAVAILABLE; INVALID_ARGUMENT for --server with --local).
Result<std::unique_ptr<Daemon>> connect(const std::string& server, const std::string& local, const Console& console);

// $XDG_DATA_HOME/roofscape or ~/.local/share/roofscape.
Result<std::string> default_data_dir();

// The server that would answer without starting one, for completion: address, or "".
std::string running_server();

}  // namespace roofscape::client::rpc
