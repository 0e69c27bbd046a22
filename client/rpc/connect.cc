#include "client/rpc/connect.h"

#include <cstdlib>

#include "client/rpc/private_server.h"

namespace roofscape::client::rpc {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

constexpr double kConnectSeconds = 10;

}  // namespace

Result<std::string> default_data_dir() {
  if (const std::string data = variable("XDG_DATA_HOME"); data.starts_with('/')) return data + "/roofscape";
  const std::string home = variable("HOME");
  if (home.empty()) return invalid_argument("neither $XDG_DATA_HOME nor $HOME is set; name a folder with --local DIR");
  return home + "/.local/share/roofscape";
}

Result<std::unique_ptr<Daemon>> connect(const std::string& server, const std::string& local, const Console& console) {
  if (!server.empty() && !local.empty())
    return invalid_argument(
        "--server and --local exclude each other: one names a server, the other starts a private one");
  const std::string address = !server.empty() ? server : local.empty() ? variable("ROOFSCAPE_SERVER") : "";
  if (!address.empty()) {
    auto daemon = std::make_unique<Daemon>(address);
    RS_TRY(daemon->reach(kConnectSeconds));
    return daemon;
  }
  std::string folder = local;
  if (folder.empty()) {
    RS_ASSIGN(folder, default_data_dir());
  }
  RS_ASSIGN(const PrivateServer private_server, PrivateServer::in(folder));
  RS_TRY(private_server.start(console));
  auto daemon = std::make_unique<Daemon>("unix:" + private_server.socket_path(),
                                         [private_server, console] { return private_server.start(console); });
  RS_TRY(daemon->reach(kConnectSeconds));
  return daemon;
}

std::string running_server() {
  if (const std::string address = variable("ROOFSCAPE_SERVER"); !address.empty()) return address;
  const Result<std::string> folder = default_data_dir();
  if (!folder.ok()) return "";
  const Result<PrivateServer> server = PrivateServer::in(*folder, false);
  return server.ok() && server->is_running() ? "unix:" + server->socket_path() : "";
}

}  // namespace roofscape::client::rpc
